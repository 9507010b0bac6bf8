use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;

fn now() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// A folder with an authority that has published its next one.
fn made() -> (tempfile::TempDir, PathBuf) {
    let top = tempfile::tempdir().unwrap();
    let folder = top.path().join("ca/intercept");
    open(&folder, Kind::Intercept, now()).unwrap().publish_next(now()).unwrap();
    (top, folder)
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    folder
        .read_dir()
        .unwrap()
        .map(Result::unwrap)
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .collect()
}

#[test]
fn folder_and_files_are_the_owners_alone() {
    let (_top, folder) = made();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&folder), 0o700);
    let names: Vec<_> = contents(&folder).into_keys().collect();
    assert_eq!(names, ["current.pem", "next.pem"]);
    for name in names {
        assert_eq!(mode(&folder.join(name)), 0o600);
    }
}

#[test]
fn an_authority_is_made_once() {
    let (_top, folder) = made();
    let before = contents(&folder);
    let first = open(&folder, Kind::Intercept, now()).unwrap();
    let second = open(&folder, Kind::Intercept, now() + days(3)).unwrap();
    assert_eq!(first.bundle_pem(), second.bundle_pem());
    assert_eq!(contents(&folder), before);
}

#[test]
fn the_certificate_names_organization_and_machine() {
    let top = tempfile::tempdir().unwrap();
    let subject = |kind: Kind, organization: &str| {
        let folder = tempfile::tempdir_in(top.path()).unwrap();
        let authority =
            Authority::load_or_create(&folder.path().join("ca"), kind, organization, now()).unwrap();
        let (_, pem) = x509_parser::pem::parse_x509_pem(authority.certificate_pem().as_bytes()).unwrap();
        let certificate = pem.parse_x509().unwrap();
        let name = certificate.subject().iter_common_name().next().unwrap().as_str().unwrap().to_owned();
        assert!(name.chars().count() <= 64, "{name}");
        name
    };
    assert_eq!(subject(Kind::Mirror, "Acme"), "Pullgate mirror (Acme) on this machine");
    assert_eq!(subject(Kind::Intercept, "Acme"), "Pullgate interception (Acme) on this machine");
    let long = "Österreichische Gesellschaft für Behälter und Frachtwesen";
    assert_eq!(
        subject(Kind::Intercept, long),
        "Pullgate interception (Österreichische Gesel...) on this machine"
    );
}

#[test]
fn a_damaged_file_is_named_and_nothing_is_overwritten() {
    let (_keep, whole) = made();
    let text = fs::read_to_string(whole.join("current.pem")).unwrap();
    let (key, certificate) = text.split_at(text.find("-----BEGIN CERTIFICATE").unwrap());
    let other = fs::read_to_string(whole.join("next.pem")).unwrap();
    let foreign = &other[other.find("-----BEGIN CERTIFICATE").unwrap()..];
    let (_mirror_keep, mirror) = {
        let top = tempfile::tempdir().unwrap();
        open(&top.path().join("ca"), Kind::Mirror, now()).unwrap();
        let text = fs::read_to_string(top.path().join("ca/current.pem")).unwrap();
        (top, text)
    };
    let cases = [
        (String::new(), "it holds no certificate"),
        (key.to_owned(), "it holds no certificate"),
        (key[..key.len() / 2].to_owned() + certificate, "its private key is damaged"),
        (certificate.to_owned(), "it holds a certificate without its private key"),
        (text[..text.len() - 40].to_owned(), "its certificate is cut short or damaged"),
        (key.to_owned() + foreign, "its certificate belongs to another private key"),
        (text.clone() + certificate, "something follows its certificate"),
        (mirror, "its certificate is not that of the interception authority"),
    ];
    for file in ["current.pem", "next.pem"] {
        for (content, problem) in &cases {
            let (_top, folder) = made();
            fs::write(folder.join(file), content).unwrap();
            let before = contents(&folder);
            let error = open(&folder, Kind::Intercept, now()).unwrap_err();
            let expected = format!(
                "the certificate authority in `{}` cannot be used: {problem}; restore the file, or move its folder away to have a new authority made",
                folder.join(file).display()
            );
            assert_eq!(error.to_string(), expected);
            assert_eq!(contents(&folder), before);
        }
    }
}

#[test]
fn a_folder_that_lost_its_current_pair_is_not_started_over() {
    let (_top, folder) = made();
    fs::remove_file(folder.join("current.pem")).unwrap();
    let before = contents(&folder);
    let error = open(&folder, Kind::Intercept, now()).unwrap_err();
    assert!(matches!(&error, CaError::Broken { path, .. } if path.ends_with("current.pem")), "{error}");
    assert_eq!(contents(&folder), before);
}

#[test]
fn a_key_or_folder_that_others_can_reach_is_refused() {
    for (name, mode) in [("current.pem", 0o644), ("next.pem", 0o640), ("", 0o755)] {
        let (_top, folder) = made();
        let path = if name.is_empty() { folder.clone() } else { folder.join(name) };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = open(&folder, Kind::Intercept, now()).unwrap_err();
        assert!(matches!(&error, CaError::File(file) if file.path() == path), "{error}");
    }
}

#[test]
fn what_a_killed_writer_left_is_never_read() {
    let (_top, folder) = made();
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    let left = folder.join(format!(".pullgate-{}-0.tmp", child.id()));
    fs::write(&left, "-----BEGIN PRIVATE").unwrap();
    assert!(open(&folder, Kind::Intercept, now()).is_ok());
    assert!(!left.exists());
}
