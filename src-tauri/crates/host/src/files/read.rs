//! Reading a file with a limit. Absent is an answer, not an error.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::error::{FileError, Operation};
use super::system::{open, refuse_exposed};

/// Reads a regular file of at most `max` bytes, following links; `None` when there is none.
pub fn read_limited(path: &Path, max: u64) -> Result<Option<Vec<u8>>, FileError> {
    match open(path, true) {
        Ok(file) => read_open(path, file, max).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::system(Operation::Read, path)(error)),
    }
}

/// Reads a secret of the calling user: refuses a link, another owner, and a mode that lets anybody else in; `None` when there is none.
pub fn read_private(path: &Path, max: u64) -> Result<Option<Vec<u8>>, FileError> {
    if plain_metadata(path)?.is_none() {
        return Ok(None);
    }
    let file = open_itself(path)?;
    let metadata = file.metadata().map_err(FileError::system(Operation::Read, path))?;
    refuse_exposed(path, &metadata)?;
    read_open(path, file, max).map(Some)
}

/// Follows every link of the path to the file it stands for; the file itself need not exist, its folder must.
pub fn resolve(path: &Path) -> Result<PathBuf, FileError> {
    let fail = |error| FileError::system(Operation::Read, path)(error);
    match path.canonicalize() {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !path.is_symlink() => {
            let folder = super::write::folder_of(path).canonicalize().map_err(fail)?;
            Ok(folder.join(path.file_name().ok_or_else(|| fail(error))?))
        }
        found => found.map_err(fail),
    }
}

/// What stands at this path itself; a link or anything but a regular file is an error.
pub(super) fn plain_metadata(path: &Path) -> Result<Option<Metadata>, FileError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_symlink() => Err(FileError::Symlink { path: path.into() }),
        Ok(metadata) if !metadata.is_file() => Err(FileError::NotRegular { path: path.into() }),
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::system(Operation::Read, path)(error)),
    }
}

/// The file at this path, even if a link took its place a moment ago.
pub(super) fn open_itself(path: &Path) -> Result<File, FileError> {
    open(path, false).map_err(FileError::system(Operation::Read, path))
}

fn read_open(path: &Path, file: File, max: u64) -> Result<Vec<u8>, FileError> {
    let fail = FileError::system(Operation::Read, path);
    match file.metadata() {
        Ok(metadata) if !metadata.is_file() => return Err(FileError::NotRegular { path: path.into() }),
        Ok(_) => {}
        Err(error) => return Err(fail(error)),
    }
    match read_at_most(file, max) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(FileError::TooLarge { path: path.into(), limit: max }),
        Err(error) => Err(fail(error)),
    }
}

/// `None` when there is more than `max`.
pub(super) fn read_at_most(file: File, max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= max).then_some(bytes))
}

#[cfg(test)]
mod tests;
