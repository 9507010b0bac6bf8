//! macOS answers by `getpeereid` and `LOCAL_PEERPID`, and lists the sockets of each process.

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

mod processes {
    //! The processes of the machine and their sockets (`libproc`); it takes root to look into other people's.

    use std::ffi::{OsStr, c_int, c_void};
    use std::os::unix::ffi::OsStrExt;
    use std::path::PathBuf;

    use super::super::socket_info::{self, TcpSocket, tcp_socket};

    /// Not in every version of the C interface's crate: `PROC_PIDFDSOCKETINFO` and `PROX_FDTYPE_SOCKET`.
    const SOCKET_INFO: c_int = 3;
    const SOCKET: u32 = 2;

    /// A process that holds such a socket, the youngest first.
    pub(super) fn holding(wanted: impl Fn(&TcpSocket) -> bool) -> Option<(u32, TcpSocket)> {
        let mut pids = pids();
        pids.sort_unstable_by(|a, b| b.cmp(a));
        pids.into_iter().find_map(|pid| Some((u32::try_from(pid).ok()?, sockets(pid).find(&wanted)?)))
    }

    /// The user a process runs as.
    #[expect(unsafe_code, reason = "processes are a C interface")]
    pub(super) fn user_of(pid: u32) -> Option<u32> {
        // SAFETY: it is a structure of numbers, for which zeros are a value.
        let mut info: libc::proc_bsdinfo = unsafe { std::mem::zeroed() };
        let size = c_int::try_from(size_of_val(&info)).ok()?;
        // SAFETY: the buffer is valid for writes and as long as it says.
        let length = unsafe {
            libc::proc_pidinfo(
                c_int::try_from(pid).ok()?,
                libc::PROC_PIDTBSDINFO,
                0,
                (&raw mut info).cast(),
                size,
            )
        };
        (length == size).then_some(info.pbi_uid)
    }

    /// Where the executable of a process lies.
    #[expect(unsafe_code, reason = "processes are a C interface")]
    pub(super) fn executable(pid: u32) -> Option<PathBuf> {
        let mut path = [0_u8; libc::PROC_PIDPATHINFO_MAXSIZE as usize];
        let size = u32::try_from(path.len()).ok()?;
        // SAFETY: the buffer is valid for writes and as long as it says.
        let length =
            unsafe { libc::proc_pidpath(c_int::try_from(pid).ok()?, path.as_mut_ptr().cast(), size) };
        let path = path.get(..usize::try_from(length).ok()?).filter(|path| !path.is_empty())?;
        Some(PathBuf::from(OsStr::from_bytes(path)))
    }

    #[expect(unsafe_code, reason = "processes are a C interface")]
    fn pids() -> Vec<c_int> {
        let mut pids: Vec<c_int> = vec![0; 16 * 1024];
        let size = c_int::try_from(size_of_val(pids.as_slice())).unwrap_or(0);
        // SAFETY: the buffer is valid for writes and as long as it says.
        let filled = unsafe { libc::proc_listallpids(pids.as_mut_ptr().cast::<c_void>(), size) };
        pids.truncate(usize::try_from(filled).unwrap_or(0));
        pids
    }

    fn sockets(pid: c_int) -> impl Iterator<Item = TcpSocket> {
        let sockets = descriptors(pid).into_iter().filter(|descriptor| descriptor.proc_fdtype == SOCKET);
        sockets.filter_map(move |descriptor| tcp_socket(&socket_info(pid, descriptor.proc_fd)))
    }

    #[expect(unsafe_code, reason = "processes are a C interface")]
    fn descriptors(pid: c_int) -> Vec<libc::proc_fdinfo> {
        let mut found = vec![libc::proc_fdinfo { proc_fd: 0, proc_fdtype: 0 }; 4096];
        let size = c_int::try_from(size_of_val(found.as_slice())).unwrap_or(0);
        // SAFETY: the buffer is valid for writes and as long as it says.
        let filled =
            unsafe { libc::proc_pidinfo(pid, libc::PROC_PIDLISTFDS, 0, found.as_mut_ptr().cast(), size) };
        found.truncate(usize::try_from(filled).unwrap_or(0) / size_of::<libc::proc_fdinfo>());
        found
    }

    /// Empty where the process has closed it meanwhile.
    #[expect(unsafe_code, reason = "processes are a C interface")]
    fn socket_info(pid: c_int, descriptor: c_int) -> Vec<u8> {
        let mut info = vec![0_u8; socket_info::LENGTH];
        let size = c_int::try_from(info.len()).unwrap_or(0);
        // SAFETY: the buffer is valid for writes and as long as it says.
        let filled =
            unsafe { libc::proc_pidfdinfo(pid, descriptor, SOCKET_INFO, info.as_mut_ptr().cast(), size) };
        info.truncate(usize::try_from(filled).unwrap_or(0));
        info
    }
}
