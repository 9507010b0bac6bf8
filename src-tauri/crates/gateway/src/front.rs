//! The two listeners. Who is at the other end is asked once for a connection, of the kernel; whoever cannot be told is a
//! stranger, never root.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use host::log::Seldom;
use tokio::net::{TcpListener, TcpStream};

use crate::{gate::Gate, ports::Owner, pull::accept, tls::no_delay, upstream::lookup};

/// A listener that fails is asked again after this time.
const PAUSE: Duration = Duration::from_millis(100);
static FAILED: Seldom = Seldom::every(Duration::from_secs(10));

impl Gate {
    /// Serves engines that use the gateway as their proxy, until the listener fails.
    pub async fn serve_proxy(self: Arc<Self>, listener: TcpListener) {
        self.serve(listener, accept::proxy).await;
    }

    /// Serves engines that use the gateway as a registry mirror, until the listener fails.
    pub async fn serve_mirror(self: Arc<Self>, listener: TcpListener) {
        self.serve(listener, accept::mirror).await;
    }

    async fn serve<F>(
        self: Arc<Self>,
        listener: TcpListener,
        front: impl Fn(Arc<Self>, TcpStream, Option<Owner>) -> F + Copy + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        self.listens_at(&listener);
        loop {
            let (socket, client) = next(&listener).await;
            self.accepts_now();
            let server = socket.local_addr().ok();
            let owner = server.and_then(|server| self.ports.peers.owner(client, server));
            let uid = owner.map(|owner| owner.uid);
            let Some(place) = self.quotas.acquire_connection(uid) else { continue };
            let served = front(Arc::clone(&self), socket, owner);
            let gate = Arc::clone(&self);
            tokio::spawn(lookup::on_behalf_of(uid, async move {
                let _place = place;
                gate.fair_queue.run(uid, served).await;
            }));
        }
    }

    /// Whether this one may use the proxy front: it serves engines that run as root, with what only root can read on this
    /// machine, and whomever root has named besides.
    pub(crate) fn may_use_proxy(&self, owner: Option<Owner>) -> bool {
        owner.is_some_and(|Owner { uid, .. }| uid == 0 || self.ports.proxy_users.borrow().contains(&uid))
    }

    /// Waits until this one may use the proxy front no longer: what passes there unread is not judged request by request.
    pub(crate) async fn no_proxy_any_longer(&self, owner: Option<Owner>) {
        let mut users = self.ports.proxy_users.clone();
        while self.may_use_proxy(owner) {
            // Whoever names the users may be gone, and what it said last holds then.
            if users.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

/// Accepts the next connection. Out of descriptors is waited out: closing the front would be worse.
async fn next(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((socket, client)) => {
                no_delay(&socket);
                return (socket, client);
            }
            Err(error) => {
                if let Some(more) = FAILED.is_due(Instant::now()) {
                    tracing::warn!(%error, more, "a connection could not be accepted");
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
