//! Users have numbers, and whoever connects to a Unix socket is known by theirs.

use std::io;
use std::os::fd::AsFd;

use super::system;

/// The process that connected to a Unix socket, as it was when it connected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peer {
    /// The user.
    pub uid: u32,
    /// The user's primary group at that time.
    pub gid: u32,
    /// The process, where it can be seen from here.
    pub pid: Option<u32>,
}

/// The user who holds one end of a TCP connection, and that end itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Owner {
    /// The user.
    pub uid: u32,
    /// The number of the socket, by which the process that holds it can be found.
    pub socket: u64,
}

/// Asks the kernel who connected to a Unix socket.
pub fn of(socket: &impl AsFd) -> io::Result<Peer> {
    system::of(socket)
}
