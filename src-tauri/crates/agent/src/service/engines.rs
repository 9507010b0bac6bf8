//! The machine's engines as the service sees them: asked of the steward, remembered for status, led anew when the
//! policy names other registries.

mod report;
mod verbs;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engines::Wish;
use gateway::{Gate, Upstreams};
use policy::Held;
use tokio::sync::{Notify, watch};
use wire::{EngineReport, EnginesSummary, Routed, Severity, StewardRequest, StewardResponse};

use super::{core::Core, leaves, steward_client::StewardError, upstreams};

pub(super) use verbs::{apply, plan, plan_restore, restore, verify};

/// What is known of the engines.
#[derive(Default)]
pub(super) struct Engines {
    gate: Mutex<Option<Arc<Gate>>>,
    reports: Mutex<Vec<EngineReport>>,
    changed: Notify,
    /// Held while engines are routed or given back: what is given back must not be routed again by who began earlier.
    turn: tokio::sync::Mutex<()>,
    /// Whether they were looked at since the start.
    looked: watch::Sender<bool>,
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
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

/// Looks at the engines at the start, again whenever the policy changes, and until they could be asked.
pub(super) async fn look_after(core: Arc<Core>) {
    upstreams::refresh(Arc::clone(&core)).await;
    look(&core).await;
    // The policy may have changed while no service ran.
    core.engines.policy_changed();
    loop {
        tokio::select! {
            () = core.engines.changed.notified() => lead_anew(&core).await,
            () = tokio::time::sleep(AGAIN) => {
                if !core.conditions.any(&[CODE, upstreams::CODE, leaves::CODE]) {
                    continue;
                }
                upstreams::refresh(Arc::clone(&core)).await;
            }
        }
        look(&core).await;
    }
}

/// Only engines that are led through the gateway already are led anew.
async fn lead_anew(core: &Arc<Core>) {
    let _turn = core.engines.turn.lock().await;
    let reports = core.engines.reports().into_iter();
    let routed: Vec<String> =
        reports.filter(|report| report.routed != Routed::No).map(|report| report.engine).collect();
    for engine in routed {
        if let Err(error) = verbs::route(core, Some(engine), false).await {
            core.conditions.raise(
                CODE,
                Severity::Attention,
                error.to_string(),
                Some("Run `pullgate doctor`"),
            );
        }
    }
}

async fn look(core: &Arc<Core>) {
    let seen = verify(core, None).await;
    core.engines.looked.send_replace(true);
    match seen {
        Ok(_) => {
            core.conditions.clear(CODE);
            core.images.look_soon();
        }
        Err(error) => {
            let sentence = format!("The engines of this machine could not be asked: {error}");
            core.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
        }
    }
}

fn is_enrolled(core: &Core) -> bool {
    core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().is_some()
}

/// The routing that every engine should have.
async fn wish(core: &Core, may_stop_containers: bool) -> Result<Wish, StewardError> {
    let StewardResponse::Authorities { mirror_pem, intercept_pem } =
        core.steward.ask(StewardRequest::Authorities).await?
    else {
        return Err(StewardError::Unexpected);
    };
    let situation = Arc::clone(&core.situation.borrow());
    let policy = match &situation.held {
        Held::Current(policy) => Some(policy),
        Held::Absent | Held::Unusable { .. } => None,
    };
    let registries: Vec<String> = policy
        .iter()
        .flat_map(|policy| policy.registries())
        .filter_map(|pattern| pattern.exact().map(ToString::to_string))
        .filter(|registry| registry != "docker.io")
        .collect();
    Ok(Wish {
        proxy: format!("http://{}", core.addresses.proxy),
        mirror: core.addresses.mirror.to_string(),
        mirror_ca_pem: mirror_pem,
        intercept_ca_dir: "/etc/pullgate/ca".into(),
        intercept_ca_pem: intercept_pem,
        registries,
        blocks_unlisted: policy.is_some_and(|policy| !policy.lets_unlisted_registries_pass()),
        // Both words of the policy let registries of this machine pass; one of them also records.
        loopback_allowed: true,
        may_stop_containers,
    })
}
