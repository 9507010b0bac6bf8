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
mod tests {
    use std::fs;
    use std::io::Write;
    use std::process::Stdio;

    use super::*;

    /// A `systemctl` that does what this shell script says. Another process writes it: a descriptor open for
    /// writing here could be inherited by a child of another test, and the kernel refuses to run such a file.
    fn systemctl(folder: &tempfile::TempDir, script: &str) -> Systemd {
        let program = folder.path().join("systemctl");
        let mut install = Command::new("install")
            .args(["-m", "755", "/dev/stdin"])
            .arg(&program)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        install.stdin.take().unwrap().write_all(format!("#!/bin/sh\n{script}\n").as_bytes()).unwrap();
        assert!(install.wait().unwrap().success());
        Systemd { program, ..Systemd::system() }
    }

    #[test]
    fn each_request_is_one_command_without_pager_or_questions() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let machine = systemctl(&folder, &format!("echo \"$LC_ALL $*\" >>{}", log.display()));
        machine.daemon_reload().unwrap();
        machine.restart("docker.service").unwrap();
        Systemd { scope: Some("--user"), ..machine.clone() }.reload("podman.service").unwrap();
        machine.show("docker.service", "FragmentPath").unwrap();
        machine.start("a@b-c.socket").unwrap();
        machine.stop("a.socket").unwrap();
        let expected = "\
C --no-pager --no-ask-password daemon-reload
C --no-pager --no-ask-password restart -- docker.service
C --user --no-pager --no-ask-password reload -- podman.service
C --no-pager --no-ask-password show --value --property FragmentPath -- docker.service
C --no-pager --no-ask-password start -- a@b-c.socket
C --no-pager --no-ask-password stop -- a.socket
";
        assert_eq!(fs::read_to_string(log).unwrap(), expected);
    }

    #[test]
    fn a_unit_is_active_by_its_state() {
        let folder = tempfile::tempdir().unwrap();
        for (state, active) in [
            ("active", true),
            ("reloading", true),
            ("inactive", false),
            ("failed", false),
            ("activating", false),
        ] {
            let machine = systemctl(&folder, &format!("echo {state}"));
            assert_eq!(machine.is_active("docker.service").unwrap(), active, "{state}");
        }
    }

    #[test]
    fn a_failure_carries_the_service_managers_own_words() {
        let folder = tempfile::tempdir().unwrap();
        let machine = systemctl(&folder, "echo 'Unit docker.service not found.' >&2; exit 5");
        let error = machine.restart("docker.service").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`systemctl restart docker.service` failed: Unit docker.service not found."
        );
        assert!(matches!(error, ServiceError::Failed { code: Some(5), .. }));
    }

    #[test]
    fn a_command_that_hangs_is_ended_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let machine = systemctl(&folder, "exec sleep 600").with_limit(Duration::from_millis(50));
        let error = machine.restart("docker.service").unwrap_err();
        assert!(matches!(error, ServiceError::TimedOut { .. }), "{error}");
    }

    #[test]
    fn long_output_does_not_hold_the_command() {
        let folder = tempfile::tempdir().unwrap();
        let machine =
            systemctl(&folder, "head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");
        assert_eq!(machine.show("docker.service", "Environment").unwrap().len(), 1_000_000);
    }

    #[test]
    fn a_machine_without_systemctl_is_told_apart() {
        let machine = Systemd { program: "/nonexistent/systemctl".into(), ..Systemd::system() };
        assert!(matches!(machine.daemon_reload(), Err(ServiceError::Unavailable { .. })));
    }

    #[test]
    fn options_patterns_and_bare_words_are_not_unit_names() {
        for name in ["", "--force", "docker", "*.service", "a b.service", "a/b.service", "a.service\n"] {
            let refused = Systemd::system().restart(name);
            assert!(
                matches!(&refused, Err(ServiceError::BadUnit(unit)) if unit == name),
                "{name}: {refused:?}"
            );
        }
    }
}
