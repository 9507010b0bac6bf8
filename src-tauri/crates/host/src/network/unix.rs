//! A socket of the kernel's that tells of changes.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{RecvFlags, recv};

#[cfg(target_os = "linux")]
use super::linux as system;
#[cfg(target_os = "macos")]
use super::macos as system;

pub(super) struct Changes(OwnedFd);

impl Changes {
    pub(super) fn listen() -> io::Result<Self> {
        system::open().map(Self)
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
                Ok((length, _)) => told |= system::tells(message.get(..length).unwrap_or_default()),
                // More than fits was told, and it may have been that.
                Err(Errno::NOBUFS) => told = true,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return Ok(told),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
