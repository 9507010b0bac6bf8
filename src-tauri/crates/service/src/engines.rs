//! The machine's engines as the service sees them: asked of the steward, remembered for status, led anew when the
//! policy names other registries.

mod bypasses;
mod conditions;
mod drift;
mod places;
mod processes;
mod proofs;
mod reconcile;
mod report;
mod shown;
mod steps;
mod unrouted;
mod verbs;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use engines::EngineId;
use jiff::Timestamp;
use policy::{DecisionContext, LoadedPolicy};
use steward_protocol::RoutingRequest;
use tokio::{
    sync::{MutexGuard, Notify, watch},
    time::Instant,
};
use wire::{Condition, EngineReport, EnginesSummary, Routed, Severity};

use super::{
    conditions::Conditions,
    in_force::InForce,
    leaf_certificates,
    listeners::Addresses,
    own_egress::OwnEgress,
    ports,
    shared::Shared,
    steward_client::{Steward, StewardError},
    upstreams::{self, UpstreamMonitor},
};

pub(super) use bypasses::{NOT_PROVED, NOT_ROUTED, forget_shown};
use drift::Drift;
use proofs::Proofs;
use shown::verify;
pub(super) use shown::{checks, verify_for};
pub(super) use steps::Steps;
use unrouted::Look;
pub(super) use verbs::{apply, plan, plan_restore, restore};

/// What is known of the engines, and whom it takes to know more.
pub(super) struct Engines {
    steward: Steward,
    conditions: Arc<Conditions>,
    addresses: Addresses,
    in_force: watch::Receiver<InForce>,
    context: watch::Receiver<Arc<DecisionContext>>,
    upstreams: Arc<UpstreamMonitor>,
    own_egress: Arc<OwnEgress>,
    shown: Mutex<Vec<Shown>>,
    /// Somebody wants them looked at.
    wanted: Notify,
    drift: Mutex<Drift>,
    /// What the last policy in force named.
    routes: Mutex<Option<Routes>>,
    /// What is told of an engine besides what it said itself.
    repair_states: Mutex<BTreeMap<EngineId, RepairState>>,
    /// When each last proved that it is routed.
    proofs: Mutex<Proofs>,
    /// What is told of engines that are not routed.
    bypasses: Mutex<bypasses::Bypasses>,
    /// Since when an enrollment has just begun or ended, and whoever brought it is about to route the engines.
    settling: Mutex<Option<Instant>>,
    /// Held while engines are routed or given back: what is given back must not be routed again by who began earlier.
    turn: tokio::sync::Mutex<()>,
    /// Whether they were looked at since the start.
    looked: watch::Sender<bool>,
    /// Changes whenever they were looked at to the end.
    checked: watch::Sender<()>,
    /// What they last showed to people who are not root.
    asked: Shared<Vec<EngineReport>>,
    /// How often they were changed.
    changes: AtomicU64,
}

/// An engine's report, and what the look at it showed besides.
type Shown = (EngineReport, Look);

/// When an engine was last repaired, and what needs eyes since.
#[derive(Default)]
struct RepairState {
    repaired_at: Option<Timestamp>,
    conditions: Vec<Condition>,
}

const CODE: &str = "engines-unknown";
/// Somebody who asks right after the start rather waits than hears of no engines.
const FIRST_LOOK: Duration = Duration::from_secs(8);

/// So long after an enrollment engines that are not routed yet are nothing to tell.
const SETTLING: Duration = Duration::from_secs(30);

impl Engines {
    /// What is known from before the start.
    pub(super) fn new(
        state: &Path,
        addresses: Addresses,
        context: watch::Receiver<Arc<DecisionContext>>,
        upstreams: Arc<UpstreamMonitor>,
    ) -> Self {
        Self {
            steward: upstreams.steward.clone(),
            conditions: Arc::clone(&upstreams.conditions),
            addresses,
            in_force: upstreams.in_force.clone(),
            context,
            own_egress: Arc::clone(&upstreams.own_egress),
            upstreams,
            shown: Mutex::default(),
            wanted: Notify::new(),
            drift: Mutex::default(),
            routes: Mutex::default(),
            repair_states: Mutex::default(),
            proofs: Mutex::new(Proofs::read(state)),
            bypasses: Mutex::default(),
            settling: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            looked: watch::Sender::default(),
            checked: watch::Sender::default(),
            asked: Shared::default(),
            changes: AtomicU64::default(),
        }
    }

    /// Changes whenever the engines were looked at to the end, as other images may be there by then.
    pub(super) fn subscribe_checks(&self) -> watch::Receiver<()> {
        self.checked.subscribe()
    }

    fn end_settling(&self) {
        *self.settling.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_settling(&self) -> bool {
        let since = *self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        since.is_some_and(|since| since.elapsed() < SETTLING)
    }

    /// Whether it is time to tell what was kept back.
    fn has_settled(&self) -> bool {
        let mut since = self.settling.lock().unwrap_or_else(PoisonError::into_inner);
        since.take_if(|since| since.elapsed() >= SETTLING).is_some()
    }

    /// Whether another look may show what the last one did not.
    fn is_undecided(&self) -> bool {
        self.shown().iter().any(|(_, look)| look.is_undecided)
    }

    pub(super) fn reports(&self) -> Vec<EngineReport> {
        self.shown().into_iter().map(|(report, _)| report).collect()
    }

    fn shown(&self) -> Vec<Shown> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (engine, state) in self.repair_states.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let main = |(report, _): &&mut Shown| report.engine == engine.as_str();
            if let Some((report, _)) = shown.iter_mut().find(main) {
                report.repaired_at = state.repaired_at;
                report.conditions.clone_from(&state.conditions);
            }
        }
        shown
    }

    /// They were changed: whoever looks at them sees what was before.
    fn have_changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    fn request_check(&self) {
        self.wanted.notify_one();
    }

    /// Waits for the first look at the engines, but not for long.
    pub(super) async fn wait_first_check(&self) {
        let mut looked = self.looked.subscribe();
        let first = looked.wait_for(|looked| *looked);
        if tokio::time::timeout(FIRST_LOOK, first).await.is_err() {
            tracing::info!("the engines are still being looked at");
        }
    }

    fn remember(&self, shown: Vec<Shown>) {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = shown;
    }

    pub(super) fn summary(&self) -> EnginesSummary {
        // What does not run on purpose is no gap.
        let mut reports = self.reports();
        reports.retain(|report| !report.stopped);
        let count = |routed: Routed| {
            u32::try_from(reports.iter().filter(|one| one.routed == routed).count()).unwrap_or(u32::MAX)
        };
        EnginesSummary {
            found: u32::try_from(reports.len()).unwrap_or(u32::MAX),
            routed: count(Routed::Yes),
            partly: count(Routed::Partly),
        }
    }
}

/// How soon the steward is asked again that could not be asked.
const AGAIN: Duration = Duration::from_secs(5);
/// The longest time between two tries of a proof that could not be made.
const LONGEST: Duration = Duration::from_secs(600);
/// A canary is pulled at least this often.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Looks at the engines at the start, whenever something about them may have changed, once a day, and until they could
/// be asked; what is ours of them is kept meanwhile.
pub(super) async fn run(engines: Arc<Engines>) {
    engines.upstreams.refresh().await;
    look(&engines).await;
    tokio::join!(reconcile::keep(&engines), poll(&engines));
}

async fn poll(engines: &Arc<Engines>) {
    let mut looked = Instant::now();
    let mut patience = AGAIN;
    loop {
        tokio::select! {
            () = engines.wanted.notified() => {}
            () = tokio::time::sleep(AGAIN) => {
                // Nothing else tells of a setting of the kernel.
                ports::look(engines.addresses, &engines.conditions);
                let in_trouble = engines.conditions.any(&[CODE, upstreams::CODE, leaf_certificates::CODE]);
                let is_undecided = engines.is_undecided() && looked.elapsed() >= patience;
                let has_settled = engines.has_settled();
                if !in_trouble && !is_undecided && !has_settled && looked.elapsed() < DAY {
                    continue;
                }
                if is_undecided {
                    patience = (patience * 2).min(LONGEST);
                }
                if in_trouble {
                    engines.upstreams.refresh().await;
                }
            }
        }
        looked = Instant::now();
        look(engines).await;
        if !engines.is_undecided() {
            patience = AGAIN;
        }
    }
}

async fn look(engines: &Arc<Engines>) {
    ports::look(engines.addresses, &engines.conditions);
    let seen = verify(engines, None).await;
    engines.looked.send_replace(true);
    match seen {
        Ok(_) => {
            engines.conditions.clear(CODE);
            engines.checked.send_replace(());
        }
        Err(error) => tell_unknown(engines, &error),
    }
}

fn tell_unknown(engines: &Engines, error: &StewardError) {
    let sentence = format!("The engines of this machine could not be asked: {error}");
    engines.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
}

/// An enrollment has begun or ended, or every engine is given back: what that means for each will be known in a moment.
pub(super) fn begin_settling(engines: &Engines) {
    *engines.settling.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    bypasses::forget_shown(engines);
}

/// Keeps engines from being changed, once whoever changes them has finished; nobody waits for that long.
pub(super) async fn turn(engines: &Engines) -> Option<MutexGuard<'_, ()>> {
    const REPAIR: Duration = Duration::from_secs(2);
    tokio::time::timeout(REPAIR, engines.turn.lock()).await.ok()
}

fn is_enrolled(engines: &Engines) -> bool {
    engines.in_force.borrow().enrolled.good().is_some()
}

/// What engines have to know of a policy.
#[derive(Clone, Default)]
struct Routes {
    /// The registries that it names.
    named: Vec<String>,
    /// Whether it blocks all others.
    blocks_unlisted: bool,
    /// Whether it judges them all the same.
    judges_unlisted: bool,
}

/// Those of the policy, or of the last good one while there is none, so that what cannot be read never opens a way.
fn routes(engines: &Engines) -> Routes {
    let situation = Arc::clone(&engines.context.borrow());
    let mut known = engines.routes.lock().unwrap_or_else(PoisonError::into_inner);
    if let LoadedPolicy::Current(policy) = &situation.held {
        let registries = policy.registries();
        let exact = registries.into_iter().filter_map(|pattern| pattern.exact().map(ToString::to_string));
        let named = exact.filter(|registry| registry != "docker.io").collect();
        *known = Some(Routes {
            named,
            blocks_unlisted: !policy.lets_unlisted_registries_pass(),
            judges_unlisted: policy.judges_unlisted_registries(),
        });
    }
    known.clone().unwrap_or_default()
}

/// Whether it is known which registries are to be routed; without any policy ever, none are.
fn knows_routes(engines: &Engines) -> bool {
    routes(engines);
    let is_known = engines.routes.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    is_known || matches!(engines.context.borrow().held, LoadedPolicy::Absent)
}

/// The routing that every engine should have.
fn routing(engines: &Engines, may_stop_containers: bool) -> RoutingRequest {
    let Routes { named: registries, blocks_unlisted, judges_unlisted } = routes(engines);
    RoutingRequest {
        proxy: format!("http://{}", engines.addresses.proxy),
        mirror: engines.addresses.mirror.to_string(),
        registries,
        blocks_unlisted,
        judges_unlisted,
        // Both words of the policy let registries of this machine pass; one of them also records.
        loopback_allowed: true,
        may_stop_containers,
        proxies: engines::ProxyAnswers::default(),
    }
}
