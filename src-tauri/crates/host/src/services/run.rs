//! Runs a command to its end or to the end of patience.

use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::kqueue::{Event, EventFilter, EventFlags, ProcessEvents, kevent_timespec, kqueue};
use rustix::process::Pid;

use super::ServiceError;

/// What the command printed.
pub(super) fn to_end(mut command: Command, shown: String, limit: Duration) -> Result<String, ServiceError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let unavailable = |cause| ServiceError::Unavailable { program: program.clone(), cause };
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(unavailable)?;
    let output = collect(child.stdout.take());
    let errors = collect(child.stderr.take());

    let in_time = ended_within(&child, limit);
    if !matches!(in_time, Ok(true)) {
        child.kill().map_err(unavailable)?;
    }
    let status = child.wait().map_err(unavailable)?;
    if !in_time.map_err(unavailable)? {
        return Err(ServiceError::TimedOut { command: shown, limit });
    }
    if status.success() {
        return Ok(text(output));
    }
    let errors = text(errors);
    let message = if errors.trim().is_empty() { status.to_string() } else { errors.trim().to_owned() };
    Err(ServiceError::Failed { command: shown, code: status.code(), message })
}

/// Reads in a thread of its own, so that a full pipe never holds the command.
fn collect(pipe: Option<impl Read + Send + 'static>) -> Option<JoinHandle<Vec<u8>>> {
    let mut pipe = pipe?;
    Some(thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Err(error) = pipe.read_to_end(&mut bytes) {
            tracing::debug!(%error, "the output of a command was cut short");
        }
        bytes
    }))
}

fn text(reader: Option<JoinHandle<Vec<u8>>>) -> String {
    let bytes = reader.and_then(|reader| reader.join().ok()).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// By an event of the kernel's queue. The child is not waited for here, so its number stays its own.
#[expect(unsafe_code, reason = "events may name descriptors, which could be closed meanwhile")]
fn ended_within(child: &Child, limit: Duration) -> io::Result<bool> {
    let queue = kqueue()?;
    let filter = EventFilter::Proc { pid: Pid::from_child(child), flags: ProcessEvents::EXIT };
    let wanted = [Event::new(filter, EventFlags::ADD | EventFlags::ONESHOT, std::ptr::null_mut())];
    let limit = Timespec::try_from(limit).map_err(io::Error::other)?;
    let mut ended = Vec::<Event>::with_capacity(1);
    // SAFETY: the event names a process and no descriptor.
    let asked = unsafe { kevent_timespec(&queue, &wanted, spare_capacity(&mut ended), Some(&limit)) };
    match asked {
        // Nobody is ended of a process that has ended already.
        Err(rustix::io::Errno::SRCH) => Ok(true),
        answer => Ok(answer.map(|_| !ended.is_empty())?),
    }
}
