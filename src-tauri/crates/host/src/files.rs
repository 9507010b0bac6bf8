//! Files on disk: the one way to write them and the few ways to read them. A write is whole or did not
//! happen, whatever moment the machine loses power. What a file means, and which originals to keep, is its
//! owner's affair.

mod disk;
mod error;
mod folder;
#[cfg(unix)]
mod in_home;
mod list;
#[cfg(unix)]
mod loose;
mod ownership;
mod read;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
mod write;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub use error::{FileError, Operation};
pub use folder::{make_folder, remove, rename, sweep};
#[cfg(unix)]
pub use in_home::{InHome, look_in_home};
#[cfg(test)]
pub(crate) use list::list_below;
pub use list::list_root_owned;
#[cfg(unix)]
pub use loose::loose_folder;
#[cfg(test)]
pub(crate) use ownership::read_below;
#[cfg(unix)]
pub use ownership::read_root_secret;
pub use ownership::{Flaw, OwnershipError, read_root_owned};
pub use read::{read_limited, read_private, resolve};
#[cfg(unix)]
pub use write::rewrite_as;
pub use write::{rewrite, write_atomically};

/// The permission bits of a file or folder.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Mode(pub u32);

impl Mode {
    /// Secrets and state: the owner alone.
    pub const PRIVATE: Self = Self(0o600);
    /// Configuration that engines of every person read.
    pub const PUBLIC: Self = Self(0o644);
    /// A folder of secrets: the owner alone.
    pub const PRIVATE_FOLDER: Self = Self(0o700);
    /// A folder everybody may look into.
    pub const PUBLIC_FOLDER: Self = Self(0o755);
}
