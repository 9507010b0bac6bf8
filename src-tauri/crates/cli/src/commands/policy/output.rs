//! Where a document goes that was made: a file of the person's, or standard output.

use std::path::Path;

use host::files::{Mode, write_atomically};

use crate::context::Context;
use crate::exit::CliError;

/// Writes a document where it was asked for. In a file it takes the place of what was there, whole.
pub(super) fn write(
    output: Option<&Path>,
    mode: Mode,
    bytes: &[u8],
    context: &mut Context<'_>,
) -> Result<(), CliError> {
    match output {
        Some(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            if let Some(folder) = folder.filter(|folder| !folder.exists()) {
                let error = format!("there is no folder `{}`", folder.display());
                return Err(CliError::failed(error).hint("Make it, or name another one"));
            }
            write_atomically(path, bytes, mode).map_err(CliError::failed)
        }
        None => context.bytes(bytes),
    }
}
