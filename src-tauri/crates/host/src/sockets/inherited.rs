//! Sockets that the service manager bound before the service started.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::net::{AddressFamily, SocketType, sockopt};

use super::SocketError;

/// Takes the sockets handed over by the service manager, each with its name in the socket unit; none when
/// started by hand, and none the second time.
pub fn inherited() -> io::Result<Vec<(String, OwnedFd)>> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Ok(Vec::new());
    }
    system::take()
}

/// The handed-over socket as a TCP listener, if that is what it is and if it is on loopback.
pub fn into_loopback(name: &str, socket: OwnedFd) -> Result<TcpListener, SocketError> {
    let unexpected = || SocketError::Unexpected { name: name.to_owned(), expected: "a TCP listener" };
    let family = listening_stream(&socket).ok_or_else(unexpected)?;
    if family != AddressFamily::INET && family != AddressFamily::INET6 {
        return Err(unexpected());
    }
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().map_err(|_| unexpected())?;
    if address.ip().to_canonical().is_loopback() {
        Ok(listener)
    } else {
        Err(SocketError::NotLoopback(address))
    }
}

/// The handed-over socket as a Unix listener, if that is what it is.
pub fn into_unix(name: &str, socket: OwnedFd) -> Result<UnixListener, SocketError> {
    match listening_stream(&socket) {
        Some(AddressFamily::UNIX) => Ok(UnixListener::from(socket)),
        Some(_) | None => Err(SocketError::Unexpected { name: name.to_owned(), expected: "a Unix listener" }),
    }
}

/// The address family of a stream socket that listens.
fn listening_stream(socket: &OwnedFd) -> Option<AddressFamily> {
    let stream = sockopt::socket_type(socket).ok()? == SocketType::STREAM;
    (stream && system::listens(socket)).then(|| system::family(socket)).flatten()
}
