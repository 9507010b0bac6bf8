//! The gateway as a whole: what it is made of and how its fronts are served.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use egress::RefusedLogins;
use jiff::Timestamp;
use policy::{DecisionContext, Engine, Front};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    fair_queue::FairQueue,
    ports::{
        CertificateSource, DecisionSink, EgressMonitor, Logins, Owner, PassThroughLookup, PeerLookup,
        ProcessEgress,
    },
    provenance::{Provenance, ProvenanceError},
    quotas::UserQuotas,
    redirects::Redirects,
    registries::Registries,
    upstream::{ByFamily, EngineFamily, Fronts, Network, Networks, Tokens, Upstreams},
    verdict_cache::VerdictCache,
};

/// A connection that was accepted this long ago and has not asked yet is not about to.
const OPENING: Duration = Duration::from_secs(2);

/// What the gateway is given.
pub struct Ports {
    /// The policy and the session as they are now; read for each request.
    pub situation: watch::Receiver<Arc<DecisionContext>>,
    /// Certificates for the hosts the gateway stands in for.
    pub certificates: Arc<dyn CertificateSource>,
    /// People's logins.
    pub logins: Arc<dyn Logins>,
    /// Who opened a connection.
    pub peers: Arc<dyn PeerLookup>,
    /// The users besides root that the enrollment lets use the proxy front.
    pub proxy_users: watch::Receiver<Arc<BTreeSet<u32>>>,
    /// Which connections are no image's and pass unread.
    pub pass_through: Arc<dyn PassThroughLookup>,
    /// The proxy settings that processes have of their own.
    pub process_egress: Arc<dyn ProcessEgress>,
    /// Takes every decision.
    pub decisions: Arc<dyn DecisionSink>,
    /// Hears whether pulls can leave this machine.
    pub egress_monitor: Arc<dyn EgressMonitor>,
    /// Which logins proxies did not accept.
    pub proxy_logins: Arc<RefusedLogins>,
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
    pub(crate) registries: Registries,
    pub(crate) tokens: Tokens,
    pub(crate) verdicts: VerdictCache,
    pub(crate) quotas: Arc<UserQuotas>,
    pub(crate) fair_queue: FairQueue,
    networks: RwLock<Arc<Networks>>,
    /// Where the gateway listens, which nobody is connected to by it.
    pub(crate) fronts: Arc<Fronts>,
    /// Whether a pull could not leave this machine and none has since.
    pub(crate) egress_blocked: AtomicBool,
    /// How many requests are being answered.
    pub(crate) busy: watch::Sender<usize>,
    /// When a front last accepted a connection, in milliseconds since the machine's start.
    accepted: AtomicU64,
}

impl Gate {
    /// A gateway that reaches registries by these settings.
    pub fn new(ports: Ports, upstreams: Upstreams) -> Arc<Self> {
        let fronts = Arc::default();
        let networks = RwLock::new(Arc::new(Networks::new(upstreams, &ports.proxy_logins, &fronts)));
        Arc::new(Self {
            ports,
            provenance: Provenance::default(),
            redirects: Redirects::default(),
            registries: Registries::default(),
            tokens: Tokens::default(),
            verdicts: VerdictCache::default(),
            quotas: Arc::new(UserQuotas::new()),
            fair_queue: FairQueue::default(),
            networks,
            fronts,
            egress_blocked: AtomicBool::new(false),
            busy: watch::Sender::new(0),
            accepted: AtomicU64::new(0),
        })
    }

    /// Takes new settings for the way to registries; requests under way keep theirs.
    pub fn set_upstreams(&self, upstreams: Upstreams) {
        let networks = Arc::new(Networks::new(upstreams, &self.ports.proxy_logins, &self.fronts));
        *self.networks.write().unwrap_or_else(PoisonError::into_inner) = networks;
    }

    /// What waits from before a change of the network, or from before the machine slept, leads nowhere any longer.
    pub fn network_changed(&self) {
        self.networks.read().unwrap_or_else(PoisonError::into_inner).reset();
        self.registries.reset();
    }

    /// Waits until something is learned of where digests come from, or was since the last wait.
    pub async fn provenance_learned(&self) {
        self.provenance.learned().await;
    }

    /// Where digests come from, for the next start; none where the last record says the same.
    pub fn provenance(&self) -> Option<Vec<u8>> {
        self.provenance.record(self.now())
    }

    /// The last record could not be written.
    pub fn provenance_is_unwritten(&self) {
        self.provenance.is_unwritten();
    }

    /// Takes in the record of an earlier process, so that a pull that was under way goes on.
    ///
    /// # Errors
    /// It cannot be read; nothing of it is believed then.
    pub fn recall_provenance(&self, record: &[u8]) -> Result<(), ProvenanceError> {
        self.provenance.recall(record, self.now())
    }

    /// Notes an address of its own, which nobody is connected to by it.
    pub(crate) fn listens_at(&self, listener: &TcpListener) {
        match listener.local_addr() {
            Ok(address) => self.fronts.add(address),
            Err(error) => tracing::warn!(%error, "the address of a front is not known"),
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

    /// Notes that a front accepts a connection.
    pub(crate) fn accepts_now(&self) {
        let now = u64::try_from(host::clock::boottime().as_millis()).unwrap_or(u64::MAX);
        self.accepted.store(now, Ordering::Relaxed);
    }

    /// Waits, after the last connection was accepted, until no request is being answered and none is on its way: whoever was
    /// just connected asks in a moment, and does not ask again if the connection breaks before the first answer.
    pub async fn drained(&self) {
        let mut busy = self.busy.subscribe();
        loop {
            self.idle().await;
            let accepted = Duration::from_millis(self.accepted.load(Ordering::Relaxed));
            let age = host::clock::boottime().saturating_sub(accepted);
            let Some(rest) = OPENING.checked_sub(age).filter(|rest| !rest.is_zero()) else { return };
            drop(tokio::time::timeout(rest, busy.wait_for(|count| *count > 0)).await);
        }
    }

    /// Waits for a request, then until none is being answered any longer, and says how long that took.
    pub async fn next_busy_period(&self) -> Duration {
        let mut busy = self.busy.subscribe();
        // The sender lives as long as this gate, so the wait cannot fail.
        if busy.wait_for(|count| *count > 0).await.is_err() {
            return Duration::ZERO;
        }
        let begun = Instant::now();
        self.idle().await;
        begun.elapsed()
    }

    /// The way to registries of the engine that asks, for whoever reads its request; from then on the request's context
    /// has it.
    pub(crate) fn network(
        &self,
        owner: Option<Owner>,
        engine: Engine,
        front: Front,
        family: EngineFamily,
    ) -> Arc<Network> {
        Arc::clone(self.networks_for(owner).of(engine, front).of(family))
    }

    fn networks_for(&self, owner: Option<Owner>) -> Arc<Networks> {
        let networks = self.networks.read().unwrap_or_else(PoisonError::into_inner);
        networks.for_asker(owner.map(|owner| owner.uid))
    }

    /// The way to registries of the process at the other end, where it has one of its own.
    pub(crate) async fn network_of(&self, owner: Option<Owner>) -> Option<ByFamily> {
        let owner = owner?;
        let egress = self.ports.process_egress.egress(owner).await?;
        let networks = self.networks_for(Some(owner));
        Some(networks.of_process(&egress, owner.uid == 0))
    }

    pub(crate) fn situation(&self) -> Arc<DecisionContext> {
        Arc::clone(&self.ports.situation.borrow())
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.ports.clock)()
    }
}

#[cfg(test)]
mod tests;
