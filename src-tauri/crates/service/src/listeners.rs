//! The three sockets: handed over by the service manager under their names, or bound here when started by hand.

use std::{
    net::{Ipv4Addr, SocketAddr},
    os::fd::OwnedFd,
};

use host::{
    dirs::Dirs,
    files::Mode,
    sockets::{SocketError, bind_loopback, bind_unix, inherited, into_loopback, into_unix},
};
use thiserror::Error;
use tokio::{
    net::{TcpListener, UnixListener},
    runtime::Handle,
};

/// The sockets of a running service.
pub(super) struct Listeners {
    pub(super) control: UnixListener,
    pub(super) proxy: TcpListener,
    pub(super) mirror: TcpListener,
}

/// Where the fronts listen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addresses {
    pub(super) proxy: SocketAddr,
    pub(super) mirror: SocketAddr,
}

/// A socket that cannot be listened on.
#[derive(Debug, Error)]
pub(crate) enum ListenError {
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error("a socket cannot be used: {0}")]
    System(#[from] std::io::Error),
}

/// Anyone may connect; what they may ask is judged by request.
const ANYONE: Mode = Mode(0o666);
const PROXY_PORT: u16 = 859;
const MIRROR_PORT: u16 = 858;

impl Listeners {
    /// Takes over what was handed over, and binds the rest; the fronts are served on the thread of the pulls.
    pub(super) fn take(dirs: &Dirs, pulls: &Handle) -> Result<Self, ListenError> {
        let mut given = inherited()?;
        let mut named = |name: &str| -> Option<OwnedFd> {
            let at = given.iter().position(|(have, _)| have == name)?;
            Some(given.swap_remove(at).1)
        };
        let control = match named("control") {
            Some(socket) => into_unix("control", socket)?,
            None => bind_unix(&dirs.control_socket(), ANYONE)?,
        };
        control.set_nonblocking(true)?;
        let control = UnixListener::from_std(control)?;
        let _fronts_are_there = pulls.enter();
        let proxy = front("proxy", named("proxy"), PROXY_PORT)?;
        let mirror = front("mirror", named("mirror"), MIRROR_PORT)?;
        Ok(Self { control, proxy, mirror })
    }

    pub(super) fn addresses(&self) -> Addresses {
        let unknown = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Addresses {
            proxy: self.proxy.local_addr().unwrap_or(unknown),
            mirror: self.mirror.local_addr().unwrap_or(unknown),
        }
    }
}

fn front(name: &str, given: Option<OwnedFd>, port: u16) -> Result<TcpListener, ListenError> {
    let listener = match given {
        Some(socket) => into_loopback(name, socket)?,
        None => bind_loopback(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?,
    };
    listener.set_nonblocking(true)?;
    Ok(TcpListener::from_std(listener)?)
}
