//! The one atomic write: a temporary file beside the target, with its final mode before a byte of content,
//! flushed, renamed over the target, and the folder flushed. After a crash the target holds the old bytes or
//! the new ones; the temporary file has a name that no reader looks for, and `sweep` takes it away.
//!
//! A symbolic link as target is refused. Who wants to write through a link resolves it first (`resolve`), so
//! that following a link is always somebody's decision.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use super::disk::{Disk, RealDisk};
use super::error::{FileError, Operation};
use super::{Mode, read};

pub(super) const TEMPORARY_PREFIX: &str = ".pullgate-";
pub(super) const TEMPORARY_SUFFIX: &str = ".tmp";

/// Writes a file whole or not at all, with this mode and the caller as its owner.
///
/// An error of `Operation::Sync` on the folder means that the new bytes are in place but may not survive a loss of power.
pub fn write_atomically(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    read::plain_metadata(path)?;
    put(&RealDisk, path, bytes, &Dress { mode: mode.0, like: None })
}

/// Writes a file whole or not at all, keeping owner, group, mode and extended attributes of the file that is there;
/// where there is none, it gets `mode` and the caller as its owner.
pub fn rewrite(path: &Path, bytes: &[u8], mode: Mode) -> Result<(), FileError> {
    if read::plain_metadata(path)?.is_none() {
        return put(&RealDisk, path, bytes, &Dress { mode: mode.0, like: None });
    }
    let source = read::open_itself(path)?;
    let current = source.metadata().map_err(FileError::system(Operation::Read, path))?;
    put(&RealDisk, path, bytes, &Dress { mode: current.mode() & 0o7777, like: Some((current, source)) })
}

/// What the new file looks like from outside.
struct Dress {
    mode: u32,
    like: Option<(Metadata, File)>,
}

fn put(disk: &impl Disk, path: &Path, bytes: &[u8], dress: &Dress) -> Result<(), FileError> {
    let folder = folder_of(path);
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
    if let Some((metadata, source)) = &dress.like {
        disk.set_owner(&file, metadata.uid(), metadata.gid()).map_err(|e| (Operation::SetOwnership, e))?;
        copy_attributes(source, &file).map_err(|e| (Operation::SetOwnership, e))?;
    }
    disk.set_mode(&file, dress.mode).map_err(|e| (Operation::SetOwnership, e))?;
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

/// Access lists and security labels. What the file system does not have, or the caller may not set, is left out.
fn copy_attributes(from: &File, to: &File) -> io::Result<()> {
    let mut names = vec![0; 64 * 1024];
    let length = match rustix::fs::flistxattr(from, &mut names[..]) {
        Err(rustix::io::Errno::OPNOTSUPP) => return Ok(()),
        answer => answer?,
    };
    let mut value = vec![0; 64 * 1024];
    for name in names[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let length = rustix::fs::fgetxattr(from, name, &mut value[..])?;
        match rustix::fs::fsetxattr(to, name, &value[..length], rustix::fs::XattrFlags::empty()) {
            Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::PERM) | Ok(()) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| parent.as_os_str() != OsStr::new("")).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
