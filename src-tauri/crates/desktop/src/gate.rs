//! How things stand, in one glance.

use serde::Serialize;
use wire::{Standing, StatusReport};

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
    /// Not enrolled, paused, or nothing to enforce: bar up and dashed.
    NotEnforcing,
    /// No service: outline only.
    NotRunning,
}

impl Gate {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Enforcing, Self::SignInNeeded, Self::Attention, Self::NotEnforcing, Self::NotRunning];

    /// The state that shows how things stand.
    pub fn of(standing: Standing) -> Self {
        match standing {
            Standing::ServiceAway => Self::NotRunning,
            Standing::NotEnrolled
            | Standing::Paused
            | Standing::Recording
            | Standing::PassingUntilPolicy
            | Standing::NothingToCheck => Self::NotEnforcing,
            Standing::SignInNeeded => Self::SignInNeeded,
            Standing::EnrollmentUnusable
            | Standing::PolicyUnusable
            | Standing::BlockedUntilPolicy
            | Standing::Impaired
            | Standing::Attention => Self::Attention,
            Standing::Enforced => Self::Enforcing,
        }
    }
}

/// How things stand by what the service said, or by its silence.
pub(crate) fn standing(status: Option<&StatusReport>, disconnect: Option<&Disconnect>) -> Standing {
    match (disconnect, status) {
        (None, Some(status)) => status.standing(),
        (Some(_), _) | (None, None) => Standing::ServiceAway,
    }
}

#[cfg(test)]
mod tests;
