//! Files as Windows has them: an owner and an access list. A mode of POSIX stands for the list that lets the same
//! people in.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::path::Path;
use std::ptr;

use windows_sys::Win32::Foundation::{GENERIC_WRITE, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    CREATE_NEW, CreateDirectoryW, CreateFileW, FILE_ATTRIBUTE_NORMAL, FILE_FLAG_BACKUP_SEMANTICS,
    FILE_FLAG_OPEN_REPARSE_POINT, FILE_SHARE_DELETE, FILE_SHARE_READ, READ_CONTROL, WRITE_DAC,
};

use super::error::{FileError, Operation};
use crate::windows::descriptor::{Descriptor, copy_of_file, of_file};
use crate::windows::sddl::{REACH, of_mode};
use crate::windows::text::wide;
use crate::windows::token;

/// What a file looks like from outside: its access list. Who writes it owns it.
pub(super) struct Look(Descriptor);

impl Look {
    pub(super) fn of(file: File) -> io::Result<Self> {
        copy_of_file(&file).map(Self)
    }

    /// The list itself follows.
    pub(super) fn mode(&self) -> u32 {
        0o600
    }

    #[expect(clippy::unnecessary_wraps, reason = "other systems give a file away")]
    pub(super) fn give_owner(&self, _: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn give_attributes(&self, to: &File) -> io::Result<()> {
        self.0.put_on(to)
    }
}

/// Makes a file that was not there, with the list of this mode.
#[expect(unsafe_code, reason = "the standard library gives a file no access list")]
pub(super) fn create(path: &Path, mode: u32) -> io::Result<File> {
    let (name, descriptor) = (wide(path), Descriptor::of_text(&of_mode(mode))?);
    let attributes = descriptor.attributes();
    // SAFETY: the name ends with a zero, and the attributes and what they point to live through the call.
    let handle = unsafe {
        CreateFileW(
            name.as_ptr(),
            GENERIC_WRITE | READ_CONTROL | WRITE_DAC,
            FILE_SHARE_READ | FILE_SHARE_DELETE,
            &raw const attributes,
            CREATE_NEW,
            FILE_ATTRIBUTE_NORMAL,
            ptr::null_mut(),
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was opened just now for this alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) }.into())
}

pub(super) fn set_mode(file: &File, mode: u32) -> io::Result<()> {
    Descriptor::of_text(&of_mode(mode))?.put_on(file)
}

/// NTFS keeps a journal of its folders: a name that was changed stays changed.
#[expect(clippy::unnecessary_wraps, reason = "other systems flush a folder, which can fail")]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Makes one folder with exactly the list of this mode.
#[expect(unsafe_code, reason = "the standard library gives a folder no access list")]
pub(super) fn make_one_folder(path: &Path, mode: u32) -> io::Result<()> {
    let (name, descriptor) = (wide(path), Descriptor::of_text(&of_mode(mode))?);
    let attributes = descriptor.attributes();
    // SAFETY: the name ends with a zero, and the attributes and what they point to live through the call.
    if unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// Opens a file to be read.
pub(super) fn open(path: &Path, follow: bool) -> io::Result<File> {
    let flags = if follow { 0 } else { FILE_FLAG_OPEN_REPARSE_POINT };
    OpenOptions::new().read(true).custom_flags(flags).open(path)
}

/// The calling account or the system must own it, and nobody else may reach it.
pub(super) fn refuse_exposed(path: &Path, _: &Metadata) -> Result<(), FileError> {
    let asked = || {
        let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
        let itself = OpenOptions::new().access_mode(READ_CONTROL).custom_flags(flags).open(path)?;
        Ok((of_file(&itself)?, token::user_of(&token::process(std::process::id())?)?))
    };
    let (security, me) = asked().map_err(FileError::system(Operation::Read, path))?;
    let owner = security.foreign_owner().filter(|owner| *owner != me.0);
    // `OW` is whoever owns it, which was just seen to.
    let reached = || security.stranger_who_may(REACH, Some(&me.0)).filter(|who| *who != "OW");
    match owner.or_else(reached) {
        Some(who) => Err(FileError::Shared { path: path.into(), who: who.to_owned() }),
        None => Ok(()),
    }
}

/// The name of what a killed writer left carries its process, and only writers of ours use such names.
pub(super) fn is_mine(_: &Metadata) -> bool {
    true
}

/// A process that cannot be opened may still be there, unless there is no such number.
pub(super) fn is_running(process: u32) -> bool {
    const NO_SUCH_PROCESS: i32 = 87;
    token::process(process).map_or_else(|error| error.raw_os_error() != Some(NO_SUCH_PROCESS), |_| true)
}
