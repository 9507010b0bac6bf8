//! Windows knows the process at the other end of a pipe, and whose each TCP connection is; a process has an account.

use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::os::windows::ffi::OsStringExt;
use std::os::windows::io::{AsHandle, AsRawHandle};
use std::path::PathBuf;
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_INSUFFICIENT_BUFFER, NO_ERROR};
use windows_sys::Win32::NetworkManagement::IpHelper::{GetExtendedTcpTable, TCP_TABLE_OWNER_PID_CONNECTIONS};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6};
use windows_sys::Win32::System::Pipes::{GetNamedPipeClientProcessId, PeekNamedPipe};
use windows_sys::Win32::System::Threading::{PROCESS_NAME_WIN32, QueryFullProcessImageNameW};

use super::{canonical, tcp_table};
use crate::people::Sid;
use crate::windows::token;

/// The process that connected to a pipe.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Peer {
    /// The account it runs as.
    pub user: Sid,
    /// The process.
    pub pid: u32,
}

/// The user who holds one end of a TCP connection, and the process that does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Owner {
    /// The account.
    pub user: Sid,
    /// The process.
    pub pid: u32,
}

/// Asks the kernel who connected to a pipe, of which this is the server's end.
#[expect(unsafe_code, reason = "the standard library asks no pipe for its client")]
pub fn of(pipe: &impl AsHandle) -> io::Result<Peer> {
    let (handle, mut pid) = (pipe.as_handle().as_raw_handle(), 0);
    // SAFETY: the handle is open for the whole call, and `pid` is valid for writes.
    if unsafe { GetNamedPipeClientProcessId(handle, &raw mut pid) } == 0 {
        return Err(io::Error::last_os_error());
    }
    let process = token::process(pid)?;
    let nothing = ptr::null_mut;
    // A pipe that is still connected was not left by its client: the number is still that process's.
    // SAFETY: the handle is open, and nothing is asked for but whether it is connected.
    if unsafe { PeekNamedPipe(handle, ptr::null_mut(), 0, nothing(), nothing(), nothing()) } == 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Peer { user: token::user_of(&process)?, pid })
}

pub(super) fn tcp_owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    let (client, server) = (canonical(client), canonical(server));
    let pid = tcp_table::holder(&table(client.is_ipv4()).ok()?, client, server)?;
    let process = token::process(pid).ok()?;
    Some(Owner { user: token::user_of(&process).ok()?, pid })
}

pub(super) fn holder(owner: Owner) -> Option<u32> {
    Some(owner.pid)
}

/// Nothing asks for it here yet: engines run in a guest.
pub(super) fn installed_program(_pid: u32) -> Option<PathBuf> {
    None
}

/// As above.
pub(super) fn parent(_pid: u32) -> Option<u32> {
    None
}

/// No table of the system names the sockets of connections.
pub(super) fn remote(_owner: Owner) -> Option<SocketAddr> {
    None
}

#[expect(unsafe_code, reason = "processes are a C interface")]
pub(super) fn program(pid: u32) -> Option<String> {
    let process = token::process(pid).ok()?;
    let mut path = vec![0_u16; 32 * 1024];
    let mut length = u32::try_from(path.len()).ok()?;
    // SAFETY: the process is open, the buffer is valid for writes, and `length` is its length.
    let done = unsafe {
        QueryFullProcessImageNameW(
            process.as_raw_handle(),
            PROCESS_NAME_WIN32,
            path.as_mut_ptr(),
            &raw mut length,
        )
    };
    let path = PathBuf::from(OsString::from_wide(path.get(..usize::try_from(length).ok()?)?));
    let name = path.file_name().filter(|_| done != 0)?;
    Some(name.to_string_lossy().into_owned())
}

/// The table of all connections of one family.
#[expect(unsafe_code, reason = "the table of connections is a C interface")]
fn table(ipv4: bool) -> io::Result<Vec<u8>> {
    let family = u32::from(if ipv4 { AF_INET } else { AF_INET6 });
    let mut length = 64 * 1024;
    loop {
        let mut table = vec![0_u8; length as usize];
        // SAFETY: the buffer is valid for writes, and `length` is its length.
        let code = unsafe {
            GetExtendedTcpTable(
                table.as_mut_ptr().cast(),
                &raw mut length,
                0,
                family,
                TCP_TABLE_OWNER_PID_CONNECTIONS,
                0,
            )
        };
        match code {
            NO_ERROR => return Ok(table),
            ERROR_INSUFFICIENT_BUFFER => length = length.saturating_mul(2),
            error => return Err(io::Error::from_raw_os_error(error.cast_signed())),
        }
    }
}
