//! The machine's engines as the service sees them: asked of the steward, remembered for status, led anew when the
//! policy names other registries.

mod drift;
mod keep;
mod places;
mod processes;
mod report;
mod told;
mod verbs;
mod ways_round;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engines::{EngineId, Wish};
use gateway::{Gate, Upstreams};
use jiff::Timestamp;
use policy::Held;
use tokio::{
    sync::{MutexGuard, Notify, watch},
    time::Instant,
};
use wire::{Condition, EngineReport, EnginesSummary, Routed, Severity, StewardRequest, StewardResponse};

use super::{core::Core, leaves, steward_client::StewardError, upstreams};

use drift::Drift;
pub(super) use verbs::{apply, plan, plan_restore, restore, verify};

/// What is known of the engines.
#[derive(Default)]
pub(super) struct Engines {
    gate: Mutex<Option<Arc<Gate>>>,
    reports: Mutex<Vec<EngineReport>>,
    changed: Notify,
    /// Somebody wants them looked at.
    wanted: Notify,
    drift: Mutex<Drift>,
    /// What the last policy in force named.
    routes: Mutex<Option<(Vec<String>, bool)>>,
    /// What is told of an engine besides what it said itself.
    kept: Mutex<BTreeMap<EngineId, Kept>>,
    /// Held while engines are routed or given back: what is given back must not be routed again by who began earlier.
    turn: tokio::sync::Mutex<()>,
    /// Whether they were looked at since the start.
    looked: watch::Sender<bool>,
}

/// When an engine was last repaired, and what needs eyes since.
#[derive(Default)]
struct Kept {
    repaired_at: Option<Timestamp>,
    conditions: Vec<Condition>,
}

const CODE: &str = "engines-unknown";
/// Somebody who asks right after the start rather waits than hears of no engines.
const FIRST_LOOK: Duration = Duration::from_secs(8);

impl Engines {
    /// The gateway whose way to registries follows the machine.
    pub(super) fn attach(&self, gate: Arc<Gate>) {
        *self.gate.lock().unwrap_or_else(PoisonError::into_inner) = Some(gate);
    }

    pub(super) fn reach(&self, upstreams: Upstreams) {
        if let Some(gate) = self.gate.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
            gate.reach(upstreams);
        }
    }

    /// Engines that are routed by name may have to learn other names.
    pub(super) fn policy_changed(&self) {
        self.changed.notify_one();
    }

    pub(super) fn reports(&self) -> Vec<EngineReport> {
        let mut reports = self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (engine, kept) in self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let main = |report: &&mut EngineReport| report.engine == engine.as_str();
            if let Some(report) = reports.iter_mut().find(main) {
                report.repaired_at = kept.repaired_at;
                report.conditions.clone_from(&kept.conditions);
            }
        }
        reports
    }

    fn look_soon(&self) {
        self.wanted.notify_one();
    }

    /// Waits for the first look at the engines, but not for long.
    pub(super) async fn first_look(&self) {
        let mut looked = self.looked.subscribe();
        let first = looked.wait_for(|looked| *looked);
        if tokio::time::timeout(FIRST_LOOK, first).await.is_err() {
            tracing::info!("the engines are still being looked at");
        }
    }

    pub(super) fn remember(&self, reports: Vec<EngineReport>) {
        *self.reports.lock().unwrap_or_else(PoisonError::into_inner) = reports;
    }

    pub(super) fn summary(&self) -> EnginesSummary {
        let reports = self.reports();
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
/// A canary is pulled at least this often.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Looks at the engines at the start, whenever something about them may have changed, once a day, and until they could
/// be asked; what is ours of them is kept meanwhile.
pub(super) async fn look_after(core: Arc<Core>) {
    upstreams::refresh(Arc::clone(&core)).await;
    look(&core).await;
    // The policy, or a file, may have changed while no service ran.
    core.engines.policy_changed();
    tokio::join!(keep::keep(&core), look_again(&core));
}

async fn look_again(core: &Arc<Core>) {
    let mut looked = Instant::now();
    loop {
        tokio::select! {
            () = core.engines.wanted.notified() => {}
            () = tokio::time::sleep(AGAIN) => {
                let in_trouble = core.conditions.any(&[CODE, upstreams::CODE, leaves::CODE]);
                if !in_trouble && looked.elapsed() < DAY {
                    continue;
                }
                if in_trouble {
                    upstreams::refresh(Arc::clone(core)).await;
                }
            }
        }
        looked = Instant::now();
        look(core).await;
    }
}

async fn look(core: &Arc<Core>) {
    let seen = verify(core, None).await;
    core.engines.looked.send_replace(true);
    match seen {
        Ok(reports) => {
            core.conditions.clear(CODE);
            told::proved(core, &reports);
            core.images.look_soon();
        }
        Err(error) => tell_unknown(core, &error),
    }
}

fn tell_unknown(core: &Core, error: &StewardError) {
    let sentence = format!("The engines of this machine could not be asked: {error}");
    core.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
}

/// Keeps engines from being changed, once whoever changes them has finished; nobody waits for that long.
pub(super) async fn turn(core: &Core) -> Option<MutexGuard<'_, ()>> {
    const REPAIR: Duration = Duration::from_secs(2);
    tokio::time::timeout(REPAIR, core.engines.turn.lock()).await.ok()
}

fn is_enrolled(core: &Core) -> bool {
    core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().is_some()
}

/// The registries that the policy names, and whether it blocks all others; those of the last good one while there is
/// none, so that what cannot be read never opens a way.
fn routes(core: &Core) -> (Vec<String>, bool) {
    let situation = Arc::clone(&core.situation.borrow());
    let mut known = core.engines.routes.lock().unwrap_or_else(PoisonError::into_inner);
    if let Held::Current(policy) = &situation.held {
        let registries = policy.registries();
        let exact = registries.into_iter().filter_map(|pattern| pattern.exact().map(ToString::to_string));
        let named = exact.filter(|registry| registry != "docker.io").collect();
        *known = Some((named, !policy.lets_unlisted_registries_pass()));
    }
    known.clone().unwrap_or_default()
}

/// Whether it is known which registries are to be routed; without any policy ever, none are.
fn knows_routes(core: &Core) -> bool {
    routes(core);
    let is_known = core.engines.routes.lock().unwrap_or_else(PoisonError::into_inner).is_some();
    is_known || matches!(core.situation.borrow().held, Held::Absent)
}

/// The routing that every engine should have.
async fn wish(core: &Core, may_stop_containers: bool) -> Result<Wish, StewardError> {
    let StewardResponse::Authorities { mirror_pem, intercept_pem } =
        core.steward.ask(StewardRequest::Authorities).await?
    else {
        return Err(StewardError::Unexpected);
    };
    let (registries, blocks_unlisted) = routes(core);
    Ok(Wish {
        proxy: format!("http://{}", core.addresses.proxy),
        mirror: core.addresses.mirror.to_string(),
        mirror_ca_pem: mirror_pem,
        intercept_ca_dir: "/etc/pullgate/ca".into(),
        intercept_ca_pem: intercept_pem,
        registries,
        blocks_unlisted,
        // Both words of the policy let registries of this machine pass; one of them also records.
        loopback_allowed: true,
        may_stop_containers,
    })
}
