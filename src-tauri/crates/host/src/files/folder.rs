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
mod tests;
