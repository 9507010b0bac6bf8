//! The service managers of Windows and macOS, as far as engines and Pullgate's own services need them: reload, restart,
//! ask. Each question has a time limit, since a restart of an engine can hang for minutes.

#[cfg(target_os = "macos")]
mod launchd;
#[cfg(any(target_os = "macos", test))]
mod print;
#[cfg(target_os = "macos")]
mod run;
#[cfg(windows)]
mod windows;

use std::io;
use std::time::Duration;

#[cfg(target_os = "macos")]
pub use launchd::Launchd;
#[cfg(windows)]
pub(crate) use windows::report;
#[cfg(windows)]
pub use windows::{WindowsServices, serve};

/// Why the service manager did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// There is no service manager to ask.
    #[error("cannot run `{program}`: {cause}")]
    Unavailable {
        /// The program.
        program: String,
        /// The system's answer.
        cause: io::Error,
    },
    /// It took too long and was stopped; the service manager may go on with it.
    #[error("`{command}` took longer than {} s", limit.as_secs())]
    TimedOut {
        /// What was asked.
        command: String,
        /// How long it was waited for.
        limit: Duration,
    },
    /// It answered with an error.
    #[error("`{command}` failed: {message}")]
    Failed {
        /// What was asked.
        command: String,
        /// The exit code, unless a signal ended it.
        code: Option<i32>,
        /// Its own words.
        message: String,
    },
    /// Not a name a unit can have.
    #[error("`{0}` is not a unit name")]
    BadUnit(String),
}
