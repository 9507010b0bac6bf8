//! Where a document goes that was made: a file of the person's, or standard output.

use std::path::Path;

use host::files::{Mode, write_atomically};

use crate::cli::stop::Complaint;
use crate::cli::world::World;

/// Writes a document where it was asked for. In a file it takes the place of what was there, whole.
pub(super) fn write(
    output: Option<&Path>,
    mode: Mode,
    bytes: &[u8],
    world: &mut World<'_>,
) -> Result<(), Complaint> {
    match output {
        Some(path) => write_atomically(path, bytes, mode).map_err(Complaint::failed),
        None => world.bytes(bytes),
    }
}
