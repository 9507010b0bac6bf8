//! The gateway as a whole: what it is made of and how its fronts are served.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use jiff::Timestamp;
use policy::Situation;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{
    learned::{Provenance, Redirects},
    ports::{Askers, Decisions, Leaves, Logins},
    pull::{Ledger, accept},
    tls::no_delay,
    upstream::{Network, Tokens, Upstreams},
};

/// What the gateway is given.
pub struct Ports {
    /// The policy and the session as they are now; read for each request.
    pub situation: watch::Receiver<Arc<Situation>>,
    /// Certificates.
    pub leaves: Arc<dyn Leaves>,
    /// People's logins.
    pub logins: Arc<dyn Logins>,
    /// Who opened a connection.
    pub askers: Arc<dyn Askers>,
    /// Who is told of decisions.
    pub decisions: Arc<dyn Decisions>,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Random bits for the names of verdicts.
    pub random: fn() -> u64,
}

/// The gateway.
pub struct Gate {
    pub(crate) ports: Ports,
    pub(crate) provenance: Provenance,
    pub(crate) redirects: Redirects,
    pub(crate) tokens: Tokens,
    pub(crate) ledger: Ledger,
    network: RwLock<Arc<Network>>,
    /// How many requests are being answered.
    pub(crate) busy: watch::Sender<usize>,
}

impl Gate {
    /// A gateway that reaches registries by these settings.
    pub fn new(ports: Ports, upstreams: Upstreams) -> Arc<Self> {
        Arc::new(Self {
            ports,
            provenance: Provenance::default(),
            redirects: Redirects::default(),
            tokens: Tokens::default(),
            ledger: Ledger::default(),
            network: RwLock::new(Arc::new(Network::new(upstreams))),
            busy: watch::Sender::new(0),
        })
    }

    /// Takes new settings for the way to registries; requests under way keep theirs.
    pub fn reach(&self, upstreams: Upstreams) {
        *self.network.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Network::new(upstreams));
    }

    /// Serves engines that use the gateway as their proxy, until the listener fails.
    pub async fn serve_proxy(self: Arc<Self>, listener: TcpListener) {
        loop {
            let (socket, client) = next(&listener).await;
            let gate = Arc::clone(&self);
            tokio::spawn(async move { accept::proxy(gate, socket, client).await });
        }
    }

    /// Serves engines that use the gateway as a registry mirror, until the listener fails.
    pub async fn serve_mirror(self: Arc<Self>, listener: TcpListener) {
        loop {
            let (socket, client) = next(&listener).await;
            let gate = Arc::clone(&self);
            tokio::spawn(async move { accept::mirror(gate, socket, client).await });
        }
    }

    /// Waits until no request is being answered.
    pub async fn idle(&self) {
        let mut busy = self.busy.subscribe();
        while *busy.borrow_and_update() > 0 {
            // The sender lives as long as this gate, so the wait cannot fail.
            if busy.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits for a request, then until none is being answered any longer, and says how long that took.
    pub async fn spell(&self) -> Duration {
        let mut busy = self.busy.subscribe();
        // The sender lives as long as this gate, so the wait cannot fail.
        if busy.wait_for(|count| *count > 0).await.is_err() {
            return Duration::ZERO;
        }
        let begun = Instant::now();
        self.idle().await;
        begun.elapsed()
    }

    pub(crate) fn network(&self) -> Arc<Network> {
        Arc::clone(&self.network.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn situation(&self) -> Arc<Situation> {
        Arc::clone(&self.ports.situation.borrow())
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.ports.clock)()
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
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

#[cfg(test)]
mod tests;
