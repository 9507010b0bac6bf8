//! `launchctl`, for the machine or for the calling person.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::{ServiceError, print, run};

const LIMIT: Duration = Duration::from_secs(120);
const PROGRAM: &str = "/bin/launchctl";
/// What `launchctl` ends with for a service that is not loaded.
const NOT_LOADED: i32 = 113;

/// A domain of launchd's.
#[derive(Clone, Debug)]
pub struct Launchd {
    domain: String,
    folder: PathBuf,
    limit: Duration,
}

impl Launchd {
    /// The services of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self { domain: "system".to_owned(), folder: "/Library/LaunchDaemons".into(), limit: LIMIT }
    }

    /// The services of the calling person's desktop.
    #[must_use]
    pub fn user() -> Self {
        let uid = rustix::process::getuid().as_raw();
        Self { domain: format!("gui/{uid}"), folder: "/Library/LaunchAgents".into(), limit: LIMIT }
    }

    /// The same, waiting at most this long for each answer.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Starts a service, which is loaded first where it is not.
    pub fn start(&self, label: &str) -> Result<(), ServiceError> {
        let target = self.target(label)?;
        if self.printed(label)?.is_none() {
            let file = self.folder.join(format!("{label}.plist"));
            self.run(&["bootstrap", &self.domain, &file.to_string_lossy()])?;
        }
        self.run(&["kickstart", &target]).map(drop)
    }

    /// Stops a service and unloads it, so that nothing starts it again; one that is not loaded is stopped.
    pub fn stop(&self, label: &str) -> Result<(), ServiceError> {
        let target = self.target(label)?;
        match self.printed(label)? {
            Some(_) => self.run(&["bootout", &target]).map(drop),
            None => Ok(()),
        }
    }

    /// Stops and starts a service.
    pub fn restart(&self, label: &str) -> Result<(), ServiceError> {
        self.run(&["kickstart", "-k", &self.target(label)?]).map(drop)
    }

    /// Makes a service read its configuration again.
    pub fn reload(&self, label: &str) -> Result<(), ServiceError> {
        self.run(&["kill", "SIGHUP", &self.target(label)?]).map(drop)
    }

    /// Whether a service runs; one that is not loaded does not.
    pub fn is_active(&self, label: &str) -> Result<bool, ServiceError> {
        Ok(self.show(label, "state")? == "running")
    }

    /// A property of a service, as `launchctl print` prints it; empty when it is not told.
    pub fn show(&self, label: &str, property: &str) -> Result<String, ServiceError> {
        let printed = self.printed(label)?;
        Ok(printed.map(|printed| print::property(&printed, property)).unwrap_or_default())
    }

    /// What launchd says of a service; `None` when it is not loaded.
    fn printed(&self, label: &str) -> Result<Option<String>, ServiceError> {
        match self.run(&["print", &self.target(label)?]) {
            Err(ServiceError::Failed { code: Some(NOT_LOADED), .. }) => Ok(None),
            printed => printed.map(Some),
        }
    }

    fn target(&self, label: &str) -> Result<String, ServiceError> {
        if print::is_label(label) {
            Ok(format!("{}/{label}", self.domain))
        } else {
            Err(ServiceError::BadUnit(label.to_owned()))
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<String, ServiceError> {
        let mut command = Command::new(Path::new(PROGRAM));
        command.args(arguments).env("LC_ALL", "C");
        run::to_end(command, format!("launchctl {}", arguments.join(" ")), self.limit)
    }
}
