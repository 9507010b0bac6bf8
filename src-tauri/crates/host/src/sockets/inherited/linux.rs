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
