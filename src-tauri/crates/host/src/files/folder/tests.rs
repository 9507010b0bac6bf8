use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::super::{rewrite, write_atomically};
use super::*;

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn missing_folders_are_made_with_their_mode_and_present_ones_keep_theirs() {
    let top = tempfile::tempdir().unwrap();
    let deep = top.path().join("a/b");
    make_folder(&deep, Mode::PRIVATE_FOLDER).unwrap();
    assert_eq!((mode_of(&deep), mode_of(&top.path().join("a"))), (0o700, 0o700));
    make_folder(&deep, Mode::PUBLIC_FOLDER).unwrap();
    assert_eq!(mode_of(&deep), 0o700);
}

#[test]
fn a_private_folder_that_others_can_enter_is_refused() {
    let top = tempfile::tempdir().unwrap();
    let open = top.path().join("open");
    make_folder(&open, Mode::PUBLIC_FOLDER).unwrap();
    let refused = make_folder(&open, Mode::PRIVATE_FOLDER);
    assert!(matches!(refused, Err(FileError::Exposed { mode: 0o755, .. })), "{refused:?}");
    fs::write(top.path().join("file"), b"").unwrap();
    assert!(make_folder(&top.path().join("file"), Mode::PUBLIC_FOLDER).is_err());
}

#[test]
fn removing_says_whether_there_was_something() {
    let top = tempfile::tempdir().unwrap();
    let file = top.path().join("file");
    fs::write(&file, b"").unwrap();
    assert!(remove(&file).unwrap());
    assert!(!remove(&file).unwrap());
}

#[test]
fn renaming_replaces_what_stands_there() {
    let top = tempfile::tempdir().unwrap();
    let (from, to) = (top.path().join("next"), top.path().join("current"));
    fs::write(&from, b"new").unwrap();
    fs::write(&to, b"old").unwrap();
    rename(&from, &to).unwrap();
    assert_eq!(fs::read(&to).unwrap(), b"new");
    assert!(!from.exists());
    let error = rename(&from, &to).unwrap_err();
    assert_eq!(error.path(), to);
}

/// The name of a temporary file whose writer is gone.
fn left_behind() -> String {
    let mut child = std::process::Command::new("true").spawn().unwrap();
    child.wait().unwrap();
    format!(".pullgate-{}-0.tmp", child.id())
}

#[test]
fn the_next_write_or_removal_takes_away_what_a_killed_writer_left() {
    let top = tempfile::tempdir().unwrap();
    let (file, left) = (top.path().join("policy.json"), top.path().join(left_behind()));
    let changes: [fn(&Path); 4] = [
        |file| write_atomically(file, b"new", Mode::PRIVATE).unwrap(),
        |file| rewrite(file, b"newer", Mode::PRIVATE).unwrap(),
        |file| assert!(remove(file).unwrap()),
        |file| assert!(!remove(file).unwrap()),
    ];
    for change in changes {
        fs::write(&left, b"half of a pol").unwrap();
        change(&file);
        assert!(!left.exists());
    }
    fs::write(&left, b"half of a pol").unwrap();
    assert!(write_atomically(&top.path().join("absent/file"), b"new", Mode::PRIVATE).is_err());
    assert!(left.exists(), "elsewhere is not looked");
}

#[test]
fn only_what_a_killed_writer_left_is_swept() {
    let top = tempfile::tempdir().unwrap();
    let gone = left_behind();
    let alive = format!(".pullgate-{}-0.tmp", std::process::id());
    let foreign = [".pullgate-notes.tmp", ".pullgate-1-x.tmp", "daemon.json", ".daemon.json.tmp"];
    for name in [gone.as_str(), alive.as_str()].iter().chain(&foreign) {
        fs::write(top.path().join(name), b"").unwrap();
    }
    assert_eq!(sweep(top.path()).unwrap(), 1);
    assert!(!top.path().join(gone).exists());
    for kept in [alive.as_str()].iter().chain(&foreign) {
        assert!(top.path().join(kept).exists(), "{kept}");
    }
    assert_eq!(sweep(&top.path().join("absent")).unwrap(), 0);
}
