//! Linux gives the file the mode of the socket that is bound.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::path::Path;

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

use crate::files::Mode;

const BACKLOG: i32 = 1024;

pub(super) fn listen(path: &Path, mode: Mode) -> io::Result<UnixListener> {
    let socket =
        rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    // The kernel gives the file the mode of the unbound socket, less the umask.
    rustix::fs::fchmod(&socket, rustix::fs::Mode::from_raw_mode(mode.0))?;
    rustix::net::bind(&socket, &SocketAddrUnix::new(path)?)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode.0))?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(UnixListener::from(socket))
}
