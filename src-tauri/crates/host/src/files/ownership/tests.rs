use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use super::*;

struct Tree {
    top: tempfile::TempDir,
}

impl Tree {
    /// `etc/pullgate/enrollment.toml`, all of it the caller's and tight.
    fn new() -> Self {
        let tree = Self { top: tempfile::tempdir().unwrap() };
        fs::create_dir_all(tree.at("etc/pullgate")).unwrap();
        fs::write(tree.at("etc/pullgate/enrollment.toml"), b"organization = \"acme\"\n").unwrap();
        for (name, mode) in [("etc", 0o755), ("etc/pullgate", 0o755), ("etc/pullgate/enrollment.toml", 0o644)]
        {
            tree.set_mode(name, mode);
        }
        tree
    }

    fn at(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    fn set_mode(&self, name: &str, mode: u32) {
        fs::set_permissions(self.at(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn read(&self) -> Result<Vec<u8>, String> {
        self.read_file("etc/pullgate/enrollment.toml", 1000)
    }

    fn read_file(&self, name: &str, max: u64) -> Result<Vec<u8>, String> {
        let me = rustix::process::geteuid().as_raw();
        let top = self.top.path().to_str().unwrap();
        read_below(self.top.path(), &self.at(name), me, max)
            .map_err(|error| error.to_string().replace(&format!("{top}/"), ""))
    }
}

#[test]
fn a_file_that_only_its_owner_can_write_is_read() {
    assert_eq!(Tree::new().read().unwrap(), b"organization = \"acme\"\n");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_can_read_is_refused() {
    let me = rustix::process::geteuid().as_raw();
    let name = "etc/pullgate/enrollment.toml";
    for (mode, taken) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
        let tree = Tree::new();
        tree.set_mode(name, mode);
        let read = system::read_with(tree.top.path(), &tree.at(name), me, 1000, 0o077);
        let said = read.map_err(|error| error.to_string());
        match said {
            Ok(_) => assert!(taken, "{mode:o}"),
            Err(said) => assert!(
                !taken && said.ends_with(&format!("(mode {mode:04o}); run `chmod 600` on it")),
                "{said}"
            ),
        }
    }
}

#[test]
fn a_file_or_folder_that_others_can_write_is_refused_by_name() {
    for name in ["etc", "etc/pullgate", "etc/pullgate/enrollment.toml"] {
        for extra in [0o020, 0o002] {
            let tree = Tree::new();
            let mode = tree.at(name).metadata().unwrap().permissions().mode() & 0o777 | extra;
            tree.set_mode(name, mode);
            let sentence =
                format!("`{name}` can be changed by others (mode {mode:04o}); run `chmod go-w` on it");
            assert_eq!(tree.read(), Err(sentence));
        }
    }
}

#[test]
fn a_file_or_folder_of_another_user_is_refused_by_name() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for name in ["etc", "etc/pullgate", "etc/pullgate/enrollment.toml"] {
        let tree = Tree::new();
        chown(tree.at(name), Some(1000), None).unwrap();
        assert_eq!(tree.read(), Err(format!("`{name}` belongs to user 1000; run `chown 0` on it")));
    }
}

#[test]
fn a_file_of_the_named_owner_below_folders_of_root_is_read() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let tree = Tree::new();
    let path = tree.at("etc/pullgate/enrollment.toml");
    chown(&path, Some(1000), None).unwrap();
    assert!(read_below(tree.top.path(), &path, 1000, 1000).is_ok());
    assert!(read_below(tree.top.path(), &path, 1001, 1000).is_err());
}

#[test]
fn a_link_anywhere_in_the_path_is_refused() {
    let tree = Tree::new();
    symlink("enrollment.toml", tree.at("etc/pullgate/link.toml")).unwrap();
    symlink("pullgate", tree.at("etc/alias")).unwrap();
    let refused = |name: &str| Err(format!("`{name}` is a symbolic link; put the file itself there"));
    assert_eq!(tree.read_file("etc/pullgate/link.toml", 1000), refused("etc/pullgate/link.toml"));
    assert_eq!(tree.read_file("etc/alias/enrollment.toml", 1000), refused("etc/alias"));
}

#[test]
fn absent_is_told_apart_from_unreadable() {
    let me = rustix::process::geteuid().as_raw();
    let tree = Tree::new();
    let absent = read_below(tree.top.path(), &tree.at("etc/nothing"), me, 10).unwrap_err();
    assert!(absent.is_absent());
    let below_file = tree.at("etc/pullgate/enrollment.toml/x");
    assert!(!read_below(tree.top.path(), &below_file, me, 10).unwrap_err().is_absent());
}

#[test]
fn want_of_descriptors_says_nothing_of_a_file() {
    let error = |code| OwnershipError {
        path: "/etc/pullgate/enrollment.toml".into(),
        flaw: Flaw::System(io::Error::from_raw_os_error(code)),
    };
    for code in [libc::EMFILE, libc::ENFILE, libc::ENOMEM] {
        assert!(error(code).is_passing() && !error(code).is_absent(), "{code}");
    }
    for code in [libc::EACCES, libc::EIO, libc::ELOOP] {
        assert!(!error(code).is_passing(), "{code}");
    }
}

#[test]
fn a_folder_a_long_file_and_a_winding_path_are_refused() {
    let tree = Tree::new();
    assert_eq!(tree.read_file("etc/pullgate", 10), Err("`etc/pullgate` is not a regular file".into()));
    let long = tree.read_file("etc/pullgate/enrollment.toml", 5);
    assert_eq!(long, Err("`etc/pullgate/enrollment.toml` is larger than 5 bytes".into()));
    let winding = read_root_owned(Path::new("/etc/../etc/passwd"), 10).unwrap_err();
    assert_eq!(winding.to_string(), "`/etc/../etc/passwd` must be an absolute path without `..`");
    let relative = read_root_owned(Path::new("etc/passwd"), 10).unwrap_err();
    assert_eq!(relative.to_string(), "`etc/passwd` must be an absolute path without `..`");
}

#[test]
fn a_file_of_the_system_is_read_from_the_real_root() {
    assert!(!read_root_owned(Path::new("/etc/passwd"), 10_000_000).unwrap().is_empty());
}
