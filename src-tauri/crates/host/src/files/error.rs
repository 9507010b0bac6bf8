//! What went wrong with a file: which file, during what, and why.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// What was being done to a file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    /// Opening or reading it.
    Read,
    /// Making or filling its replacement.
    Write,
    /// Giving the replacement its owner, mode or attributes.
    SetOwnership,
    /// Making it survive a loss of power.
    Sync,
    /// Putting it in its place.
    Rename,
    /// Taking it away.
    Remove,
    /// Making a folder.
    MakeFolder,
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::SetOwnership => "set owner and mode of",
            Self::Sync => "flush to disk",
            Self::Rename => "put in place",
            Self::Remove => "remove",
            Self::MakeFolder => "make folder",
        })
    }
}

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The operating system refused.
    #[error("cannot {operation} `{}`: {cause}", path.display())]
    System {
        /// What was being done.
        operation: Operation,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// A symbolic link stands where a plain file is expected.
    #[error("`{}` is a symbolic link; name the file it points to, or replace the link by a file", path.display())]
    Symlink {
        /// The link.
        path: PathBuf,
    },
    /// Something that is neither a file nor a link stands there.
    #[error("`{}` is not a regular file", path.display())]
    NotRegular {
        /// What stands there.
        path: PathBuf,
    },
    /// The file is larger than its reader accepts.
    #[error("`{}` is larger than {limit} bytes", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most its reader accepts.
        limit: u64,
    },
    /// A secret is readable or owned by somebody else.
    #[error("`{}` holds a secret, but others can reach it (owner {owner}, mode {mode:04o}); run `chown {expected} {0}` and `chmod go= {0}`", path.display())]
    Exposed {
        /// The file or folder.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who should own it.
        expected: u32,
        /// Its permission bits.
        mode: u32,
    },
    /// A secret that somebody else may reach, by its access list.
    #[error("`{}` holds a secret, but `{who}` can reach it; take that away with `icacls`", path.display())]
    Shared {
        /// The file or folder.
        path: PathBuf,
        /// Who else can reach it: an account's SID or its short name.
        who: String,
    },
}

impl FileError {
    pub(super) fn system(operation: Operation, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |cause| Self::System { operation, path, cause }
    }

    /// The file the error is about.
    #[must_use]
    pub fn path(&self) -> &Path {
        match self {
            Self::System { path, .. }
            | Self::Symlink { path }
            | Self::NotRegular { path }
            | Self::TooLarge { path, .. }
            | Self::Exposed { path, .. }
            | Self::Shared { path, .. } => path,
        }
    }
}
