//! What all parts of the service share.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, RwLock, atomic::AtomicBool},
};

use egress::RefusedLogins;
use host::dirs::Dirs;
use policy::DecisionContext;
use tokio::{
    runtime::Handle,
    sync::{broadcast, watch},
};
use wire::{Event, PolicyChange, StatusReport};

use super::{
    StartError,
    conditions::Conditions,
    decisions::Journaled,
    egress_state::{self, EgressState},
    engines::Engines,
    enrolled::Enrolled,
    host_events::HostEvent,
    images::Images,
    listeners::Addresses,
    own_egress::Ways,
    pause,
    policies::{self, Following, PolicyInForce},
    proxy_users,
    session::Sessions,
    situation::{self, Watched},
    starts::Starts,
    steward_client::Steward,
};

/// The shared state of a running service.
pub(super) struct Core {
    pub(super) dirs: Dirs,
    pub(super) enrollment_file: PathBuf,
    pub(super) addresses: Addresses,
    pub(super) steward: Steward,
    pub(super) conditions: Arc<Conditions>,
    pub(super) decisions: Journaled,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) starts: Starts,
    pub(super) engines: Engines,
    pub(super) images: Images,
    /// What the gateway decides by.
    pub(super) situation: watch::Sender<Arc<DecisionContext>>,
    pub(super) enrolled: RwLock<Enrolled>,
    /// Who may use the proxy front besides root.
    pub(super) proxy_users: watch::Sender<Arc<BTreeSet<u32>>>,
    /// Whether the enrollment is read again soon, since there was no descriptor to read it with.
    pub(super) reads_again: AtomicBool,
    pub(super) policy: RwLock<PolicyInForce>,
    pub(super) pause: RwLock<Option<policy::Pause>>,
    pub(super) session: Sessions,
    /// The policy where it comes from elsewhere.
    pub(super) following: Following,
    /// The ways that lead out of this machine.
    pub(super) ways: Ways,
    /// Which logins proxies did not accept, for the gateway and the service's own requests.
    pub(super) proxy_logins: Arc<RefusedLogins>,
    pub(super) egress_state: Arc<EgressState>,
    pub(super) moments: broadcast::Sender<HostEvent>,
    /// The status that was last told to those who watch.
    pub(super) told: Mutex<Option<StatusReport>>,
    /// What the latest other edition of the policy changed for people.
    pub(super) change: Mutex<Option<PolicyChange>>,
    /// Held while enrollment and policy are read.
    pub(super) reading: Mutex<()>,
    /// Held while what is known is put in force.
    pub(super) forcing: Mutex<()>,
    pub(super) watched: Mutex<Watched>,
    /// Where threads that are not the runtime's hand their work to.
    pub(super) runtime: Handle,
}

/// Watchers that fall this far behind begin anew.
const EVENTS: usize = 1024;

impl Core {
    /// Reads all state; what is unreadable becomes the strict side and a condition.
    pub(super) fn start(
        dirs: Dirs,
        enrollment_file: PathBuf,
        addresses: Addresses,
    ) -> Result<Arc<Self>, StartError> {
        let conditions = Arc::new(Conditions::default());
        let (events, _) = broadcast::channel(EVENTS);
        let egress_state = Arc::new(EgressState::new(Arc::clone(&conditions)));
        let decisions = Journaled::open(&dirs, Arc::clone(&conditions), events.clone())?;
        let enrolled = Enrolled::read(&enrollment_file, &conditions);
        // What is known of the time comes first: everything after it is judged by the time.
        let session = Sessions::default();
        session.enroll(&dirs.state, enrolled.good(), &conditions);
        let policy = policies::read(&dirs, &enrolled, &conditions);
        let pause = match &enrolled {
            Enrolled::No => pause::forget(&dirs, &conditions),
            Enrolled::Yes(_) | Enrolled::Unusable { .. } => pause::read(&dirs, &conditions),
        };
        session.refresh_local_users();
        let sign_in = session.sign_in(situation::is_sign_in_required(&policy));
        let first = situation::combine(&enrolled, &policy, pause.clone(), sign_in);
        let engines = Engines::at(&dirs);
        let proxy_users = proxy_users::of(&enrolled, &conditions);
        let starts = Starts::begin(&dirs.state, &conditions);
        let core = Self {
            steward: Steward::at(dirs.steward_socket()),
            dirs,
            enrollment_file,
            addresses,
            conditions,
            decisions,
            events,
            starts,
            engines,
            images: Images::default(),
            situation: watch::channel(Arc::new(first)).0,
            proxy_users: watch::Sender::new(proxy_users),
            reads_again: AtomicBool::new(false),
            enrolled: RwLock::new(enrolled),
            policy: RwLock::new(policy),
            pause: RwLock::new(pause),
            session,
            following: Following::default(),
            ways: Ways::default(),
            proxy_logins: egress_state::logins(&egress_state),
            egress_state,
            moments: broadcast::Sender::new(EVENTS),
            told: Mutex::default(),
            change: Mutex::default(),
            reading: Mutex::default(),
            forcing: Mutex::default(),
            watched: Mutex::default(),
            runtime: Handle::current(),
        };
        Ok(Arc::new(core))
    }
}
