//! Folders and what leaves them: made with their mode, emptied of what a crash left, flushed after a change.

use std::io;
use std::path::Path;

use super::Mode;
use super::disk::{Disk, RealDisk};
use super::error::{FileError, Operation};
use super::system::{is_mine, is_running, make_one_folder, refuse_exposed};
use super::write::{TEMPORARY_PREFIX, TEMPORARY_SUFFIX, folder_of};

/// Makes a folder and the missing ones above it, each with this mode; one that is there keeps its mode, but
/// where a private one is asked for, a folder that others can enter is refused.
pub fn make_folder(path: &Path, mode: Mode) -> Result<(), FileError> {
    let fail = FileError::system(Operation::MakeFolder, path);
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => return Err(FileError::Symlink { path: path.into() }),
        Ok(metadata) if metadata.is_dir() && mode.0 & 0o077 == 0 => return refuse_exposed(path, &metadata),
        Ok(metadata) if metadata.is_dir() => return Ok(()),
        Ok(_) => return Err(fail(io::ErrorKind::NotADirectory.into())),
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(fail(error)),
        Err(_) => {}
    }
    let above = folder_of(path);
    if !above.is_dir() {
        make_folder(above, mode)?;
    }
    match make_one_folder(path, mode.0).and_then(|()| RealDisk.sync_folder(above)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => make_folder(path, mode),
        made => made.map_err(fail),
    }
}

/// Takes a file or link away for good; says whether there was one. What killed writers left beside it goes as well.
pub fn remove(path: &Path) -> Result<bool, FileError> {
    sweep_beside(path);
    take_away(path)
}

fn take_away(path: &Path) -> Result<bool, FileError> {
    match RealDisk.remove(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        removed => removed.map_err(FileError::system(Operation::Remove, path))?,
    }
    let folder = folder_of(path);
    RealDisk.sync_folder(folder).map_err(FileError::system(Operation::Sync, folder))?;
    Ok(true)
}

/// Moves a file within one file system, over what stands there, for good.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    RealDisk.rename(from, to).map_err(FileError::system(Operation::Rename, to))?;
    for folder in [folder_of(to), folder_of(from)] {
        RealDisk.sync_folder(folder).map_err(FileError::system(Operation::Sync, folder))?;
    }
    Ok(())
}

/// Takes away the temporary files that writers of ours left in a folder when they were killed; says how many.
pub fn sweep(folder: &Path) -> Result<usize, FileError> {
    let fail = || FileError::system(Operation::Read, folder);
    let entries = match folder.read_dir() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        entries => entries.map_err(fail())?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry.map_err(fail())?;
        let left = entry.file_name().to_str().and_then(writer_of).is_some_and(|writer| !is_running(writer));
        let ours = entry.metadata().is_ok_and(|metadata| metadata.is_file() && is_mine(&metadata));
        if left && ours && take_away(&entry.path())? {
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whoever changes a file takes away what a killed writer left beside it: nobody else ever comes by there. What cannot be
/// taken away now is there the next time.
pub(super) fn sweep_beside(path: &Path) {
    let folder = folder_of(path);
    if let Err(error) = sweep(folder) {
        tracing::debug!(folder = %folder.display(), %error, "what a killed writer left could not be looked for");
    }
}

/// The process that made a temporary file of this name.
fn writer_of(name: &str) -> Option<u32> {
    let (process, number) =
        name.strip_prefix(TEMPORARY_PREFIX)?.strip_suffix(TEMPORARY_SUFFIX)?.split_once('-')?;
    number.parse::<u64>().ok()?;
    process.parse().ok()
}

#[cfg(test)]
mod tests {
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
}
