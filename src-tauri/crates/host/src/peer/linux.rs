//! Linux answers by `SO_PEERCRED`, by `sock_diag` (one exact question for one connection) with
//! `/proc/net/tcp` behind it, and by `/proc`. A unit that shuts the service in has to leave it `AF_NETLINK` or
//! `ProcSubset=all`, and `ProtectProc=default` for the names of other people's programs.

mod diag;
mod procnet;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd};
use std::path::{Path, PathBuf};

use super::{Owner, Peer, canonical};

/// The kernel writes 0 for a process outside of this pid namespace, which rustix's `Pid` cannot hold.
#[expect(unsafe_code, reason = "a pid of 0 must stay readable")]
pub(super) fn of(socket: &impl AsFd) -> io::Result<Peer> {
    let mut answer = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
    let mut length = size_of::<libc::ucred>() as libc::socklen_t;
    // SAFETY: the descriptor is open for the whole call, `answer` and `length` are valid for writes, and
    // `length` is the size of `answer`.
    let code = unsafe {
        libc::getsockopt(
            socket.as_fd().as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut answer).cast(),
            &raw mut length,
        )
    };
    if code != 0 {
        return Err(io::Error::last_os_error());
    }
    // A socket without a peer answers with user and group -1.
    if length as usize != size_of::<libc::ucred>() || answer.uid == u32::MAX {
        return Err(io::ErrorKind::NotConnected.into());
    }
    Ok(Peer { uid: answer.uid, gid: answer.gid, pid: u32::try_from(answer.pid).ok().filter(|pid| *pid != 0) })
}

pub(super) fn tcp_owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    let (client, server) = (canonical(client), canonical(server));
    match diag::owner(client, server) {
        Ok(owner) => owner,
        Err(_) => procnet::owner(client, server),
    }
}

pub(super) fn remote(owner: Owner) -> Option<SocketAddr> {
    procnet::remote(owner)
}

pub(super) fn holder(owner: Owner) -> Option<u32> {
    let folders = std::fs::read_dir("/proc").ok()?.flatten();
    let number = |name: std::ffi::OsString| name.to_str()?.parse::<u32>().ok();
    let mut pids: Vec<u32> = folders.filter_map(|folder| number(folder.file_name())).collect();
    pids.sort_unstable_by(|a, b| b.cmp(a));
    let wanted = format!("socket:[{}]", owner.socket);
    pids.into_iter().find(|pid| is_of(*pid, owner.uid) && holds(*pid, &wanted))
}

fn is_of(pid: u32, uid: u32) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(format!("/proc/{pid}")).is_ok_and(|folder| folder.uid() == uid)
}

fn holds(pid: u32, socket: &str) -> bool {
    let Ok(descriptors) = std::fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    descriptors
        .flatten()
        .any(|it| std::fs::read_link(it.path()).is_ok_and(|target| target.as_os_str() == socket))
}

pub(super) fn program(pid: u32) -> Option<String> {
    let executable = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    let name = executable.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy());
    if let Some(name) = name {
        return Some(name.strip_suffix(" (deleted)").unwrap_or(&name).to_owned());
    }
    let given = std::fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    Some(given.trim_end_matches('\n').to_owned()).filter(|name| !name.is_empty())
}

pub(super) fn installed_program(pid: u32) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt;
    let link = PathBuf::from(format!("/proc/{pid}/exe"));
    let path = std::fs::read_link(&link).ok()?;
    // Through the link it is the file that runs, whatever stands at its path in another mount namespace.
    let (running, here) = (std::fs::metadata(&link).ok()?, std::fs::symlink_metadata(&path).ok()?);
    let same = (running.dev(), running.ino()) == (here.dev(), here.ino());
    let of_root = running.is_file() && running.uid() == 0 && running.mode() & 0o022 == 0;
    let stays = path.ancestors().skip(1).all(is_folder_of_root);
    (same && of_root && stays).then_some(path)
}

/// What root put into such a folder nobody else takes out of it.
fn is_folder_of_root(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    const STICKY: u32 = 0o1000;
    let guarded = |mode: u32| mode & 0o022 == 0 || mode & STICKY != 0;
    std::fs::symlink_metadata(path).is_ok_and(|folder| folder.uid() == 0 && guarded(folder.mode()))
}

pub(super) fn parent(pid: u32) -> Option<u32> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    line.trim().parse().ok().filter(|parent| *parent != 0)
}

/// Both addresses of one family; anything else is no connection.
fn same_family(client: SocketAddr, server: SocketAddr) -> bool {
    matches!((client.ip(), server.ip()), (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)))
}
