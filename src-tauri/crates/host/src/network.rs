//! Changes of the machine's network: an address or a way came or went. What is reachable now, nobody knows but who
//! tries.

use std::io;
use std::time::Duration;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Tells when the network changes.
pub struct NetworkChanges(system::Changes);

impl NetworkChanges {
    /// Begins to listen.
    pub fn listen() -> io::Result<Self> {
        system::Changes::listen().map(Self)
    }

    /// Waits for a change at most this long, and says whether there was one; what was told meanwhile is one change.
    pub fn wait(&self, at_most: Duration) -> io::Result<bool> {
        self.0.wait(at_most)
    }
}

#[cfg(target_os = "macos")]
mod macos {
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
}

#[cfg(unix)]
mod unix {
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
            let (mut changed, mut message) = (false, [0; 16 * 1024]);
            loop {
                match recv(&self.0, &mut message, RecvFlags::empty()) {
                    Ok((length, _)) => changed |= system::tells(message.get(..length).unwrap_or_default()),
                    // More than fits was told, and it may have been that.
                    Err(Errno::NOBUFS) => changed = true,
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return Ok(changed),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

#[cfg(any(target_os = "macos", test))]
mod route {
    //! The messages of a routing socket of BSD (route(4)).

    const NEW_ROUTE: u8 = 1;
    const NEW_ADDRESS: u8 = 12;
    /// Where the flags of `rt_msghdr` stand, and the one that says that the way leads through a router.
    const FLAGS: usize = 8;
    const THROUGH_ROUTER: i32 = 2;

    /// Whether a message tells of an address or of a way out.
    pub(super) fn tells(message: &[u8]) -> bool {
        let flags = message.get(FLAGS..).and_then(|rest| rest.first_chunk::<4>());
        match message.get(3) {
            Some(&NEW_ADDRESS) => true,
            Some(&NEW_ROUTE) => flags.is_some_and(|flags| i32::from_ne_bytes(*flags) & THROUGH_ROUTER != 0),
            Some(_) | None => false,
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn message(kind: u8, flags: i32) -> Vec<u8> {
            let mut bytes = vec![92, 0, 5, kind, 4, 0, 0, 0];
            bytes.extend(flags.to_ne_bytes());
            bytes
        }

        #[test]
        fn an_address_and_a_way_through_a_router_are_told() {
            assert!(tells(&message(NEW_ADDRESS, 0)));
            assert!(tells(&message(NEW_ROUTE, 0x803)));
            assert!(!tells(&message(NEW_ROUTE, 0x405)));
            assert!(!tells(&message(2, 0x803)));
        }

        #[test]
        fn what_is_cut_off_tells_nothing() {
            let way = message(NEW_ROUTE, 0x803);
            assert!((0..way.len()).all(|length| !tells(&way[..length])));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_told_while_nothing_changes() {
        let changes = NetworkChanges::listen().unwrap();
        // What the machine does of itself in this moment is taken first.
        while changes.wait(Duration::ZERO).unwrap() {}
        assert!(!changes.wait(Duration::ZERO).unwrap());
    }
}
