//! Reading a file that decides what the machine enforces: only who owns it may have been able to write it.
//! The walk opens each folder from the root without following a link and asks the open folder, so nothing
//! can be exchanged between the check and the read.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, Stat};

use super::read::read_at_most;

pub(super) const ROOT: u32 = 0;

/// Reads a file that only root can have written: a regular file, not a link, owned by root and not writable
/// by group or others, and the same for each folder above it.
pub fn read_root_owned(path: &Path, max: u64) -> Result<Vec<u8>, OwnershipError> {
    read_owned_by(path, ROOT, max)
}

/// Reads a file that only root or `owner` can have written.
pub fn read_owned_by(path: &Path, owner: u32, max: u64) -> Result<Vec<u8>, OwnershipError> {
    read_below(Path::new("/"), path, owner, max)
}

/// Trusts `top` itself and checks everything below it.
pub(crate) fn read_below(top: &Path, path: &Path, owner: u32, max: u64) -> Result<Vec<u8>, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: path.to_path_buf(), flaw };
    let file = open_below(top, path, owner, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?;
    let stat = rustix::fs::fstat(&file).map_err(|error| refuse(io::Error::from(error).into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(refuse(Flaw::NotRegular));
    }
    let bytes = read_at_most(File::from(file), max).map_err(|error| refuse(error.into()))?;
    bytes.ok_or_else(|| refuse(Flaw::TooLarge { limit: max }))
}

/// Opens what stands at `path`, after everything from below `top` to itself was found to be the owner's.
pub(super) fn open_below(
    top: &Path,
    path: &Path,
    owner: u32,
    flags: OFlags,
) -> Result<OwnedFd, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: path.to_path_buf(), flaw };
    let below = path.strip_prefix(top).map_err(|_| refuse(Flaw::NotAbsolute))?;
    let names = plain_names(below).ok_or_else(|| refuse(Flaw::NotAbsolute))?;
    let (name, folders) = names.split_last().ok_or_else(|| refuse(Flaw::NotRegular))?;

    let mut reached = top.to_path_buf();
    let mut folder = open_folder(top).map_err(|error| refuse(error.into()))?;
    for step in folders {
        reached.push(step);
        folder = step_checked(&folder, step, owner, OFlags::PATH | OFlags::DIRECTORY)
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

fn open_folder(path: &Path) -> io::Result<OwnedFd> {
    Ok(rustix::fs::open(path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?)
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
        return Err(Flaw::Mode { mode: stat.st_mode & 0o7777 });
    }
    Ok(())
}

/// A file that somebody else could have written, or that could not be read.
#[derive(Debug, thiserror::Error)]
#[error("`{}` {flaw}", path.display())]
pub struct OwnershipError {
    /// The file, or the folder above it, that is at fault.
    pub path: PathBuf,
    /// What is wrong with it.
    pub flaw: Flaw,
}

impl OwnershipError {
    /// Whether there simply is no such file.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.flaw, Flaw::Absent)
    }
}

/// What keeps a file from being trusted.
#[derive(Debug, thiserror::Error)]
pub enum Flaw {
    /// There is no such file or folder.
    #[error("does not exist")]
    Absent,
    /// A symbolic link could be pointed elsewhere.
    #[error("is a symbolic link; put the file itself there")]
    Symlink,
    /// Only a regular file has content that stays as it was checked.
    #[error("is not a regular file")]
    NotRegular,
    /// The owner can write it at any time.
    #[error("belongs to user {uid}; run `chown {expected}` on it")]
    Owner {
        /// Who owns it.
        uid: u32,
        /// Who should.
        expected: u32,
    },
    /// Its group or everybody can write it.
    #[error("can be changed by others (mode {mode:04o}); run `chmod go-w` on it")]
    Mode {
        /// The permission bits.
        mode: u32,
    },
    /// It is larger than its reader accepts.
    #[error("is larger than {limit} bytes")]
    TooLarge {
        /// The most its reader accepts.
        limit: u64,
    },
    /// There are more files in the folder than its reader accepts.
    #[error("has more than {limit} files")]
    TooMany {
        /// The most its reader accepts.
        limit: usize,
    },
    /// The path must be absolute and without `..`.
    #[error("must be an absolute path without `..`")]
    NotAbsolute,
    /// The operating system refused.
    #[error("cannot be read: {0}")]
    System(io::Error),
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

#[cfg(test)]
mod tests;
