//! Windows: nothing on the way is a link, belongs to anybody but the system and administrators, or can be changed by
//! anybody else. A folder that is held open without sharing its deletion cannot be exchanged.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use windows_sys::Win32::Storage::FileSystem::{
    FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT,
    FILE_GENERIC_READ, FILE_LIST_DIRECTORY, FILE_READ_ATTRIBUTES, FILE_SHARE_READ, FILE_SHARE_WRITE,
    READ_CONTROL,
};

use super::super::read::read_at_most;
use super::{Flaw, OwnershipError};
use crate::windows::descriptor;
use crate::windows::sddl::{CHANGE_FILE, CHANGE_FOLDER, FILL_FOLDER};

const LOOK: u32 = READ_CONTROL | FILE_READ_ATTRIBUTES;

/// Reads a file that only the system and administrators can have written: a regular file, not a link, owned by them
/// and not writable by others, in folders that nobody else can exchange.
pub fn read_root_owned(path: &Path, max: u64) -> Result<Vec<u8>, OwnershipError> {
    let refuse = |flaw| OwnershipError { path: path.to_path_buf(), flaw };
    let held = open_below(path, FILE_GENERIC_READ, CHANGE_FILE)?;
    let metadata = held.itself.metadata().map_err(|error| refuse(error.into()))?;
    if !metadata.is_file() {
        return Err(refuse(Flaw::NotRegular));
    }
    let bytes = read_at_most(held.itself, max).map_err(|error| refuse(error.into()))?;
    bytes.ok_or_else(|| refuse(Flaw::TooLarge { limit: max }))
}

/// What was checked, held open together with every folder above it.
pub(in crate::files) struct Held {
    itself: File,
    _above: Vec<File>,
}

/// Opens a folder that only the system and administrators can have filled.
pub(in crate::files) fn open_folder(path: &Path) -> Result<Held, OwnershipError> {
    open_below(path, LOOK | FILE_LIST_DIRECTORY, FILL_FOLDER)
}

fn open_below(path: &Path, access: u32, change: u32) -> Result<Held, OwnershipError> {
    let steps = steps(path).ok_or_else(|| refused(path, Flaw::NotAbsolute))?;
    let (last, folders) = steps.split_last().ok_or_else(|| refused(path, Flaw::NotRegular))?;
    let above = folders.iter().map(|step| step_checked(step, LOOK, CHANGE_FOLDER));
    let above = above.collect::<Result<_, _>>()?;
    Ok(Held { itself: step_checked(last, access, change)?, _above: above })
}

/// The path and each folder above it, below the drive.
fn steps(path: &Path) -> Option<Vec<PathBuf>> {
    let mut reached = PathBuf::new();
    let mut steps = Vec::new();
    for component in path.components() {
        reached.push(component);
        match component {
            Component::Prefix(_) | Component::RootDir => {}
            Component::Normal(_) => steps.push(reached.clone()),
            Component::CurDir | Component::ParentDir => return None,
        }
    }
    path.is_absolute().then_some(steps)
}

fn step_checked(path: &Path, access: u32, change: u32) -> Result<File, OwnershipError> {
    let checked = || {
        let opened = OpenOptions::new()
            .access_mode(access | LOOK)
            .share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE)
            .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
            .open(path)?;
        if opened.metadata()?.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT != 0 {
            return Err(Flaw::Symlink);
        }
        let security = descriptor::of_file(&opened)?;
        if let Some(who) = security.foreign_owner() {
            return Err(Flaw::Foreign { who: who.to_owned() });
        }
        if let Some(who) = security.stranger_who_may(change, None) {
            return Err(Flaw::Loose { who: who.to_owned() });
        }
        Ok(opened)
    };
    checked().map_err(|flaw| refused(path, flaw))
}

fn refused(path: &Path, flaw: Flaw) -> OwnershipError {
    OwnershipError { path: path.to_path_buf(), flaw }
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::NotFound { Self::Absent } else { Self::System(error) }
    }
}
