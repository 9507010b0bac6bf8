//! The parts of the service, put together in one place: each publishes what it knows, and has a loop of its own.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc, time::Duration};

use egress::RefusedLogins;
use gateway::{Gate, Ports};
use host::dirs::Dirs;
use policy::DecisionContext;
use tokio::{
    net::UnixListener,
    sync::{Mutex, broadcast, watch},
};
use wire::Event;

use super::{
    StartError,
    conditions::Conditions,
    control::{self, Handles},
    decisions::{self, JournalWriter},
    egress_state::{self, EgressState},
    engines::{self, Engines},
    enrolled::Enrolled,
    host_events::{self, HostEvent},
    images::{self, Images},
    in_force::InForce,
    leaf_certificates::StewardCertificates,
    listeners::Addresses,
    logins::{KernelPeerLookup, StewardLogins},
    own_egress::{OwnEgress, StewardProcessEgress},
    pass_through::StewardPassThrough,
    policies::PolicyStore,
    provenance::Provenance,
    proxy_users,
    publisher::Publisher,
    session::{self, SessionDriver},
    starts::Starts,
    steward_client::Steward,
    time,
    upstreams::{self, UpstreamMonitor},
};

/// Watchers that fall this far behind begin anew.
const EVENTS: usize = 1024;
/// Some things change by time alone.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// A service that was put together and does nothing yet.
pub(super) struct Service {
    pub(super) gate: Arc<Gate>,
    pub(super) handles: Arc<Handles>,
    pub(super) provenance: Arc<Provenance>,
    pub(super) starts: Arc<Starts>,
    common: Common,
    proxy_users: watch::Sender<Arc<BTreeSet<u32>>>,
    host_events: broadcast::Sender<HostEvent>,
}

/// What several parts go by.
struct Common {
    addresses: Addresses,
    steward: Steward,
    conditions: Arc<Conditions>,
    in_force: watch::Receiver<InForce>,
    own_egress: Arc<OwnEgress>,
    egress_state: Arc<EgressState>,
    /// Which logins proxies did not accept, for the gateway and the service's own requests.
    proxy_logins: Arc<RefusedLogins>,
    decisions: JournalWriter,
    events: broadcast::Sender<Event>,
}

impl Common {
    fn new(
        dirs: &Dirs,
        addresses: Addresses,
        conditions: Arc<Conditions>,
        in_force: watch::Receiver<InForce>,
    ) -> Result<Self, StartError> {
        let events = broadcast::Sender::new(EVENTS);
        let decisions = JournalWriter::open(dirs, Arc::clone(&conditions), events.clone())?;
        let egress_state = Arc::new(EgressState::new(Arc::clone(&conditions)));
        let proxy_logins = egress_state::logins(&egress_state);
        let own_egress = OwnEgress::new(in_force.clone(), Arc::clone(&proxy_logins), Arc::clone(&conditions));
        Ok(Self {
            addresses,
            steward: Steward::at(dirs.steward_socket()),
            conditions,
            in_force,
            own_egress: Arc::new(own_egress),
            egress_state,
            proxy_logins,
            decisions,
            events,
        })
    }

    fn ports(
        &self,
        situation: watch::Receiver<Arc<DecisionContext>>,
        proxy_users: watch::Receiver<Arc<BTreeSet<u32>>>,
    ) -> Result<Ports, StartError> {
        let Self { addresses, steward, conditions, own_egress, .. } = self;
        let certificates = StewardCertificates::new(steward.clone(), Arc::clone(conditions))?;
        let process_egress = StewardProcessEgress::new(steward.clone(), Arc::clone(own_egress), *addresses);
        Ok(Ports {
            situation,
            certificates: Arc::new(certificates),
            logins: Arc::new(StewardLogins::new(steward.clone())),
            peers: Arc::new(KernelPeerLookup::new()),
            proxy_users,
            pass_through: Arc::new(StewardPassThrough::new(steward.clone())),
            process_egress: Arc::new(process_egress),
            decisions: Arc::new(self.decisions.clone()),
            egress_monitor: Arc::clone(&self.egress_state) as Arc<dyn gateway::EgressMonitor>,
            proxy_logins: Arc::clone(&self.proxy_logins),
            clock: time::now,
            random: decisions::random_bits,
        })
    }

    fn session(&self, state: PathBuf) -> Arc<SessionDriver> {
        Arc::new(SessionDriver::new(
            state,
            self.steward.clone(),
            Arc::clone(&self.conditions),
            Arc::clone(&self.own_egress),
            self.in_force.clone(),
        ))
    }

    fn upstreams(&self, gate: Arc<Gate>) -> Arc<UpstreamMonitor> {
        Arc::new(UpstreamMonitor {
            steward: self.steward.clone(),
            conditions: Arc::clone(&self.conditions),
            in_force: self.in_force.clone(),
            own_egress: Arc::clone(&self.own_egress),
            egress_state: Arc::clone(&self.egress_state),
            gate,
            reading: Mutex::default(),
        })
    }
}

impl Service {
    /// Reads all state; what is unreadable becomes the strict side and a condition.
    pub(super) fn compose(
        dirs: Dirs,
        enrollment_file: PathBuf,
        addresses: Addresses,
    ) -> Result<Self, StartError> {
        let (state, conditions) = (dirs.state.clone(), Arc::new(Conditions::default()));
        let enrolled = Enrolled::read(&enrollment_file, &conditions);
        let proxy_users = watch::Sender::new(proxy_users::of(&enrolled, &conditions));
        let stand_ins = upstreams::of_enrollment(&enrolled, &conditions);
        let in_force = watch::Sender::new(InForce::unread(enrolled, time::now()));
        let common = Common::new(&dirs, addresses, Arc::clone(&conditions), in_force.subscribe())?;
        let session = common.session(state.clone());
        let policies = PolicyStore::open(
            dirs,
            enrollment_file,
            Arc::clone(&conditions),
            Arc::clone(&session),
            Arc::clone(&common.own_egress),
            in_force,
        );
        session.look_up_local_users();
        let context = watch::Sender::new(Arc::new(first_context(&policies.in_force(), &session)));
        let gate = Gate::new(common.ports(context.subscribe(), proxy_users.subscribe())?, stand_ins);
        let provenance =
            Provenance::recall(&state, Arc::clone(&gate), common.in_force.clone(), Arc::clone(&conditions));
        let upstreams = common.upstreams(Arc::clone(&gate));
        let engines = Arc::new(Engines::new(&state, addresses, context.subscribe(), Arc::clone(&upstreams)));
        let images = Images::new(common.steward.clone(), Arc::clone(&conditions), context.subscribe());
        let starts = Arc::new(Starts::begin(&state, &conditions));
        let events = common.events.clone();
        let handles = Handles {
            publisher: Arc::new(Publisher::new(
                Arc::clone(&session),
                Arc::clone(&engines),
                &upstreams,
                addresses,
                context,
                events.clone(),
            )),
            policies,
            session,
            engines,
            images: Arc::new(images),
            upstreams,
            decisions: common.decisions.clone(),
            steward: common.steward.clone(),
            conditions,
            events,
        };
        let host_events = broadcast::Sender::new(EVENTS);
        let handles = Arc::new(handles);
        Ok(Self { gate, handles, provenance, starts, common, proxy_users, host_events })
    }

    /// Begins to answer, to watch, and to keep things as they should be.
    pub(super) fn begin(&self, control: UnixListener) {
        let Handles { publisher, policies, session, engines, images, upstreams, conditions, .. } =
            &*self.handles;
        let Common { in_force, own_egress, .. } = &self.common;
        let events = &self.host_events;
        tokio::spawn(control::serve(Arc::clone(&self.handles), control));
        policies.watch();
        // What changed between the first reading and the start of the watch.
        policies.reload();
        publisher.publish_context();
        tokio::spawn(Arc::clone(publisher).run());
        let (users, telling) = (self.proxy_users.clone(), Arc::clone(conditions));
        tokio::spawn(proxy_users::run(in_force.clone(), users, telling));
        tokio::spawn(Arc::clone(&self.provenance).keep());
        tokio::spawn(upstreams::begin_anew(events.subscribe(), Arc::clone(&self.gate)));
        tokio::spawn(host_events::tell(events.clone()));
        tokio::spawn(poll(Arc::clone(&self.handles), Arc::clone(&self.starts)));
        tokio::spawn(Arc::clone(own_egress).forget_at(events.subscribe()));
        tokio::spawn(Arc::clone(upstreams).run(policies.subscribe_network_files()));
        tokio::spawn(session::run(Arc::clone(session), events.subscribe()));
        tokio::spawn(Arc::clone(policies).follow(events.clone()));
        tokio::spawn(images::run(Arc::clone(images), engines.subscribe_checks()));
        tokio::spawn(engines::run(Arc::clone(engines)));
    }

    /// Until it is known how this machine reaches registries: pulls of a moment after the start would go out directly
    /// where there is a proxy.
    pub(super) fn egress_known(&self) -> impl Future<Output = ()> + Send + use<> {
        let own_egress = Arc::clone(&self.common.own_egress);
        async move { own_egress.learned.wait_first_check().await }
    }

    /// Writes what is still to be written.
    pub(super) fn end(&self) {
        self.provenance.write();
        self.handles.decisions.finish();
        self.starts.end();
    }
}

fn first_context(in_force: &InForce, session: &SessionDriver) -> DecisionContext {
    in_force.context(session.sign_in(in_force.is_sign_in_required()))
}

/// A policy becomes old, a person joins a group of the machine. A steward that keeps breaking off is no matter of time.
async fn poll(handles: Arc<Handles>, starts: Arc<Starts>) {
    let Handles { publisher, policies, session, steward, conditions, .. } = &*handles;
    loop {
        let _late = tokio::time::timeout(LOOK_AGAIN, steward.crashes.became_many()).await;
        session::refresh_local_users(session).await;
        policies.end_pause_in_time();
        starts.tell(conditions);
        steward.crashes.tell(conditions);
        publisher.publish_context();
    }
}
