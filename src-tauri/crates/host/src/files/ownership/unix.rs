//! POSIX: nothing on the way is a link, belongs to anybody else, or can be written by its group or by others.

#[cfg(target_os = "linux")]
use linux::{HOLD, mode_of};
#[cfg(target_os = "macos")]
use macos::{HOLD, mode_of};

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path};

use rustix::fs::{FileType, Mode, OFlags, Stat};

use super::super::read::read_at_most;
use super::{Flaw, OwnershipError};

const ROOT: u32 = 0;
/// What the group and everybody else may do.
const OTHERS: u32 = 0o077;

/// Reads a file that only root can have written: a regular file, not a link, owned by root and not writable
/// by group or others, and the same for each folder above it.
pub fn read_root_owned(path: &Path, max: u64) -> Result<Vec<u8>, OwnershipError> {
    read_below(Path::new("/"), path, ROOT, max)
}

/// Reads a secret of root: a file as of [`read_root_owned`] that nobody else can read either.
pub fn read_root_secret(path: &Path, max: u64) -> Result<Vec<u8>, OwnershipError> {
    read_with(Path::new("/"), path, ROOT, max, OTHERS)
}

/// Trusts `top` itself and checks everything below it.
pub(crate) fn read_below(top: &Path, path: &Path, owner: u32, max: u64) -> Result<Vec<u8>, OwnershipError> {
    read_with(top, path, owner, max, 0)
}

/// The same for a file that has none of the permission bits `without`.
pub(crate) fn read_with(
    top: &Path,
    path: &Path,
    owner: u32,
    max: u64,
    without: u32,
) -> Result<Vec<u8>, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: path.to_path_buf(), flaw };
    let file = open_below(top, path, owner, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?;
    let stat = rustix::fs::fstat(&file).map_err(|error| refuse(io::Error::from(error).into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(refuse(Flaw::NotRegular));
    }
    let mode = mode_of(&stat) & 0o7777;
    if mode & without != 0 {
        return Err(refuse(Flaw::Readable { mode }));
    }
    let bytes = read_at_most(File::from(file), max).map_err(|error| refuse(error.into()))?;
    bytes.ok_or_else(|| refuse(Flaw::TooLarge { limit: max }))
}

/// Opens a folder that only `owner` can have filled; see [`read_below`].
pub(in crate::files) fn open_folder(top: &Path, path: &Path, owner: u32) -> Result<OwnedFd, OwnershipError> {
    open_below(top, path, owner, OFlags::RDONLY | OFlags::DIRECTORY)
}

/// Opens what stands at `path`, after everything from below `top` to itself was found to be the owner's.
fn open_below(top: &Path, path: &Path, owner: u32, flags: OFlags) -> Result<OwnedFd, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: path.to_path_buf(), flaw };
    let below = path.strip_prefix(top).map_err(|_| refuse(Flaw::NotAbsolute))?;
    let names = plain_names(below).ok_or_else(|| refuse(Flaw::NotAbsolute))?;
    let (name, folders) = names.split_last().ok_or_else(|| refuse(Flaw::NotRegular))?;

    let mut reached = top.to_path_buf();
    let mut folder = open_top(top).map_err(|error| refuse(error.into()))?;
    for step in folders {
        reached.push(step);
        folder = step_checked(&folder, step, owner, HOLD | OFlags::DIRECTORY)
            .map_err(|flaw| OwnershipError { path: reached.clone(), flaw })?;
    }
    step_checked(&folder, name, owner, flags).map_err(refuse)
}

fn step_checked(folder: &OwnedFd, name: &OsStr, owner: u32, flags: OFlags) -> Result<OwnedFd, Flaw> {
    let opened = step_into(folder, name, flags)?;
    let stat = rustix::fs::fstat(&opened).map_err(io::Error::from)?;
    refuse_loose(&stat, owner)?;
    Ok(opened)
}

fn plain_names(path: &Path) -> Option<Vec<&OsStr>> {
    path.components()
        .map(|component| match component {
            Component::Normal(name) => Some(name),
            Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
        })
        .collect()
}

fn open_top(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, HOLD | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
}

fn step_into(folder: &OwnedFd, name: &OsStr, flags: OFlags) -> io::Result<OwnedFd> {
    let opened = rustix::fs::openat(folder, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty());
    match opened {
        // A link given to `O_DIRECTORY` answers "not a directory": ask what it is, for the sentence only.
        Err(rustix::io::Errno::NOTDIR) => {
            let stat = rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW)?;
            let link = FileType::from_raw_mode(stat.st_mode) == FileType::Symlink;
            Err(if link { rustix::io::Errno::LOOP } else { rustix::io::Errno::NOTDIR }.into())
        }
        answer => Ok(answer?),
    }
}

fn refuse_loose(stat: &Stat, owner: u32) -> Result<(), Flaw> {
    if stat.st_uid != ROOT && stat.st_uid != owner {
        return Err(Flaw::Owner { uid: stat.st_uid, expected: owner });
    }
    if stat.st_mode & 0o022 != 0 {
        return Err(Flaw::Mode { mode: mode_of(stat) & 0o7777 });
    }
    Ok(())
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        match rustix::io::Errno::from_io_error(&error) {
            Some(rustix::io::Errno::LOOP) => Self::Symlink,
            Some(rustix::io::Errno::NOENT) => Self::Absent,
            Some(_) | None => Self::System(error),
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    //! Linux holds a folder that it may not read.

    use rustix::fs::{OFlags, Stat};

    /// How a folder is opened only to be held.
    pub(super) const HOLD: OFlags = OFlags::PATH;

    pub(super) fn mode_of(stat: &Stat) -> u32 {
        stat.st_mode
    }
}

#[cfg(target_os = "macos")]
mod macos {
    //! macOS holds a folder that it may read; those on the way to settings of the machine are open to everybody.

    use rustix::fs::{OFlags, Stat};

    /// How a folder is opened only to be held.
    pub(super) const HOLD: OFlags = OFlags::RDONLY;

    pub(super) fn mode_of(stat: &Stat) -> u32 {
        stat.st_mode.into()
    }
}
