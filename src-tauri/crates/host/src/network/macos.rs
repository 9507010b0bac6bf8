//! macOS tells by a routing socket, which everybody may listen on.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};
use rustix::net::{AddressFamily, SocketType, socket};

pub(super) use super::route::tells;

/// A socket that hears of changes and does not wait.
pub(super) fn open() -> io::Result<OwnedFd> {
    let family = u16::try_from(libc::AF_ROUTE).map_err(io::Error::other)?;
    let socket = socket(AddressFamily::from_raw(family as _), SocketType::RAW, None)?;
    fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
    ioctl_fionbio(&socket, true)?;
    Ok(socket)
}
