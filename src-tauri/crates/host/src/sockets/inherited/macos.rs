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
