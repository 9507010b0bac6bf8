#![expect(clippy::disallowed_methods, reason = "tests spoil files as a failing disk does")]

use std::fs;
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;
use crate::session::tests::{ended_record, kept_record};

struct Place {
    folder: tempfile::TempDir,
    credentials: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap(), credentials: tempfile::tempdir().unwrap() };
        place.hand_over(&[7; 32]);
        place
    }

    fn hand_over(&self, key: &[u8]) {
        fs::write(self.credentials.path().join(KEY_FILE), key).unwrap();
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    fn aside(&self) -> PathBuf {
        self.folder.path().join(DAMAGED)
    }

    /// What lies in the folder.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn plain(&self) -> Vault {
        Vault::open(self.folder.path(), None).unwrap()
    }

    fn sealed(&self) -> Vault {
        Vault::open(self.folder.path(), Some(self.credentials.path())).unwrap()
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }
}

#[test]
fn nothing_was_ever_kept_is_not_an_error() {
    let place = Place::new();
    assert_eq!(place.plain().load().unwrap(), None);
    assert_eq!(place.sealed().load().unwrap(), None);
    assert!(!place.plain().forget().unwrap());
}

#[test]
fn what_is_kept_comes_back_whole() {
    for vault in [Place::plain, Place::sealed] {
        let place = Place::new();
        let vault = vault(&place);
        vault.keep(&kept_record()).unwrap();
        assert_eq!(vault.load().unwrap(), Some(kept_record()));
        assert_eq!(Place::mode(&place.file()), 0o600);
        assert!(vault.forget().unwrap());
        assert_eq!(vault.load().unwrap(), None);
    }
}

#[test]
fn a_sealed_file_shows_nothing_and_no_two_are_alike() {
    let place = Place::new();
    let vault = place.sealed();
    let written = [(); 2].map(|()| {
        vault.keep(&kept_record()).unwrap();
        fs::read(place.file()).unwrap()
    });
    assert_ne!(written[0], written[1]);
    let shown = String::from_utf8_lossy(&written[0]).into_owned();
    assert!(!shown.contains("ada@acme.example") && !shown.contains("refresh-1"), "{shown}");
    assert_eq!(format!("{vault:?}").matches("***").count(), 1);
}

#[test]
fn without_a_key_credential_the_file_is_plain() {
    let place = Place::new();
    fs::remove_file(place.credentials.path().join(KEY_FILE)).unwrap();
    place.sealed().keep(&kept_record()).unwrap();
    assert_eq!(place.plain().load().unwrap(), Some(kept_record()));
}

#[test]
fn a_key_of_another_length_is_refused() {
    let place = Place::new();
    for length in [0, 16, 31, 33] {
        place.hand_over(&vec![7; length]);
        let opened = Vault::open(place.folder.path(), Some(place.credentials.path()));
        assert!(matches!(opened, Err(VaultError::BadKey { .. })), "{length}: {opened:?}");
    }
}

#[test]
fn another_key_opens_nothing_and_loses_nothing_before_a_new_session() {
    let place = Place::new();
    place.sealed().keep(&kept_record()).unwrap();
    let before = fs::read(place.file()).unwrap();
    place.hand_over(&[8; 32]);
    assert!(matches!(place.sealed().load(), Err(VaultError::DoesNotOpen { .. })));
    assert_eq!(fs::read(place.file()).unwrap(), before);
    place.sealed().keep(&kept_record()).unwrap();
    assert_eq!(place.sealed().load().unwrap(), Some(kept_record()));
    assert_eq!(place.files(), [FILE]);
}

#[test]
fn a_sealed_file_without_a_key_is_said_to_be_one() {
    let place = Place::new();
    place.sealed().keep(&kept_record()).unwrap();
    assert!(matches!(place.plain().load(), Err(VaultError::NoKey { .. })));
}

#[test]
fn a_plain_file_is_not_trusted_where_there_is_a_key() {
    let place = Place::new();
    place.plain().keep(&kept_record()).unwrap();
    assert!(matches!(place.sealed().load(), Err(VaultError::NotSealed { .. })));
    place.sealed().keep(&kept_record()).unwrap();
    assert_eq!(place.sealed().load().unwrap(), Some(kept_record()));
}

#[test]
fn a_file_cut_short_anywhere_is_never_an_absent_or_another_session() {
    for vault in [Place::plain, Place::sealed] {
        let place = Place::new();
        let vault = vault(&place);
        vault.keep(&kept_record()).unwrap();
        let whole = fs::read(place.file()).unwrap();
        for length in 0..whole.len() {
            fs::write(place.file(), &whole[..length]).unwrap();
            assert!(vault.load().is_err(), "{length} of {}", whole.len());
        }
    }
}

#[test]
fn a_flipped_bit_anywhere_in_a_sealed_file_is_noticed() {
    let place = Place::new();
    let vault = place.sealed();
    vault.keep(&kept_record()).unwrap();
    let whole = fs::read(place.file()).unwrap();
    for index in 0..whole.len() {
        let mut spoiled = whole.clone();
        spoiled[index] ^= 1;
        fs::write(place.file(), spoiled).unwrap();
        assert!(vault.load().is_err(), "byte {index}");
    }
}

#[test]
fn a_file_others_can_read_is_refused_and_replaced_by_a_closed_one() {
    let place = Place::new();
    place.plain().keep(&kept_record()).unwrap();
    fs::set_permissions(place.file(), Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(place.plain().load(), Err(VaultError::File(FileError::Exposed { .. }))));
    place.plain().keep(&kept_record()).unwrap();
    assert_eq!((place.files(), Place::mode(&place.file())), (vec![FILE.to_owned()], 0o600));
}

#[test]
fn a_link_is_neither_followed_nor_written_through() {
    let place = Place::new();
    let elsewhere = place.credentials.path().join("elsewhere");
    fs::write(&elsewhere, "mine").unwrap();
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o644)).unwrap();
    symlink(&elsewhere, place.file()).unwrap();
    assert!(matches!(place.plain().load(), Err(VaultError::File(FileError::Symlink { .. }))));
    place.plain().keep(&kept_record()).unwrap();
    assert_eq!(place.plain().load().unwrap(), Some(kept_record()));
    assert_eq!((fs::read_to_string(&elsewhere).unwrap().as_str(), Place::mode(&elsewhere)), ("mine", 0o644));
}

#[test]
fn a_later_layout_is_left_to_the_later_version_until_a_new_session() {
    let place = Place::new();
    write_atomically(&place.file(), br#"{"version":9,"soul":"new"}"#, Mode::PRIVATE).unwrap();
    assert!(matches!(place.plain().load(), Err(VaultError::Newer { version: 9, .. })));
    assert_eq!(fs::read_to_string(place.file()).unwrap(), r#"{"version":9,"soul":"new"}"#);
    place.plain().keep(&kept_record()).unwrap();
    assert_eq!(place.plain().load().unwrap(), Some(kept_record()));
}

#[test]
fn no_error_repeats_a_token() {
    let place = Place::new();
    place.plain().keep(&kept_record()).unwrap();
    let text =
        fs::read_to_string(place.file()).unwrap().replace(r#""kind":"refresh""#, r#""kind":"refresh-1""#);
    fs::write(place.file(), text).unwrap();
    let error = place.plain().load().unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("unreadable at line 1") && !shown.contains("refresh-1"), "{shown}");
}

#[test]
fn forgetting_keeps_no_secret_behind() {
    let place = Place::new();
    place.plain().keep(&kept_record()).unwrap();
    write_atomically(&place.aside(), b"refresh-0", Mode::PRIVATE).unwrap();
    assert!(place.plain().forget().unwrap());
    assert_eq!(place.files(), Vec::<String>::new());
}

#[test]
fn the_token_of_a_session_that_could_not_be_read_does_not_outlive_the_next_one() {
    for record in [kept_record(), ended_record()] {
        let place = Place::new();
        write_atomically(&place.file(), b"refresh-0 rubbish", Mode::PRIVATE).unwrap();
        write_atomically(&place.aside(), b"refresh-0", Mode::PRIVATE).unwrap();
        place.plain().keep(&record).unwrap();
        assert_eq!(place.files(), [FILE]);
        assert!(!fs::read_to_string(place.file()).unwrap().contains("refresh-0"));
    }
}

#[test]
fn the_record_of_an_ended_session_holds_no_secret() {
    let place = Place::new();
    place.plain().keep(&kept_record()).unwrap();
    assert!(fs::read_to_string(place.file()).unwrap().contains("refresh-1"));
    place.plain().keep(&ended_record()).unwrap();
    assert!(!fs::read_to_string(place.file()).unwrap().contains("refresh-"));
}
