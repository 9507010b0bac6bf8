//! Looking through several files, with helpers that are real programs.

use host::files::{Mode, write_atomically};
use tempfile::TempDir;
use wire::{LoginKind, Secret};

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
    fn find(&mut self, registry: &str) -> Option<Login> {
        let files = ["first", "second", "third"].map(|name| self.folder.path().join(name));
        let helpers =
            Helpers { path: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/src/credentials/testdata").into()) };
        let folder = format!("{}/", self.folder.path().display());
        let reasons = &mut self.reasons;
        let registry = Registry::parse(registry).unwrap();
        find(&registry, &files, &helpers, &mut |reason| reasons.push(reason.replace(&folder, "")))
    }
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
fn docker_hub_is_found_in_a_helper_under_dockers_name_for_it() {
    let mut home = Home::new();
    home.put("first", r#"{"auths":{"https://index.docker.io/v1/":{}},"credsStore":"sample"}"#);
    assert_eq!(home.find("docker.io"), Some(password("ada", "of-the-helper")));
}

#[test]
fn a_helper_that_fails_is_passed_over_without_its_words() {
    let mut home = Home::new();
    home.put("first", r#"{"credsStore":"sample"}"#);
    home.put("second", r#"{"auths":{"locked.example":{"auth":"YWRhOmZpbGU="}}}"#);
    assert_eq!(home.find("locked.example"), Some(password("ada", "file")));
    let expected = ["`first`: the credential helper `docker-credential-sample` failed (exit status: 3)"];
    assert_eq!(home.reasons, expected);
}
