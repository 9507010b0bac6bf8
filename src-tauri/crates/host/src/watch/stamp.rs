//! What tells a file from what it was a moment ago.

use std::fs::Metadata;

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Changes with every write, replacement, or change of owner or mode, as far as the system keeps note of it.
#[derive(Eq, PartialEq)]
pub(super) struct Stamp(system::Marks);

impl From<Metadata> for Stamp {
    fn from(metadata: Metadata) -> Self {
        Self(system::marks(&metadata))
    }
}
