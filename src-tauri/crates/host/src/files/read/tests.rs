use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::*;

#[test]
fn an_absent_file_is_none_and_a_folder_or_pipe_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read_limited(&folder.path().join("nothing"), 10).unwrap().is_none());
    assert!(matches!(read_limited(folder.path(), 10), Err(FileError::NotRegular { .. })));
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    assert!(matches!(read_limited(&pipe, 10), Err(FileError::NotRegular { .. })));
}

#[test]
fn the_limit_is_the_largest_size_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, b"0123456789").unwrap();
    assert_eq!(read_limited(&path, 10).unwrap().as_deref(), Some(&b"0123456789"[..]));
    let error = read_limited(&path, 9).unwrap_err();
    assert_eq!(error.to_string(), format!("`{}` is larger than 9 bytes", path.display()));
}

#[test]
fn a_secret_that_others_can_reach_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.pem");
    assert!(read_private(&path, 10).unwrap().is_none());
    fs::write(&path, b"secret").unwrap();
    for mode in [0o644, 0o640, 0o602, 0o601] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let refused = read_private(&path, 10);
        assert!(matches!(refused, Err(FileError::Exposed { mode: m, .. }) if m == mode), "{refused:?}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(read_private(&path, 10).unwrap().as_deref(), Some(&b"secret"[..]));

    let link = folder.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(matches!(read_private(&link, 10), Err(FileError::Symlink { .. })));
}

#[test]
fn links_are_followed_to_a_file_that_may_be_absent_but_not_through_a_broken_link() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path().canonicalize().unwrap();
    fs::create_dir(top.join("real")).unwrap();
    symlink("real", top.join("alias")).unwrap();
    symlink("real/file", top.join("link")).unwrap();

    assert_eq!(resolve(&top.join("alias/file")).unwrap(), top.join("real/file"));
    assert!(resolve(&top.join("link")).is_err());
    fs::write(top.join("real/file"), b"").unwrap();
    assert_eq!(resolve(&top.join("link")).unwrap(), top.join("real/file"));
    assert!(resolve(&top.join("no-folder/file")).is_err());
}
