//! Linux tells by netlink (rtnetlink(7)): everybody may listen.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SocketFlags, SocketType, bind, netlink::SocketAddrNetlink, recv, socket_with,
};

/// The groups of rtnetlink(7) for links, addresses and routes of both families, one bit each.
const GROUPS: u32 = 0x1 | 0x10 | 0x40 | 0x100 | 0x400;

pub(super) struct Changes(OwnedFd);

impl Changes {
    pub(super) fn listen() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // Protocol 0 of this family is `NETLINK_ROUTE`.
        let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
        Ok(Self(socket))
    }

    pub(super) fn wait(&self, at_most: Duration) -> io::Result<bool> {
        let limit = Timespec::try_from(at_most).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut asked = [PollFd::new(&self.0, PollFlags::IN)];
        match poll(&mut asked, Some(&limit)) {
            Ok(0) | Err(Errno::INTR) => Ok(false),
            Ok(_) => self.take(),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes everything that was told so far.
    fn take(&self) -> io::Result<bool> {
        let (mut told, mut message) = (false, [0; 16 * 1024]);
        loop {
            match recv(&self.0, &mut message, RecvFlags::empty()) {
                // More than fits was told: that is a change, too.
                Ok(_) | Err(Errno::NOBUFS) => told = true,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(told),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
