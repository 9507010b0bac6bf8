//! Binding a socket of one's own.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use super::SocketError;
use crate::files::Mode;

const BACKLOG: i32 = 1024;

/// Listens on a loopback address and refuses every other.
pub fn bind_loopback(address: SocketAddr) -> Result<TcpListener, SocketError> {
    if !address.ip().to_canonical().is_loopback() {
        return Err(SocketError::NotLoopback(address));
    }
    TcpListener::bind(address).map_err(|error| refused(error, address.to_string()))
}

/// Listens on a Unix socket with this mode, which is never looser on the way; a socket that nobody answers
/// any more is replaced, a live one is not.
pub fn bind_unix(path: &Path, mode: Mode) -> Result<UnixListener, SocketError> {
    clear_stale(path)?;
    listen(path, mode).map_err(|error| refused(error, path.display().to_string()))
}

fn listen(path: &Path, mode: Mode) -> io::Result<UnixListener> {
    let socket =
        rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // The kernel gives the file the mode of the unbound socket, less the umask.
    rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(mode.0))?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode.0))?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(UnixListener::from(socket))
}

fn clear_stale(path: &Path) -> Result<(), SocketError> {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    if !metadata.file_type().is_socket() {
        return Err(SocketError::NotASocket(path.to_path_buf()));
    }
    let address = path.display().to_string();
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(|error| refused(error, address))
        }
        Err(error) if error.kind() != io::ErrorKind::WouldBlock => Err(refused(error, address)),
        Ok(_) | Err(_) => Err(SocketError::InUse(address)),
    }
}

fn refused(cause: io::Error, address: String) -> SocketError {
    if cause.kind() == io::ErrorKind::AddrInUse {
        return SocketError::InUse(address);
    }
    SocketError::System { address, cause }
}
