//! The machine's engines as the service sees them: asked of the steward, remembered for status, led anew when the
//! policy names other registries.

mod bypasses;
mod conditions_of;
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
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use engines::EngineId;
use gateway::{Gate, Upstreams};
use host::dirs::Dirs;
use jiff::Timestamp;
use policy::LoadedPolicy;
use steward_protocol::RoutingRequest;
use tokio::{
    sync::{MutexGuard, Notify, watch},
    time::Instant,
};
use wire::{Condition, EngineReport, EnginesSummary, Routed, Severity};

use super::{core::Core, leaf_certificates, ports, shared::Shared, steward_client::StewardError, upstreams};

pub(super) use bypasses::{NOT_PROVED, NOT_ROUTED, forget_shown};
use drift::Drift;
use proofs::Proofs;
use shown::verify;
pub(super) use shown::{checks, verify_for};
pub(super) use steps::Steps;
use unrouted::Look;
pub(super) use verbs::{apply, plan, plan_restore, restore};

/// What is known of the engines.
#[derive(Default)]
pub(super) struct Engines {
    gate: Mutex<Option<Arc<Gate>>>,
    shown: Mutex<Vec<Shown>>,
    changed: Notify,
    /// Somebody wants them looked at.
    wanted: Notify,
    drift: Mutex<Drift>,
    /// What the last policy in force named.
    routes: Mutex<Option<Routes>>,
    /// What is told of an engine besides what it said itself.
    kept: Mutex<BTreeMap<EngineId, Kept>>,
    /// When each last proved that it is routed.
    proofs: Mutex<Proofs>,
    /// What is told of engines that are not routed.
    ways: Mutex<bypasses::Bypasses>,
    /// Since when an enrollment has just begun or ended, and whoever brought it is about to route the engines.
    settling: Mutex<Option<Instant>>,
    /// Held while engines are routed or given back: what is given back must not be routed again by who began earlier.
    turn: tokio::sync::Mutex<()>,
    /// Whether they were looked at since the start.
    looked: watch::Sender<bool>,
    /// What they last showed to people who are not root.
    asked: Shared<Vec<EngineReport>>,
    /// How often they were changed.
    changes: AtomicU64,
}

/// An engine's report, and what the look at it showed besides.
type Shown = (EngineReport, Look);

/// When an engine was last repaired, and what needs eyes since.
#[derive(Default)]
struct Kept {
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
    pub(super) fn at(dirs: &Dirs) -> Self {
        Self { proofs: Mutex::new(Proofs::read(&dirs.state)), ..Self::default() }
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

    /// The gateway whose way to registries follows the machine.
    pub(super) fn attach(&self, gate: Arc<Gate>) {
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(gate);
    }

    pub(super) fn reach(&self, upstreams: Upstreams) {
        if let Some(gate) = self.gate.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            gate.set_upstreams(upstreams);
        }
    }

    /// Engines that are routed by name may have to learn other names.
    pub(super) fn policy_changed(&self) {
        self.changed.notify_one();
    }

    pub(super) fn reports(&self) -> Vec<EngineReport> {
        self.shown().into_iter().map(|(report, _)| report).collect()
    }

    fn shown(&self) -> Vec<Shown> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (engine, kept) in self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let main = |(report, _): &&mut Shown| report.engine == engine.as_str();
            if let Some((report, _)) = shown.iter_mut().find(main) {
                report.repaired_at = kept.repaired_at;
                report.conditions.clone_from(&kept.conditions);
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
pub(super) async fn run(core: Arc<Core>) {
    upstreams::refresh(Arc::clone(&core)).await;
    look(&core).await;
    // The policy, or a file, may have changed while no service ran.
    core.engines.policy_changed();
    tokio::join!(reconcile::keep(&core), poll(&core));
}

async fn poll(core: &Arc<Core>) {
    let mut looked = Instant::now();
    let mut patience = AGAIN;
    loop {
        tokio::select! {
            () = core.engines.wanted.notified() => {}
            () = tokio::time::sleep(AGAIN) => {
                // Nothing else tells of a setting of the kernel.
                ports::look(core);
                let in_trouble = core.conditions.any(&[CODE, upstreams::CODE, leaf_certificates::CODE]);
                let is_undecided = core.engines.is_undecided() && looked.elapsed() >= patience;
                let has_settled = core.engines.has_settled();
                if !in_trouble && !is_undecided && !has_settled && looked.elapsed() < DAY {
                    continue;
                }
                if is_undecided {
                    patience = (patience * 2).min(LONGEST);
                }
                if in_trouble {
                    upstreams::refresh(Arc::clone(core)).await;
                }
            }
        }
        looked = Instant::now();
        look(core).await;
        if !core.engines.is_undecided() {
            patience = AGAIN;
        }
    }
}

async fn look(core: &Arc<Core>) {
    ports::look(core);
    let seen = verify(core, None).await;
    core.engines.looked.send_replace(true);
    match seen {
        Ok(_) => {
            core.conditions.clear(CODE);
            core.images.request_check();
        }
        Err(error) => tell_unknown(core, &error),
    }
}

fn tell_unknown(core: &Core, error: &StewardError) {
    let sentence = format!("The engines of this machine could not be asked: {error}");
    core.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
}

/// An enrollment has begun or ended, or every engine is given back: what that means for each will be known in a moment.
pub(super) fn begin_settling(core: &Core) {
    *core.engines.settling.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    bypasses::forget_shown(core);
}

/// Keeps engines from being changed, once whoever changes them has finished; nobody waits for that long.
pub(super) async fn turn(core: &Core) -> Option<MutexGuard<'_, ()>> {
    const REPAIR: Duration = Duration::from_secs(2);
    tokio::time::timeout(REPAIR, core.engines.turn.lock()).await.ok()
}

fn is_enrolled(core: &Core) -> bool {
    core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().is_some()
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
fn routes(core: &Core) -> Routes {
    let situation = Arc::clone(&core.situation.borrow());
    let mut known = core.engines.routes.lock().unwrap_or_else(PoisonError::into_inner);
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
fn knows_routes(core: &Core) -> bool {
    routes(core);
    let is_known = core.engines.routes.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    is_known || matches!(core.situation.borrow().held, LoadedPolicy::Absent)
}

/// The routing that every engine should have.
fn routing(core: &Core, may_stop_containers: bool) -> RoutingRequest {
    let Routes { named: registries, blocks_unlisted, judges_unlisted } = routes(core);
    RoutingRequest {
        proxy: format!("http://{}", core.addresses.proxy),
        mirror: core.addresses.mirror.to_string(),
        registries,
        blocks_unlisted,
        judges_unlisted,
        // Both words of the policy let registries of this machine pass; one of them also records.
        loopback_allowed: true,
        may_stop_containers,
        proxies: engines::ProxyAnswers::default(),
    }
}
