//! Sockets that the service manager bound before the service started.

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::net::{AddressFamily, SocketType, sockopt};

use super::SocketError;

/// Takes the sockets handed over by the service manager, each with its name in the socket unit; none when
/// started by hand, and none the second time.
pub fn inherited() -> io::Result<Vec<(String, OwnedFd)>> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::SeqCst) {
        return Ok(Vec::new());
    }
    system::take()
}

/// The handed-over socket as a TCP listener, if that is what it is and if it is on loopback.
pub fn into_loopback(name: &str, socket: OwnedFd) -> Result<TcpListener, SocketError> {
    let unexpected = || SocketError::Unexpected { name: name.to_owned(), expected: "a TCP listener" };
    let family = listening_stream(&socket).ok_or_else(unexpected)?;
    if family != AddressFamily::INET && family != AddressFamily::INET6 {
        return Err(unexpected());
    }
    let listener = TcpListener::from(socket);
    let address = listener.local_addr().map_err(|_| unexpected())?;
    if address.ip().to_canonical().is_loopback() {
        Ok(listener)
    } else {
        Err(SocketError::NotLoopback(address))
    }
}

/// The handed-over socket as a Unix listener, if that is what it is.
pub fn into_unix(name: &str, socket: OwnedFd) -> Result<UnixListener, SocketError> {
    match listening_stream(&socket) {
        Some(AddressFamily::UNIX) => Ok(UnixListener::from(socket)),
        Some(_) | None => Err(SocketError::Unexpected { name: name.to_owned(), expected: "a Unix listener" }),
    }
}

/// The address family of a stream socket that listens.
fn listening_stream(socket: &OwnedFd) -> Option<AddressFamily> {
    let stream = sockopt::socket_type(socket).ok()? == SocketType::STREAM;
    (stream && system::listens(socket)).then(|| system::family(socket)).flatten()
}

#[cfg(target_os = "linux")]
mod linux {
    //! systemd hands them over as numbers, with their names in the environment (sd_listen_fds(3)).

    use std::io;
    use std::os::fd::{FromRawFd, OwnedFd};

    use rustix::net::{AddressFamily, sockopt};

    /// To be called once.
    #[expect(unsafe_code, reason = "handed-over descriptors arrive as numbers")]
    pub(super) fn take() -> io::Result<Vec<(String, OwnedFd)>> {
        let handed_over = sd_notify::listen_fds_with_names()?;
        // SAFETY: the service manager opened these descriptors for this process (`LISTEN_PID` names it and each was
        // found open just now), nothing else in the process knows their numbers, and they are owned once.
        Ok(handed_over.map(|(number, name)| (name, unsafe { OwnedFd::from_raw_fd(number) })).collect())
    }

    pub(super) fn family(socket: &OwnedFd) -> Option<AddressFamily> {
        sockopt::socket_domain(socket).ok()
    }

    pub(super) fn listens(socket: &OwnedFd) -> bool {
        sockopt::socket_acceptconn(socket).unwrap_or(false)
    }
}

#[cfg(target_os = "macos")]
mod macos {
    //! launchd hands them over by the names in the service's property list (launch(3)).

    use std::ffi::{CStr, c_char, c_int, c_void};
    use std::io;
    use std::os::fd::{FromRawFd, OwnedFd};
    use std::ptr;

    use rustix::net::{AddressFamily, getsockname};

    /// The names of the property lists' sockets: launchd is asked for each.
    const NAMES: [&CStr; 4] = [c"control", c"mirror", c"proxy", c"steward"];

    #[expect(unsafe_code, reason = "launchd is asked by a C function")]
    unsafe extern "C" {
        fn launch_activate_socket(name: *const c_char, sockets: *mut *mut c_int, count: *mut usize) -> c_int;
    }

    /// To be called once.
    pub(super) fn take() -> io::Result<Vec<(String, OwnedFd)>> {
        let mut taken = Vec::new();
        for name in NAMES {
            let shown = name.to_string_lossy();
            taken.extend(named(name)?.into_iter().map(|socket| (shown.clone().into_owned(), socket)));
        }
        Ok(taken)
    }

    #[expect(unsafe_code, reason = "handed-over descriptors arrive as numbers")]
    fn named(name: &CStr) -> io::Result<Vec<OwnedFd>> {
        let (mut sockets, mut count) = (ptr::null_mut::<c_int>(), 0);
        // SAFETY: the name ends with a zero, and both pointers are valid for writes.
        let code = unsafe { launch_activate_socket(name.as_ptr(), &raw mut sockets, &raw mut count) };
        match code {
            0 => {}
            // Not started by launchd, no socket of this name, or taken already.
            libc::ESRCH | libc::ENOENT | libc::EALREADY => return Ok(Vec::new()),
            error => return Err(io::Error::from_raw_os_error(error)),
        }
        // SAFETY: on success it is an array of so many descriptors, each open and nobody else's.
        let taken = (0..count).map(|at| unsafe { OwnedFd::from_raw_fd(*sockets.add(at)) }).collect();
        // SAFETY: the caller frees the array, which is not used any more.
        unsafe { libc::free(sockets.cast::<c_void>()) };
        Ok(taken)
    }

    pub(super) fn family(socket: &OwnedFd) -> Option<AddressFamily> {
        getsockname(socket).ok().map(|address| address.address_family())
    }

    /// launchd hands over no others to a service whose sockets are passive, and the system answers no such question.
    pub(super) fn listens(_: &OwnedFd) -> bool {
        true
    }
}
