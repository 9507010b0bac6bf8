//! `systemctl`, for the machine or for the calling person.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::{ServiceError, run};

const LIMIT: Duration = Duration::from_secs(120);

/// A service manager of systemd's.
#[derive(Clone, Debug)]
pub struct Systemd {
    program: PathBuf,
    scope: Option<&'static str>,
    limit: Duration,
}

impl Systemd {
    /// The service manager of the machine.
    #[must_use]
    pub fn system() -> Self {
        Self { program: "systemctl".into(), scope: None, limit: LIMIT }
    }

    /// The service manager of the calling person.
    #[must_use]
    pub fn user() -> Self {
        Self { scope: Some("--user"), ..Self::system() }
    }

    /// The same, waiting at most this long for each answer.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Whether the machine was started by systemd.
    #[must_use]
    pub fn is_running() -> bool {
        sd_notify::booted().unwrap_or(false)
    }

    /// Makes it read its unit files again.
    pub fn daemon_reload(&self) -> Result<(), ServiceError> {
        self.run(&["daemon-reload"], None).map(drop)
    }

    /// Starts a unit and waits until it is up.
    pub fn start(&self, unit: &str) -> Result<(), ServiceError> {
        self.run(&["start"], Some(unit)).map(drop)
    }

    /// Stops a unit and waits until it is down.
    pub fn stop(&self, unit: &str) -> Result<(), ServiceError> {
        self.run(&["stop"], Some(unit)).map(drop)
    }

    /// Stops and starts a unit and waits until it is up.
    pub fn restart(&self, unit: &str) -> Result<(), ServiceError> {
        self.run(&["restart"], Some(unit)).map(drop)
    }

    /// Makes a unit read its configuration again.
    pub fn reload(&self, unit: &str) -> Result<(), ServiceError> {
        self.run(&["reload"], Some(unit)).map(drop)
    }

    /// Whether a unit is up; one that does not exist is not.
    pub fn is_active(&self, unit: &str) -> Result<bool, ServiceError> {
        self.show(unit, "ActiveState").map(|state| matches!(state.as_str(), "active" | "reloading"))
    }

    /// A property of a unit, as `systemctl show` prints it; empty when it is not set.
    pub fn show(&self, unit: &str, property: &str) -> Result<String, ServiceError> {
        let output = self.run(&["show", "--value", "--property", property], Some(unit))?;
        Ok(output.trim_end_matches('\n').to_owned())
    }

    fn run(&self, arguments: &[&str], unit: Option<&str>) -> Result<String, ServiceError> {
        let mut command = Command::new(&self.program);
        command.args(self.scope).args(["--no-pager", "--no-ask-password"]).args(arguments);
        command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0");
        let mut shown = format!("systemctl {}", arguments[0]);
        if let Some(unit) = unit {
            command.arg("--").arg(unit_name(unit)?);
            shown = format!("{shown} {unit}");
        }
        run::to_end(command, shown, self.limit)
    }
}

/// A name, not a pattern: `systemctl` would expand one to other people's units.
fn unit_name(unit: &str) -> Result<&str, ServiceError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":-_.\\@".contains(&byte);
    let good = !unit.is_empty() && unit.len() < 256 && unit.bytes().all(allowed) && unit.contains('.');
    if good { Ok(unit) } else { Err(ServiceError::BadUnit(unit.to_owned())) }
}

#[cfg(test)]
mod tests;
