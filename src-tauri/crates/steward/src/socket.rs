//! The steward's socket: handed over by the service manager, or bound here where there is none.

use std::{io, os::unix::net::UnixListener, path::Path};

use host::{
    files::{self, Mode},
    sockets,
};

use super::{StartError, allowed_peers::AllowedPeers};

/// The socket's name in its unit.
const NAME: &str = "steward";

/// What the steward listens on.
pub(super) struct Socket {
    listener: UnixListener,
    /// Whether the service manager keeps it and starts the steward again on the next connection.
    pub(super) handed_over: bool,
}

impl Socket {
    /// Takes the socket, or binds one that only the service and root can open.
    pub(super) fn take(path: &Path, admission: &AllowedPeers) -> Result<Self, StartError> {
        let given = sockets::inherited()?.into_iter().find(|(name, _)| name == NAME);
        if let Some((name, socket)) = given {
            return Ok(Self { listener: sockets::into_unix(&name, socket)?, handed_over: true });
        }
        if let Some(folder) = path.parent() {
            files::make_folder(folder, Mode::PUBLIC_FOLDER)?;
        }
        let listener = sockets::bind_unix(path, Mode::PRIVATE)?;
        std::os::unix::fs::chown(path, admission.owner(), None)?;
        Ok(Self { listener, handed_over: false })
    }

    /// The socket for waiting on many connections at once.
    pub(super) fn into_listener(self) -> io::Result<tokio::net::UnixListener> {
        self.listener.set_nonblocking(true)?;
        tokio::net::UnixListener::from_std(self.listener)
    }
}
