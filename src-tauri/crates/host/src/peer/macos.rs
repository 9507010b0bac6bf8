//! macOS answers by `getpeereid` and `LOCAL_PEERPID`, and lists the sockets of each process.

mod processes;

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::path::PathBuf;

use super::socket_info::TcpSocket;
use super::{Owner, Peer, canonical};

#[expect(unsafe_code, reason = "the standard library asks no socket for its peer")]
pub(super) fn of(socket: &impl AsFd) -> io::Result<Peer> {
    let (descriptor, mut uid, mut gid) = (socket.as_fd().as_raw_fd(), u32::MAX, u32::MAX);
    // SAFETY: the descriptor is open for the whole call, and both numbers are valid for writes.
    if unsafe { libc::getpeereid(descriptor, &raw mut uid, &raw mut gid) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let (mut pid, mut length): (libc::pid_t, _) = (0, size_of::<libc::pid_t>() as libc::socklen_t);
    // SAFETY: as above, and `length` is the size of `pid`.
    let code = unsafe {
        libc::getsockopt(
            descriptor,
            libc::SOL_LOCAL,
            libc::LOCAL_PEERPID,
            (&raw mut pid).cast(),
            &raw mut length,
        )
    };
    if code != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(Peer { uid, gid, pid: u32::try_from(pid).ok().filter(|pid| *pid != 0) })
}

pub(super) fn tcp_owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    let (client, server) = (canonical(client), canonical(server));
    let wanted = |socket: &TcpSocket| (socket.local, socket.remote) == (client, server);
    let (pid, socket) = processes::holding(wanted)?;
    Some(Owner { uid: processes::user_of(pid)?, socket: socket.number })
}

pub(super) fn holder(owner: Owner) -> Option<u32> {
    let (pid, _) = processes::holding(|socket| socket.number == owner.socket)?;
    (processes::user_of(pid)? == owner.uid).then_some(pid)
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

pub(super) fn program(pid: u32) -> Option<String> {
    let path = processes::executable(pid)?;
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}
