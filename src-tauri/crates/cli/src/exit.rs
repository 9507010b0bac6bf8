//! How a command ends: its exit code, and what is said when it cannot go on.

use std::process::ExitCode;

use ipc::{Code, Failure};

/// What a command's exit code says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or yes.
    Yes = 0,
    /// It did not work.
    Failed = 1,
    /// The arguments make no sense.
    Usage = 2,
    /// The image is denied.
    Denied = 3,
    /// Somebody has to sign in first.
    SignInNeeded = 4,
    /// There is no service to ask.
    NoService = 5,
    /// It could not be found out.
    Unproved = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// What is wrong, and the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CliError {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What is wrong.
    pub(crate) error: String,
    /// The next step.
    pub(crate) hint: Option<String>,
}

impl CliError {
    /// It did not work.
    pub(crate) fn failed(error: impl ToString) -> Self {
        Self { exit: Exit::Failed, error: error.to_string(), hint: None }
    }

    /// The same with the next step.
    pub(crate) fn hint(self, hint: impl ToString) -> Self {
        Self { hint: Some(hint.to_string()), ..self }
    }

    /// The same with another exit code.
    pub(crate) fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }
}

impl From<Failure> for CliError {
    fn from(failure: Failure) -> Self {
        let exit = match failure.code {
            Code::SignInNeeded => Exit::SignInNeeded,
            Code::UnknownRequest
            | Code::BadRequest
            | Code::Protocol
            | Code::NotAllowed
            | Code::Forbidden
            | Code::NotFound
            | Code::NotEnrolled
            | Code::StewardUnavailable
            | Code::Engine
            | Code::TooLarge
            | Code::TooSoon
            | Code::Failed
            | Code::Other => Exit::Failed,
        };
        Self { exit, error: failure.message, hint: failure.hint }
    }
}
