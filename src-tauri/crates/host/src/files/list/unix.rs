//! POSIX: the folder is listed through the descriptor that was checked.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::fs::Dir;

use super::super::ownership::{Flaw, OwnershipError, open_folder};

pub(super) fn list_root_owned(folder: &Path, max: usize) -> Result<Vec<OsString>, OwnershipError> {
    list_below(Path::new("/"), folder, 0, max)
}

/// Trusts `top` itself and checks everything below it.
pub(crate) fn list_below(
    top: &Path,
    folder: &Path,
    owner: u32,
    max: usize,
) -> Result<Vec<OsString>, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: folder.to_path_buf(), flaw };
    if folder.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
        return Ok(Vec::new());
    }
    let opened = open_folder(top, folder, owner)?;
    let entries = Dir::read_from(&opened).map_err(|error| refuse(io::Error::from(error).into()))?;
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| refuse(io::Error::from(error).into()))?;
        let name = entry.file_name().to_bytes();
        if !name.starts_with(b".") {
            names.push(OsStr::from_bytes(name).to_owned());
        }
        if names.len() > max {
            return Err(refuse(Flaw::TooMany { limit: max }));
        }
    }
    names.sort();
    Ok(names)
}
