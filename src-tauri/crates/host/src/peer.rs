//! Who is at the other end of a connection, by the kernel's word. It says who it is, never what they may do.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(any(target_os = "macos", test))]
mod socket_info;
#[cfg(any(windows, test))]
mod tcp_table;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

use std::net::SocketAddr;
use std::path::PathBuf;

#[cfg(unix)]
pub use unix::{Owner, Peer, of};
#[cfg(windows)]
pub use windows::{Owner, Peer, of};

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

/// Where a connection of this user leads that has this socket; the kernel has to be asked by root for other people's.
/// `None` as well where no table of the system names the sockets of connections.
#[must_use]
pub fn remote(owner: Owner) -> Option<SocketAddr> {
    system::remote(owner)
}

/// What a process runs: the name of its executable, or the name it gave itself where the executable is hidden.
#[must_use]
pub fn program(pid: u32) -> Option<String> {
    system::program(pid)
}

/// The file that a process runs, where it is one that root installed on this machine: it belongs to root, nobody else
/// may write to it or put another one in its place, and this machine has the same file at that path. A copy of a
/// person's is none, and neither is what a container brings along under the same name.
#[must_use]
pub fn installed_program(pid: u32) -> Option<PathBuf> {
    system::installed_program(pid)
}

/// The process that started this one and still runs; the first process where that one has ended.
#[must_use]
pub fn parent(pid: u32) -> Option<u32> {
    system::parent(pid)
}

/// An IPv4 connection through an IPv6 socket is one connection, whichever way its addresses are spelled.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(unix)]
mod unix {
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
}

#[cfg(test)]
mod tests;
