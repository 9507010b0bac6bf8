//! Helpers as they answer and fail, as real programs.

use super::*;

fn helpers() -> Helpers {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata:/usr/bin:/bin");
    Helpers { path: path.into(), until: Instant::now() + Duration::from_secs(60) }
}

fn said(name: &str, server: &str) -> String {
    match helpers().get(name, server) {
        Ok(login) => {
            let shown = |login: Login| (login.username, login.secret.expose().to_owned(), login.kind);
            format!("{:?}", login.map(shown))
        }
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_helper_is_asked_by_the_servers_name() {
    assert_eq!(said("sample", "quay.io"), r#"Some(("ada", "of-the-helper", Password))"#);
    assert_eq!(said("sample", "token.example"), r#"Some(("<token>", "refresh-me", IdentityToken))"#);
}

#[test]
fn a_helper_that_knows_nothing_is_no_failure() {
    assert_eq!(said("sample", "unknown.example"), "None");
    assert_eq!(said("sample", "empty.example"), "None");
}

#[test]
fn a_helper_that_fails_is_named_with_its_own_first_line() {
    let failed = "`docker-credential-sample` failed: error: your SSO session has expired. Run: aws sso login";
    assert_eq!(said("sample", "locked.example"), failed);
    let failed = "`docker-credential-sample` failed: complained elsewhere";
    assert_eq!(said("sample", "complaint.example"), failed);
    assert_eq!(said("sample", "mute.example"), "`docker-credential-sample` failed: exit status: 4");
    let strange = "`docker-credential-sample` answered with something that is not a login";
    assert_eq!(said("sample", "strange.example"), strange);
    let absent = "`docker-credential-absent` is not on the `PATH` of the command that asked";
    assert_eq!(said("absent", "quay.io"), absent);
}

#[test]
fn nothing_that_could_be_a_secret_is_told() {
    let sentence = said("sample", "leaky.example");
    assert_eq!(sentence, "`docker-credential-sample` failed: token … of … has ended");
    assert_eq!(said("sample", "blurting.example"), "`docker-credential-sample` failed: it printed a login");
    assert_eq!(presentable(&"a ".repeat(500)).chars().count(), LONGEST_LINE);
    assert_eq!(presentable("a\u{1b}[31m`b`\tc"), "a [31m b c");
}

#[test]
fn a_helper_that_hangs_is_ended_with_everything_it_started() {
    let short = Helpers { until: Instant::now() + Duration::from_millis(300), ..helpers() };
    let started = Instant::now();
    let error = short.get("sample", "slow.example").unwrap_err();
    assert_eq!(error.to_string(), "`docker-credential-sample` did not answer within 30 s");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_helper_is_a_name_and_never_a_path() {
    for name in ["", "../sample", "/bin/sh", "a b", "sample\n"] {
        assert!(matches!(helpers().get(name, "quay.io"), Err(HelperError::Name)), "{name:?}");
    }
    let relative = Helpers { path: "src/credentials/testdata:".into(), ..helpers() };
    assert!(matches!(relative.get("sample", "quay.io"), Err(HelperError::Absent { .. })));
}

#[test]
fn a_helper_behind_a_setuid_program_is_told_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let helper = folder.path().join("docker-credential-sample");
    let script = folder.path().join("script");
    let content = b"#!/bin/sh\necho cannot set groups\nexit 1\n";
    host::files::write_atomically(&script, content, host::files::Mode(0o644)).unwrap();
    // By another process: a program that this one has open for writing in some other test's child cannot be started.
    let install = Command::new("install").args(["-m", "4755"]).args([&script, &helper]).status().unwrap();
    assert!(install.success());
    let path = format!("{}:/usr/bin:/bin", folder.path().display());
    let error = Helpers { path: path.into(), ..helpers() }.get("sample", "quay.io").unwrap_err().to_string();
    assert!(
        error.starts_with("`docker-credential-sample` failed (cannot set groups): it is started"),
        "{error}"
    );
}
