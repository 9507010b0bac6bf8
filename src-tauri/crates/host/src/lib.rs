//! The seams to the operating system, one module a concern: whatever touches a clock, a file, a socket, a
//! person or the service manager does it here. What a system does in its own way stands in a file named
//! after that system (`peer/linux.rs`); callers see one interface. Nothing here knows what a policy is.

#![cfg_attr(test, expect(clippy::disallowed_methods, reason = "tests write files as other programs do"))]

pub mod clock;
pub mod dirs;
pub mod files;
pub mod log;
pub mod managed;
pub mod memory;
pub mod network;
pub mod notify;
pub mod peer;
pub mod people;
pub mod quota;
#[cfg(any(windows, target_os = "macos"))]
pub mod secrets;
pub mod services;
pub mod sockets;
#[cfg(any(windows, target_os = "macos"))]
pub mod trust;
pub mod watch;
#[cfg(any(windows, test))]
mod windows;
