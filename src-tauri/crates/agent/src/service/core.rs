//! What all parts of the service share.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, RwLock},
};

use host::dirs::Dirs;
use identity::web::Proxy;
use policy::Situation;
use tokio::{
    runtime::Handle,
    sync::{broadcast, watch},
};
use wire::{Event, PolicyChange, StatusReport};

use super::{
    StartError,
    conditions::Conditions,
    decisions::Journaled,
    engines::Engines,
    enrolled::Enrolled,
    images::Images,
    listeners::Addresses,
    moments::Moment,
    pause,
    policies::{self, Following, PolicyInForce},
    session::Sessions,
    situation::{self, Watched},
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
    pub(super) engines: Engines,
    pub(super) images: Images,
    /// What the gateway decides by.
    pub(super) situation: watch::Sender<Arc<Situation>>,
    pub(super) enrolled: RwLock<Enrolled>,
    pub(super) policy: RwLock<PolicyInForce>,
    pub(super) pause: RwLock<Option<policy::Pause>>,
    pub(super) session: Sessions,
    /// The policy where it comes from elsewhere.
    pub(super) following: Following,
    /// The corporate proxy for the service's own requests; nothing until the machine was asked for one.
    pub(super) proxy: watch::Sender<Option<Proxy>>,
    pub(super) moments: broadcast::Sender<Moment>,
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
        let decisions = Journaled::open(&dirs, Arc::clone(&conditions), events.clone())?;
        let enrolled = Enrolled::read(&enrollment_file, &conditions);
        let policy = policies::read(&dirs, &enrolled, &conditions);
        let pause = pause::read(&dirs, &conditions);
        let session = Sessions::default();
        session.enroll(&dirs.state, enrolled.good(), &conditions);
        session.look_around();
        let sign_in = session.sign_in(situation::is_sign_in_required(&policy));
        let first = situation::combine(&enrolled, &policy, pause.clone(), sign_in);
        let core = Self {
            steward: Steward::at(dirs.steward_socket()),
            dirs,
            enrollment_file,
            addresses,
            conditions,
            decisions,
            events,
            engines: Engines::default(),
            images: Images::default(),
            situation: watch::channel(Arc::new(first)).0,
            enrolled: RwLock::new(enrolled),
            policy: RwLock::new(policy),
            pause: RwLock::new(pause),
            session,
            following: Following::default(),
            proxy: watch::Sender::new(None),
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
