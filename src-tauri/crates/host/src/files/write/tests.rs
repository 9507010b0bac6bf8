use std::cell::Cell;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;

const OLD: &[u8] = b"the old policy";
const NEW: &[u8] = b"the new policy, which is longer";

/// Loses power before step `survives`, with half of the bytes written, and does nothing ever after.
struct DyingDisk {
    survives: usize,
    steps: Cell<usize>,
}

impl DyingDisk {
    fn new(survives: usize) -> Self {
        Self { survives, steps: Cell::new(0) }
    }

    fn step(&self) -> io::Result<()> {
        let step = self.steps.replace(self.steps.get() + 1);
        if step >= self.survives { Err(io::Error::other("power lost")) } else { Ok(()) }
    }
}

impl Disk for DyingDisk {
    fn create(&self, path: &Path, mode: u32) -> io::Result<File> {
        self.step().and_then(|()| RealDisk.create(path, mode))
    }
    fn fill(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        RealDisk.fill(file, &bytes[..bytes.len() / 2])?;
        self.step().and_then(|()| RealDisk.fill(file, &bytes[bytes.len() / 2..]))
    }
    fn set_owner(&self, file: &File, like: &Look) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.set_owner(file, like))
    }
    fn set_mode(&self, file: &File, mode: u32) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.set_mode(file, mode))
    }
    fn sync(&self, file: &File) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.sync(file))
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.rename(from, to))
    }
    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.sync_folder(folder))
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step().and_then(|()| RealDisk.remove(path))
    }
}

fn mode_of(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        folder.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn private() -> Dress {
    Dress::new(0o600, None)
}

#[test]
fn a_loss_of_power_at_any_step_leaves_the_old_bytes_or_the_new_ones() {
    let mut seen = Vec::new();
    for survives in 0.. {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        write_atomically(&path, OLD, Mode::PRIVATE).unwrap();
        let finished = put(&DyingDisk::new(survives), &path, NEW, &private()).is_ok();

        let bytes = fs::read(&path).unwrap();
        assert!(bytes == OLD || bytes == NEW, "torn after {survives} steps: {bytes:?}");
        for left in names_in(folder.path()).iter().filter(|name| *name != "policy.json") {
            let temporary = left.starts_with(TEMPORARY_PREFIX) && left.ends_with(TEMPORARY_SUFFIX);
            assert!(temporary, "{left} could be taken for a file");
            assert_eq!(mode_of(&folder.path().join(left)), 0o600);
        }
        seen.push(bytes == NEW);

        write_atomically(&path, NEW, Mode::PRIVATE).unwrap();
        assert_eq!(fs::read(&path).unwrap(), NEW);
        if finished {
            break;
        }
    }
    // Created, mode, filled, flushed, renamed: from the rename on the new bytes are there.
    assert_eq!(seen, [false, false, false, false, false, true, true]);
}

#[test]
fn a_write_that_fails_takes_its_temporary_file_away() {
    struct FullDisk;
    impl Disk for FullDisk {
        fn create(&self, path: &Path, mode: u32) -> io::Result<File> {
            RealDisk.create(path, mode)
        }
        fn fill(&self, _: &mut File, _: &[u8]) -> io::Result<()> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn set_owner(&self, _: &File, _: &Look) -> io::Result<()> {
            Ok(())
        }
        fn set_mode(&self, _: &File, _: u32) -> io::Result<()> {
            Ok(())
        }
        fn sync(&self, _: &File) -> io::Result<()> {
            Ok(())
        }
        fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
            RealDisk.rename(from, to)
        }
        fn sync_folder(&self, _: &Path) -> io::Result<()> {
            Ok(())
        }
        fn remove(&self, path: &Path) -> io::Result<()> {
            RealDisk.remove(path)
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.json");
    write_atomically(&path, OLD, Mode::PRIVATE).unwrap();
    let error = put(&FullDisk, &path, NEW, &private()).unwrap_err();
    assert_eq!(error.to_string(), format!("cannot write `{}`: no storage space", path.display()));
    assert_eq!(names_in(folder.path()), ["policy.json"]);
    assert_eq!(fs::read(&path).unwrap(), OLD);
}

#[test]
fn a_file_has_exactly_the_mode_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    for mode in [0o600, 0o644, 0o640, 0o666] {
        let path = folder.path().join("file");
        write_atomically(&path, NEW, Mode(mode)).unwrap();
        assert_eq!(mode_of(&path), mode);
    }
}

#[test]
fn rewriting_keeps_mode_and_extended_attributes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daemon.json");
    fs::write(&path, OLD).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let flags = rustix::fs::XattrFlags::empty();
    let labeled = rustix::fs::setxattr(&path, "user.label", b"configuration", flags).is_ok();

    rewrite(&path, NEW, Mode::PRIVATE).unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode_of(&path)), (NEW, 0o640));
    if labeled {
        let mut value = [0; 64];
        let length = rustix::fs::getxattr(&path, "user.label", &mut value[..]).unwrap();
        assert_eq!(&value[..length], b"configuration");
    }
}

#[test]
fn rewriting_keeps_the_owner_where_the_caller_may_give_files_away() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    fs::write(&path, OLD).unwrap();
    std::os::unix::fs::chown(&path, Some(1234), Some(1235)).unwrap();
    rewrite(&path, NEW, Mode::PRIVATE).unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (1234, 1235));
}

#[test]
fn rewriting_an_absent_file_makes_it_with_the_mode_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.conf");
    rewrite(&path, NEW, Mode::PUBLIC).unwrap();
    assert_eq!((fs::read(&path).unwrap().as_slice(), mode_of(&path)), (NEW, 0o644));
}

#[test]
fn a_link_or_folder_as_target_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("real"), folder.path().join("link"));
    fs::write(&target, OLD).unwrap();
    symlink("real", &link).unwrap();
    for result in [write_atomically(&link, NEW, Mode::PRIVATE), rewrite(&link, NEW, Mode::PRIVATE)] {
        assert!(matches!(result, Err(FileError::Symlink { path }) if path == link));
    }
    let refused = write_atomically(folder.path(), NEW, Mode::PRIVATE);
    assert!(matches!(refused, Err(FileError::NotRegular { .. })), "{refused:?}");
    assert!(link.is_symlink());
    assert_eq!(fs::read(&target).unwrap(), OLD);
}

#[test]
fn writers_at_the_same_time_never_mix_their_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let contents: Vec<Vec<u8>> = (b'a'..=b'h').map(|byte| vec![byte; 50_000]).collect();
    std::thread::scope(|scope| {
        for content in &contents {
            scope.spawn(|| write_atomically(&path, content, Mode::PRIVATE).unwrap());
        }
    });
    assert!(contents.contains(&fs::read(&path).unwrap()));
    assert_eq!(names_in(folder.path()), ["state"]);
}
