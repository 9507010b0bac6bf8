//! Why a set that was accepted is not believed any longer. It stays in force as a policy that is too old.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// From when on, and why, a policy counts as too old although its own date has not passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Distrust {
    /// From when on; may lie ahead.
    pub since: Timestamp,
    /// Why.
    pub why: DistrustReason,
}

/// Why a set is not believed any longer; its text says what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DistrustReason {
    /// The trust document has ended.
    TrustExpired,
    /// Too many of the policy's keys are revoked.
    KeysRevoked,
    /// A newer trust document does not list the policy's keys.
    KeysReplaced,
    /// A newer trust document asks for a later edition.
    SerialWithdrawn,
    /// The enrollment has other root keys.
    RootsChanged,
}

impl fmt::Display for DistrustReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TrustExpired => "its trust document has expired; sign one with a later `expires`",
            Self::KeysRevoked => "the keys that signed it are revoked; sign the policy with another key",
            Self::KeysReplaced => {
                "the trust document does not list its keys any longer; sign the policy with a listed key"
            }
            Self::SerialWithdrawn => "the trust document asks for a later edition; publish one",
            Self::RootsChanged => {
                "an earlier enrollment believed it and the present one does not; publish a policy that it believes"
            }
        })
    }
}
