//! Settings that whoever manages the machine put on it: files of root and folders of drop-ins beside them,
//! and what device management keeps in a place of the system's own. Gives documents in the order in which they
//! apply; what is in them is their reader's affair.

mod docker;
mod files;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(target_os = "macos", test))]
mod plist;
#[cfg(any(target_os = "windows", test))]
mod registry;
#[cfg(target_os = "windows")]
mod windows;

use std::path::Path;

use serde_json::{Map, Value};

use crate::files::{OwnershipError, list_root_owned, read_root_owned};

pub use docker::{DockerBinding, docker_binding};
pub use files::places;

/// How firmly a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// It holds until a locked value says otherwise.
    Default,
    /// The organization decided it.
    Locked,
}

/// What a place holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// The bytes of a TOML file.
    Toml(Vec<u8>),
    /// A tree of values of the system's own form. A number may stand for a flag, and a text for a number.
    Tree(Map<String, Value>),
}

/// The settings of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// How firmly they hold.
    pub layer: Layer,
    /// The file, profile or key they come from.
    pub origin: String,
    /// What is in it.
    pub content: Content,
}

/// Settings that are there and cannot be trusted or read.
#[derive(Debug, thiserror::Error)]
pub enum ManagedError {
    /// A file or folder.
    #[error(transparent)]
    File(#[from] OwnershipError),
    /// A place of the system's own.
    #[error("`{origin}` cannot be read: {why}")]
    System {
        /// The place.
        origin: String,
        /// What is wrong with it.
        why: String,
    },
}

/// No document is longer, in bytes.
pub const LIMIT: u64 = 64 * 1024;

/// Every document of this machine whose main file is `main`, the weakest first: a later one overrules an
/// earlier one. One that is there and cannot be trusted makes all of them unusable.
pub fn documents(main: &Path) -> Result<Vec<Document>, ManagedError> {
    let mut documents = files::documents(main, &|path| read_root_owned(path, LIMIT), &list_root_owned)?;
    documents.extend(of_the_system()?);
    documents.sort_by_key(|document| document.layer);
    Ok(documents)
}

#[cfg(target_os = "macos")]
use macos::documents as of_the_system;
#[cfg(target_os = "windows")]
use windows::documents as of_the_system;

#[cfg(not(any(target_os = "macos", target_os = "windows")))]
#[expect(clippy::unnecessary_wraps, reason = "other systems have a place of their own, which can fail")]
fn of_the_system() -> Result<Vec<Document>, ManagedError> {
    Ok(Vec::new())
}
