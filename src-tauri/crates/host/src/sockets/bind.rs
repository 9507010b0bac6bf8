//! Binding a socket of one's own.

#[cfg(unix)]
mod unix;

use std::io;
use std::net::{SocketAddr, TcpListener};

#[cfg(unix)]
pub use unix::bind_unix;

use super::SocketError;

/// Listens on a loopback address and refuses every other.
pub fn bind_loopback(address: SocketAddr) -> Result<TcpListener, SocketError> {
    if !address.ip().to_canonical().is_loopback() {
        return Err(SocketError::NotLoopback(address));
    }
    TcpListener::bind(address).map_err(|error| refused(error, address.to_string()))
}

pub(super) fn refused(cause: io::Error, address: String) -> SocketError {
    if cause.kind() == io::ErrorKind::AddrInUse {
        return SocketError::InUse(address);
    }
    SocketError::System { address, cause }
}
