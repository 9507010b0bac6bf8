//! The one atomic write: a temporary file beside the target, with its final mode before a byte of content,
//! flushed, renamed over the target, and the folder flushed. After a crash the target holds the old bytes or
//! the new ones; the temporary file has a name that no reader looks for, and the next write or removal in that folder
//! takes it away (`sweep`).
//!
//! A symbolic link as target is refused. Who wants to write through a link resolves it first (`resolve`), so
//! that following a link is always somebody's decision.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::disk::{Disk, RealDisk};
use super::error::{FileError, Operation};
use super::folder::sweep_beside;
use super::system::Look;
use super::{Mode, read};

pub(super) const TEMPORARY_PREFIX: &str = ".pullgate-";
pub(super) const TEMPORARY_SUFFIX: &str = ".tmp";

/// Writes a file whole or not at all, with this mode and the caller as its owner.
///
/// An error of `Operation::Sync` on the folder means that the new bytes are in place but may not survive a loss of power.
pub fn write_atomically(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    read::plain_metadata(path)?;
    put(&RealDisk, path, bytes, &Dress::new(mode.0, None))
}

/// Writes a file whole or not at all, keeping owner, group, mode and extended attributes of the file that is there;
/// where there is none, it gets `mode` and the caller as its owner.
pub fn rewrite(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    if read::plain_metadata(path)?.is_none() {
        return put(&RealDisk, path, bytes, &Dress::new(mode.0, None));
    }
    let source = read::open_itself(path)?;
    let like = Look::of(source).map_err(FileError::system(Operation::Read, path))?;
    put(&RealDisk, path, bytes, &Dress::new(like.mode(), Some(like)))
}

/// The same with this mode and this owner, whatever the file that is there has; both are set before anybody can see
/// the new file.
#[cfg(unix)]
pub fn rewrite_as(path: &Path, bytes: &[u8], mode: Mode, owner: (u32, u32)) -> Result<(), FileError> {
    let like = match read::plain_metadata(path)? {
        None => None,
        Some(_) => {
            let source = read::open_itself(path)?;
            Some(Look::of(source).map_err(FileError::system(Operation::Read, path))?)
        }
    };
    put(&RealDisk, path, bytes, &Dress { owner: Some(owner), ..Dress::new(mode.0, like) })
}

/// What the new file looks like from outside.
struct Dress {
    mode: u32,
    like: Option<Look>,
    /// Whose it is, where that is not who it is like.
    #[cfg(unix)]
    owner: Option<(u32, u32)>,
}

impl Dress {
    fn new(mode: u32, like: Option<Look>) -> Self {
        Self {
            mode,
            like,
            #[cfg(unix)]
            owner: None,
        }
    }
}

fn put(disk: &impl Disk, path: &Path, bytes: &[u8], dress: &Dress) -> Result<(), FileError> {
    let folder = folder_of(path);
    sweep_beside(path);
    let (temporary, file) = create_beside(disk, folder, dress.mode)?;
    let placed = prepare(disk, file, bytes, dress)
        .map_err(|(operation, source)| FileError::system(operation, path)(source))
        .and_then(|()| disk.rename(&temporary, path).map_err(FileError::system(Operation::Rename, path)));
    if let Err(error) = placed {
        if let Err(left) = disk.remove(&temporary) {
            tracing::debug!(path = %temporary.display(), %left, "a temporary file was left behind");
        }
        return Err(error);
    }
    disk.sync_folder(folder).map_err(FileError::system(Operation::Sync, folder))
}

fn prepare(
    disk: &impl Disk,
    mut file: File,
    bytes: &[u8],
    dress: &Dress,
) -> Result<(), (Operation, io::Error)> {
    if let Some(like) = &dress.like {
        disk.set_owner(&file, like).map_err(|e| (Operation::SetOwnership, e))?;
    }
    #[cfg(unix)]
    if let Some((user, group)) = dress.owner {
        std::os::unix::fs::fchown(&file, Some(user), Some(group))
            .map_err(|e| (Operation::SetOwnership, e))?;
    }
    disk.set_mode(&file, dress.mode).map_err(|e| (Operation::SetOwnership, e))?;
    // Where an access list is among them, it has the last word.
    if let Some(like) = &dress.like {
        like.give_attributes(&file).map_err(|e| (Operation::SetOwnership, e))?;
    }
    disk.fill(&mut file, bytes).map_err(|e| (Operation::Write, e))?;
    disk.sync(&file).map_err(|e| (Operation::Sync, e))
}

/// The group and others get nothing until the owner is right.
fn create_beside(disk: &impl Disk, folder: &Path, mode: u32) -> Result<(PathBuf, File), FileError> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("{TEMPORARY_PREFIX}{}-{number}{TEMPORARY_SUFFIX}", process::id());
        let temporary = folder.join(name);
        match disk.create(&temporary, mode & 0o600) {
            Ok(file) => return Ok((temporary, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(FileError::system(Operation::Write, &temporary)(error)),
        }
    }
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| parent.as_os_str() != OsStr::new("")).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
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
        let mut names: Vec<_> = folder
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
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
}
