//! An answer that says no: a code for programs, a sentence and the next step for people.

use serde::{Deserialize, Serialize};

/// Why a request was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Failure {
    /// For programs.
    pub code: Code,
    /// For people: what and why.
    pub message: String,
    /// For people: the next step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    /// The same failure with the next step.
    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The kinds of failure that programs tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// The kind of request is not known here.
    UnknownRequest,
    /// The request cannot be understood.
    BadRequest,
    /// The two sides speak no common protocol.
    Protocol,
    /// The asker may not do this.
    NotAllowed,
    /// The organization's policy forbids this.
    Forbidden,
    /// What was asked for does not exist.
    NotFound,
    /// This machine is not enrolled.
    NotEnrolled,
    /// Somebody has to sign in first.
    SignInNeeded,
    /// The steward could not be reached.
    StewardUnavailable,
    /// An engine could not be routed, verified or restored.
    Engine,
    /// The same was asked for a moment ago; the message says how long to wait.
    TooSoon,
    /// The answer is larger than a message can be.
    TooLarge,
    /// Anything else that went wrong.
    Failed,
    /// A code of a later version.
    #[serde(other)]
    Other,
}
