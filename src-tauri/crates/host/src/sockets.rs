//! The sockets a service listens on: those the service manager bound and handed over, or its own. Anything
//! that speaks TCP listens on loopback and nowhere else.

mod bind;
#[cfg(unix)]
mod inherited;
#[cfg(windows)]
mod windows;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use bind::bind_loopback;
#[cfg(unix)]
pub use bind::bind_unix;
#[cfg(unix)]
pub use inherited::{inherited, into_loopback, into_unix};
#[cfg(windows)]
pub use windows::{Pipe, bind_pipe, connect_pipe, inherited, into_loopback};

/// Why a socket cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The address can be reached from other machines.
    #[error("`{0}` is not a loopback address; Pullgate listens on `127.0.0.1` or `[::1]` only")]
    NotLoopback(SocketAddr),
    /// Another process listens there.
    #[error("another process already listens on `{0}`; stop it first")]
    InUse(String),
    /// Something that is not a socket stands in its place.
    #[error("`{}` exists and is not a socket; move it away", .0.display())]
    NotASocket(PathBuf),
    /// The service manager handed over something else than expected.
    #[error("the socket `{name}` handed over by the service manager is not {expected}")]
    Unexpected {
        /// Its name in the socket unit.
        name: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The operating system refused.
    #[error("cannot listen on `{address}`: {cause}")]
    System {
        /// Where.
        address: String,
        /// The system's answer.
        cause: io::Error,
    },
}

#[cfg(test)]
mod tests;
