//! Who is at the other end of a connection, by the kernel's word. It says who it is, never what they may do.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;

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

/// The user who holds the `client` end of a TCP connection to `server` on this machine.
///
/// `None` when the client has closed its end or is not on this machine: an orphaned socket belongs to nobody,
/// and nobody is never root.
#[must_use]
pub fn tcp_owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    system::tcp_owner(client, server)
}

/// The process of this user that holds a socket, the youngest first; it takes root to look into other people's.
#[must_use]
pub fn holder(owner: Owner) -> Option<u32> {
    system::holder(owner)
}

/// What a process runs: the name of its executable, or the name it gave itself where the executable is hidden.
#[must_use]
pub fn program(pid: u32) -> Option<String> {
    system::program(pid)
}

#[cfg(test)]
mod tests;
