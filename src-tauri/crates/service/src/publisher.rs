//! Puts together what others publish: what pulls are decided by, and the status for those who watch.

mod status;

use std::sync::{Arc, Mutex, PoisonError};

use policy::{DecisionContext, LoadedPolicy, PolicyStamp};
use tokio::sync::{broadcast, watch};
use wire::{Event, PolicyChange, StatusReport};

use super::{
    age::{self, ClockError},
    conditions::Conditions,
    engines::{self, Engines},
    enrolled::Enrolled,
    in_force::InForce,
    listeners::Addresses,
    own_egress::OwnEgress,
    session::SessionDriver,
    time,
    upstreams::UpstreamMonitor,
};

/// Publishes the decision context, and the status with it.
pub(super) struct Publisher {
    in_force: watch::Receiver<InForce>,
    session: Arc<SessionDriver>,
    engines: Arc<Engines>,
    own_egress: Arc<OwnEgress>,
    conditions: Arc<Conditions>,
    addresses: Addresses,
    context: watch::Sender<Arc<DecisionContext>>,
    events: broadcast::Sender<Event>,
    /// The status that was last told to those who watch.
    last_status: Mutex<Option<StatusReport>>,
    /// What the latest other edition of the policy changed for people.
    change: Mutex<Option<PolicyChange>>,
    publish_lock: Mutex<()>,
}

impl Publisher {
    /// Publishes to `context` and `events`; the rest of what it goes by is what the upstreams go by.
    pub(super) fn new(
        session: Arc<SessionDriver>,
        engines: Arc<Engines>,
        upstreams: &UpstreamMonitor,
        addresses: Addresses,
        context: watch::Sender<Arc<DecisionContext>>,
        events: broadcast::Sender<Event>,
    ) -> Self {
        Self {
            in_force: upstreams.in_force.clone(),
            own_egress: Arc::clone(&upstreams.own_egress),
            conditions: Arc::clone(&upstreams.conditions),
            addresses,
            session,
            engines,
            context,
            events,
            last_status: Mutex::default(),
            change: Mutex::default(),
            publish_lock: Mutex::default(),
        }
    }

    /// Publishes whenever something has changed.
    pub(super) async fn run(self: Arc<Self>) {
        let (mut in_force, mut session) = (self.in_force.clone(), self.session.subscribe());
        let mut conditions = self.conditions.subscribe();
        // What has changed before somebody listened.
        self.publish_context();
        loop {
            tokio::select! {
                Ok(()) = in_force.changed() => self.publish_context(),
                Ok(()) = session.changed() => self.publish_context(),
                Ok(()) = conditions.changed() => self.publish_status(),
                else => return,
            }
        }
    }

    /// What pulls are decided by now.
    pub(super) fn context(&self) -> Arc<DecisionContext> {
        Arc::clone(&self.context.borrow())
    }

    /// Publishes what holds: the next request of any connection is judged by it. Whoever answers that something was
    /// changed calls it first.
    ///
    /// One at a time: what was put together earlier must not be published after what was put together later.
    pub(super) fn publish_context(&self) {
        let _turn = self.publish_lock.lock().unwrap_or_else(PoisonError::into_inner);
        let in_force = self.in_force.borrow().clone();
        if let Some(set) = in_force.policy.set.as_ref().filter(|set| set.trust().is_some()) {
            time::signed(set.policy().stamp().issued);
        }
        self.session.agree(in_force.terms());
        let context = in_force.context(self.session.sign_in(in_force.is_sign_in_required()));
        age::tell(&context, &self.conditions, time::now());
        let clock_error = self.session.clock_error().or_else(|| time::behind().map(ClockError::Behind));
        age::tell_clock(clock_error, &self.conditions);
        self.session.raise(&context.sign_in, &context.organization.display);
        if matches!(in_force.enrolled, Enrolled::No) {
            engines::forget_shown(&self.engines);
            // What changed for people, they were told of a policy that has ended.
            *self.change.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        let before = self.context.send_replace(Arc::new(context.clone()));
        if stamp(&before) != stamp(&context) {
            let serial = stamp(&context).map(|stamp| stamp.serial);
            tracing::info!(?serial, "the policy in force has changed");
            self.tell_change(&before, &context);
        }
        self.publish_status();
    }

    /// Tells those who watch, if there is anything new.
    pub(super) fn publish_status(&self) {
        let status = self.status();
        let mut last = self.last_status.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref() != Some(&status) {
            // Nobody watching is no fault.
            let _listeners = self.events.send(Event::Status { status: Box::new(status.clone()) });
            *last = Some(status);
        }
    }

    /// Tells people once and on one line what another edition changed for them.
    fn tell_change(&self, before: &DecisionContext, after: &DecisionContext) {
        let (LoadedPolicy::Current(before), LoadedPolicy::Current(after)) = (&before.held, &after.held)
        else {
            return;
        };
        let Some(sentence) = policy_text::changes(before, after) else { return };
        tracing::info!(sentence, "what the policy changes for people");
        let change = PolicyChange { at: host::clock::now(), sentence: sentence.clone() };
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) = Some(change);
        // Nobody watching is no fault.
        let _listeners = self.events.send(Event::PolicyChanged { stamp: after.stamp().clone(), sentence });
    }
}

fn stamp(context: &DecisionContext) -> Option<&PolicyStamp> {
    match &context.held {
        LoadedPolicy::Current(policy) => Some(policy.stamp()),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}
