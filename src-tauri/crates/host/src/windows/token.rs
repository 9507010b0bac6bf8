//! The account that a process runs as.

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{GetTokenInformation, TOKEN_QUERY, TOKEN_USER, TokenUser};
use windows_sys::Win32::System::Threading::{
    OpenProcess, OpenProcessToken, PROCESS_QUERY_LIMITED_INFORMATION,
};

use super::text::take;
use crate::people::Sid;

/// A process, held so that its number stays its own.
#[expect(unsafe_code, reason = "processes are a C interface")]
pub(crate) fn process(pid: u32) -> io::Result<OwnedHandle> {
    // SAFETY: it takes numbers only.
    let handle = unsafe { OpenProcess(PROCESS_QUERY_LIMITED_INFORMATION, 0, pid) };
    if handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was opened just now for this alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Whose a process is.
#[expect(unsafe_code, reason = "tokens are a C interface")]
pub(crate) fn user_of(process: &OwnedHandle) -> io::Result<Sid> {
    let mut token = ptr::null_mut();
    // SAFETY: the process is open, and `token` is valid for writes.
    if unsafe { OpenProcessToken(process.as_raw_handle(), TOKEN_QUERY, &raw mut token) } == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was opened just now for this alone.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    // No SID is longer than 68 bytes; eight bytes a number keep the structure aligned.
    let (mut buffer, mut length) = ([0_u64; 32], 0);
    // SAFETY: the buffer is valid for writes and as long as it says.
    let done = unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            buffer.as_mut_ptr().cast(),
            size_of_val(&buffer) as u32,
            &raw mut length,
        )
    };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut text = ptr::null_mut();
    // SAFETY: the buffer begins with this structure, whose SID lies in the buffer; `text` is valid for writes.
    let done =
        unsafe { ConvertSidToStringSidW((*buffer.as_ptr().cast::<TOKEN_USER>()).User.Sid, &raw mut text) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system made this text and leaves it to be freed.
    Ok(Sid(unsafe { take(text) }))
}
