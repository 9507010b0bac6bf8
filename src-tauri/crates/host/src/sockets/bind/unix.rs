//! A Unix socket, in the place of one that nobody answers any more.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

use std::io;
use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use super::super::SocketError;
use super::refused;
use crate::files::Mode;

/// Listens on a Unix socket with this mode, which is never looser on the way; a socket that nobody answers
/// any more is replaced, a live one is not.
pub fn bind_unix(path: &Path, mode: Mode) -> Result<UnixListener, SocketError> {
    clear_stale(path)?;
    system::listen(path, mode).map_err(|error| refused(error, path.display().to_string()))
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
