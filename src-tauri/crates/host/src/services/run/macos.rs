//! macOS tells by an event of the kernel's queue.

use std::io;
use std::process::Child;
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::kqueue::{Event, EventFilter, EventFlags, ProcessEvents, kevent_timespec, kqueue};
use rustix::process::Pid;

/// The child is not waited for here, so its number stays its own.
#[expect(unsafe_code, reason = "events may name descriptors, which could be closed meanwhile")]
pub(super) fn ended_within(child: &Child, limit: Duration) -> io::Result<bool> {
    let queue = kqueue()?;
    let filter = EventFilter::Proc { pid: Pid::from_child(child), flags: ProcessEvents::EXIT };
    let wanted = [Event::new(filter, EventFlags::ADD | EventFlags::ONESHOT, std::ptr::null_mut())];
    let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
    let mut told = Vec::<Event>::with_capacity(1);
    // SAFETY: the event names a process and no descriptor.
    let asked = unsafe { kevent_timespec(&queue, &wanted, spare_capacity(&mut told), Some(&limit)) };
    match asked {
        // Nobody is told of a process that has ended already.
        Err(rustix::io::Errno::SRCH) => Ok(true),
        answer => Ok(answer.map(|_| !told.is_empty())?),
    }
}
