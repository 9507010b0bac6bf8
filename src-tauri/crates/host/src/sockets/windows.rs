//! Windows hands no sockets over. What a Unix socket is elsewhere is a named pipe here.

use std::fs::OpenOptions;
use std::io;
use std::net::TcpListener;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::{ERROR_ACCESS_DENIED, INVALID_HANDLE_VALUE};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, PIPE_ACCESS_DUPLEX, SECURITY_IDENTIFICATION,
    SECURITY_SQOS_PRESENT,
};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE,
    PIPE_UNLIMITED_INSTANCES, PIPE_WAIT,
};

use super::SocketError;
use crate::files::Mode;
use crate::windows::descriptor::{self, Descriptor};
use crate::windows::sddl::{PIPE_CLIENT, PIPE_FOR_PEOPLE, PIPE_FOR_THE_SYSTEM};
use crate::windows::text::wide;

const BUFFER: u32 = 64 * 1024;
const OTHERS: u32 = 0o006;

/// A pipe that people connect to; each of them needs an instance of it.
pub struct Pipe {
    path: PathBuf,
    descriptor: Descriptor,
    first: Option<OwnedHandle>,
}

/// No sockets are ever handed over.
#[expect(clippy::unnecessary_wraps, reason = "other service managers are asked, which can fail")]
pub fn inherited() -> io::Result<Vec<(String, OwnedHandle)>> {
    Ok(Vec::new())
}

/// Nothing that was handed over is a TCP listener.
pub fn into_loopback(name: &str, _: OwnedHandle) -> Result<TcpListener, SocketError> {
    Err(SocketError::Unexpected { name: name.to_owned(), expected: "a TCP listener" })
}

/// Makes a pipe of the system's at this path; a mode that lets others in lets in whoever is logged in at the machine.
pub fn bind_pipe(path: &Path, mode: Mode) -> Result<Pipe, SocketError> {
    let list = if mode.0 & OTHERS == 0 { PIPE_FOR_THE_SYSTEM } else { PIPE_FOR_PEOPLE };
    let address = || path.display().to_string();
    let made = Descriptor::of_text(list).and_then(|descriptor| {
        let first = instance(path, &descriptor, FILE_FLAG_FIRST_PIPE_INSTANCE)?;
        Ok(Pipe { path: path.to_path_buf(), descriptor, first: Some(first) })
    });
    made.map_err(|cause| {
        // The system says so of the name of another process's pipe.
        if cause.raw_os_error() == Some(ERROR_ACCESS_DENIED.cast_signed()) {
            return SocketError::InUse(address());
        }
        SocketError::System { address: address(), cause }
    })
}

impl Pipe {
    /// An instance that waits for somebody to connect, for overlapped use.
    pub fn instance(&mut self) -> io::Result<OwnedHandle> {
        match self.first.take() {
            Some(first) => Ok(first),
            None => instance(&self.path, &self.descriptor, 0),
        }
    }
}

/// Connects to a pipe of the system's, for overlapped use; one that anybody else made is refused, and whoever serves
/// it can ask who connected but not act as them.
pub fn connect_pipe(path: &Path) -> io::Result<OwnedHandle> {
    let opened = OpenOptions::new()
        .access_mode(PIPE_CLIENT)
        .custom_flags(FILE_FLAG_OVERLAPPED)
        .security_qos_flags(SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION)
        .open(path)?;
    if descriptor::of_pipe(&opened)?.owner() == "SY" {
        Ok(opened.into())
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[expect(unsafe_code, reason = "the standard library makes no pipe with a name")]
fn instance(path: &Path, descriptor: &Descriptor, flags: u32) -> io::Result<OwnedHandle> {
    let (name, attributes) = (wide(path), descriptor.attributes());
    // SAFETY: the name ends with a zero, and the attributes and what they point to live through the call.
    let handle = unsafe {
        CreateNamedPipeW(
            name.as_ptr(),
            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags,
            PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
            PIPE_UNLIMITED_INSTANCES,
            BUFFER,
            BUFFER,
            0,
            &raw const attributes,
        )
    };
    if handle == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was made just now for this alone.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}
