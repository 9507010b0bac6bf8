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
    for (state, active) in
        [("active", true), ("reloading", true), ("inactive", false), ("failed", false), ("activating", false)]
    {
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
    let machine = systemctl(&folder, "head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero >&2");
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
        assert!(matches!(&refused, Err(ServiceError::BadUnit(unit)) if unit == name), "{name}: {refused:?}");
    }
}
