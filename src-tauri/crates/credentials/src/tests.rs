//! Looking through several files, with helpers that are real programs.

use host::files::{Mode, write_atomically};
use secret::Secret;
use steward_protocol::LoginKind;
use tempfile::TempDir;

use super::*;

struct Home {
    folder: TempDir,
    reasons: Vec<String>,
}

impl Home {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), reasons: Vec::new() }
    }

    fn put(&self, name: &str, text: &str) {
        write_atomically(&self.folder.path().join(name), text.as_bytes(), Mode::PRIVATE).unwrap();
    }

    /// The login for the registry in the files `first`, `second` and `third`.
    fn find(&mut self, name: &str) -> Option<Login> {
        self.found(LoginFinder::ContainersImage, name).login
    }

    fn found(&mut self, finder: LoginFinder, name: &str) -> Found {
        let files = ["first", "second", "third"].map(|name| Place::Current(self.folder.path().join(name)));
        let folder = format!("{}/", self.folder.path().display());
        let reasons = &mut self.reasons;
        let mut skip = |reason: &str| reasons.push(reason.replace(&folder, ""));
        in_files(&files, finder, &Wanted::parse(name).unwrap(), &helpers(), &mut skip)
    }
}

fn helpers() -> Helpers {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/testdata:/usr/bin:/bin");
    Helpers { path: path.into(), until: Instant::now() + PATIENCE }
}

fn password(username: &str, secret: &str) -> Login {
    let secret = Secret::new(secret.to_owned());
    Login { username: username.to_owned(), secret, kind: LoginKind::Password }
}

const ADA: &str = r#"{"auths":{"quay.io":{"auth":"YWRhOmZpbGU="}}}"#;

#[test]
fn the_first_file_that_has_a_login_has_the_last_word() {
    let mut home = Home::new();
    home.put("second", ADA);
    home.put("third", r#"{"auths":{"quay.io":{"auth":"Ym9iOm90aGVy"}}}"#);
    assert_eq!(home.find("quay.io"), Some(password("ada", "file")));
    assert_eq!(home.find("ghcr.io"), None);
    assert_eq!(home.reasons, [""; 0]);
}

#[test]
fn a_file_that_cannot_be_understood_is_skipped_with_a_reason() {
    let mut home = Home::new();
    home.put("first", "{\"auths\": hunter2");
    std::fs::create_dir(home.folder.path().join("second")).unwrap();
    home.put("third", ADA);
    assert_eq!(home.find("quay.io"), Some(password("ada", "file")));
    let expected =
        ["`first`: it is not JSON (line 1, column 11)", "`second`: `second` is not a regular file"];
    assert_eq!(home.reasons, expected);
}

#[test]
fn a_helper_without_the_login_leaves_the_word_to_the_next_file() {
    let mut home = Home::new();
    home.put("first", r#"{"credHelpers":{"unknown.example":"sample"}}"#);
    home.put("second", r#"{"auths":{"unknown.example":{"auth":"YWRhOmZpbGU="}}}"#);
    assert_eq!(home.find("unknown.example"), Some(password("ada", "file")));
    assert_eq!(home.reasons, [""; 0]);
}

#[test]
fn docker_hub_is_found_in_dockers_helper_under_dockers_name_for_it_and_by_docker_alone() {
    let mut home = Home::new();
    home.put("first", r#"{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"sample"}"#);
    assert_eq!(home.found(LoginFinder::Docker, "docker.io").login, Some(password("ada", "of-the-helper")));
    assert_eq!(home.find("docker.io"), None);
}

#[test]
fn a_helper_that_fails_has_the_last_word_and_is_named() {
    let mut home = Home::new();
    home.put("first", r#"{"credHelpers":{"locked.example":"sample"}}"#);
    home.put("second", r#"{"auths":{"locked.example":{"auth":"YWRhOmZpbGU="}}}"#);
    let found = home.found(LoginFinder::ContainersImage, "locked.example");
    let failure =
        "`docker-credential-sample` failed: error: your SSO session has expired. Run: aws sso login";
    assert_eq!(found, Found { login: None, failure: Some(failure.to_owned()) });
    assert_eq!(home.reasons, [""; 0]);
}

#[test]
fn the_helpers_of_registries_conf_are_asked_in_their_order() {
    let home = Home::new();
    let conf = home.folder.path().join(".config/containers");
    std::fs::create_dir_all(&conf).unwrap();
    home.put(
        "auth.json",
        r#"{"auths":{"quay.io":{"auth":"YWRhOmZpbGU="},"ghcr.io":{"auth":"YWRhOmZpbGU="}}}"#,
    );
    let places = Places {
        home: Some(home.folder.path().to_owned()),
        auth_file: Some(home.folder.path().join("auth.json")),
        ..Places::default()
    };
    let found = |name: &str, order: &str| {
        home.put(".config/containers/registries.conf", &format!("credential-helpers = {order}\n"));
        let wanted = Wanted::parse(name).unwrap();
        find(&wanted, LoginFinder::ContainersImage, &places, &helpers(), &mut |_| {})
    };
    let helper = r#"["absent", "sample", "containers-auth.json"]"#;
    assert_eq!(found("quay.io/acme/app", helper).login, Some(password("ada", "of-the-helper")));
    assert_eq!(found("ghcr.io/acme/app", helper).login, Some(password("ada", "file")));
    let failed = found("ghcr.io/acme/app", r#"["absent"]"#).failure.unwrap();
    assert!(failed.starts_with("`docker-credential-absent` is not on the `PATH`"), "{failed}");
    assert_eq!(found("ghcr.io/acme/app", r#"["sample"]"#), Found::default());
}

#[test]
fn a_name_that_is_no_repository_is_refused() {
    for name in ["", "-x", "quay.io\nx", "$(id)", "quay.io/UPPER", "quay.io//x", "quay.io/a:b"] {
        assert!(Wanted::parse(name).is_err(), "{name:?}");
    }
}
