//! The folders of the machine: below the one that the system keeps for the data of programs, wherever it lies. Sockets
//! are named pipes, which live in a namespace of their own.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::ptr;

use directories::ProjectDirs;
use windows_sys::Win32::System::Com::CoTaskMemFree;
use windows_sys::Win32::UI::Shell::{FOLDERID_ProgramData, KF_FLAG_DEFAULT, SHGetKnownFolderPath};

/// Where it lies on every machine whose administrator moved nothing.
const USUAL: &str = r"C:\ProgramData";
const PIPES: &str = r"\\.\pipe";

pub(super) fn config() -> PathBuf {
    program_data().join("Pullgate")
}

pub(super) fn state() -> PathBuf {
    config().join("State")
}

pub(super) fn steward_state() -> PathBuf {
    config().join("Steward")
}

pub(super) fn runtime() -> PathBuf {
    Path::new(PIPES).join("pullgate")
}

/// The pipes of a person's own service bear the name of their folder, which no other person shares.
pub(super) fn runtime_of(own: &ProjectDirs) -> Option<PathBuf> {
    let home = own.data_local_dir().to_str()?;
    let name: String =
        home.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    Some(Path::new(PIPES).join(format!("pullgate-{name}")))
}

/// The name of a pipe has no folders.
pub(super) fn socket(runtime: &Path, name: &str) -> PathBuf {
    let mut pipe = runtime.as_os_str().to_owned();
    pipe.push("-");
    pipe.push(name);
    pipe.into()
}

/// Asked of the system: the environment is the caller's to change.
#[expect(unsafe_code, reason = "known folders are a C interface")]
fn program_data() -> PathBuf {
    let (folder, mut found) = (FOLDERID_ProgramData, ptr::null_mut());
    // SAFETY: both pointers are valid for the call; no account is named.
    let code = unsafe {
        SHGetKnownFolderPath(&raw const folder, KF_FLAG_DEFAULT as u32, ptr::null_mut(), &raw mut found)
    };
    let mut path = PathBuf::from(USUAL);
    if code == 0 && !found.is_null() {
        // SAFETY: on success it is a text that ends with a zero.
        let length = (0..).take_while(|at| unsafe { *found.add(*at) } != 0).count();
        // SAFETY: so many were just read.
        path = OsString::from_wide(unsafe { std::slice::from_raw_parts(found, length) }).into();
    }
    // SAFETY: null or what was given just now, and it is not used any more.
    unsafe { CoTaskMemFree(found.cast()) };
    path
}
