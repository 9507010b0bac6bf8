//! Reading a file that decides what the machine enforces: only who owns it may have been able to write it.
//! The walk holds each folder from the root on open while it asks whose it is, and follows no link, so nothing
//! can be exchanged between the check and the read.

use std::io;
use std::path::PathBuf;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(super) use system::open_folder;
#[cfg(test)]
pub(crate) use system::read_below;
pub use system::read_root_owned;
#[cfg(unix)]
pub use system::read_root_secret;

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

    /// Whether this says nothing of the file: there was no descriptor or no memory to look at it, which passes.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(&self.flaw, Flaw::System(cause) if is_shortage(cause))
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
    /// Its group or everybody can read it, and it is a secret.
    #[error("can be read by others (mode {mode:04o}); run `chmod 600` on it")]
    Readable {
        /// The permission bits.
        mode: u32,
    },
    /// Neither the system nor an administrator owns it, who can write it at any time.
    #[error("belongs to `{who}`; give it to the administrators with `icacls`")]
    Foreign {
        /// Who owns it: an account's SID or its short name.
        who: String,
    },
    /// Its access list lets somebody change it.
    #[error("can be changed by `{who}`; take that away with `icacls`")]
    Loose {
        /// Who can: an account's SID or its short name.
        who: String,
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

#[cfg(unix)]
fn is_shortage(cause: &io::Error) -> bool {
    let codes = [libc::EMFILE, libc::ENFILE, libc::ENOMEM, libc::EAGAIN, libc::EINTR];
    cause.raw_os_error().is_some_and(|code| codes.contains(&code))
}

#[cfg(not(unix))]
fn is_shortage(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::OutOfMemory)
}

#[cfg(test)]
mod tests;
