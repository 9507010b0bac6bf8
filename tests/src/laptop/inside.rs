//! A thread of the test that stands in the laptop's network.

use std::fs::File;
use std::os::fd::AsFd;
use std::thread;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// Runs the task on a thread of its own; sockets it makes stay in the laptop's network when the thread is gone.
pub(super) fn inside<T: Send>(pid: u32, task: impl FnOnce() -> T + Send) -> T {
    let network = File::open(format!("/proc/{pid}/ns/net")).expect("the laptop runs");
    let enter = move || {
        move_into_link_name_space(network.as_fd(), Some(LinkNameSpaceType::Network))
            .expect("root may enter a network");
        task()
    };
    thread::scope(|scope| match scope.spawn(enter).join() {
        Ok(result) => result,
        Err(cause) => std::panic::resume_unwind(cause),
    })
}
