//! Windows: the folder is held while it is listed, so that it stays the one that was checked.

use std::ffi::OsString;
use std::path::Path;

use super::super::ownership::{Flaw, OwnershipError, open_folder};

pub(super) fn list_root_owned(folder: &Path, max: usize) -> Result<Vec<OsString>, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: folder.to_path_buf(), flaw };
    let _held = match open_folder(folder) {
        Err(error) if error.is_absent() => return Ok(Vec::new()),
        held => held?,
    };
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(|error| refuse(error.into()))? {
        let name = entry.map_err(|error| refuse(error.into()))?.file_name();
        if !name.as_encoded_bytes().starts_with(b".") {
            names.push(name);
        }
        if names.len() > max {
            return Err(refuse(Flaw::TooMany { limit: max }));
        }
    }
    names.sort();
    Ok(names)
}
