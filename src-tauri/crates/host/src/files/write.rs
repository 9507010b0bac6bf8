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
mod tests;
