//! How things stand, in one glance.

use serde::Serialize;
use wire::{Severity, SignInState, StatusReport};

use crate::effect::Disconnect;

/// The state of the gate as icon, tooltip, menu and window show it; each has a shape and a word of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Gate {
    /// All is well: bar down.
    Enforcing,
    /// Somebody has to sign in: bar with a key.
    SignInNeeded,
    /// Something needs eyes: bar with a dot.
    Attention,
    /// Not enrolled, or paused: bar up and dashed.
    NotEnforcing,
    /// No service: outline only.
    NotRunning,
}

impl Gate {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Enforcing, Self::SignInNeeded, Self::Attention, Self::NotEnforcing, Self::NotRunning];

    /// The state that follows from what the service said, or from its silence.
    pub fn of(status: Option<&StatusReport>, disconnect: Option<&Disconnect>) -> Self {
        let (None, Some(status)) = (disconnect, status) else { return Self::NotRunning };
        if !status.enforcing || status.pause.is_some() || status.organization.is_none() {
            return Self::NotEnforcing;
        }
        if matches!(status.sign_in, SignInState::Needed { .. }) {
            return Self::SignInNeeded;
        }
        if status.worst() >= Some(Severity::Attention) { Self::Attention } else { Self::Enforcing }
    }
}
