//! Keeps what is ours of the engines: whenever a file, a process or the policy changed, and once in a while, the
//! steward puts it back. Our own writes are no drift, since a plan for what is as it should be is empty. Nothing is
//! done while a pause holds, without an enrollment, and while somebody else has the turn.

use std::{path::PathBuf, sync::Arc, time::Duration};

use engines::{EngineId, Found, Repaired, Restarted};
use host::watch::Watch;
use policy::{DecisionContext, LoadedPolicy, PolicyStamp};
use steward_protocol::{RepairOf, StewardRequest, StewardResponse};
use tokio::sync::{
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    watch::Receiver,
};

use super::{
    Engines, bypasses,
    conditions::{self, drift},
    places, processes,
};
use crate::{steward_client::StewardError, time};

/// Files that only root can see are compared this often, by their times. The steward, which remembers them, ends after
/// a quiet minute.
const COMPARE: Duration = Duration::from_secs(50);
/// What no file tells of is asked this often.
const ASK: Duration = Duration::from_mins(10);
/// Processes of engines are counted this often.
const COUNT: Duration = Duration::from_secs(5);

/// What the machine looked like when it was last looked at.
struct Reconciler {
    watch: Option<(Vec<PathBuf>, Watch)>,
    touched: UnboundedReceiver<Vec<PathBuf>>,
    touch: UnboundedSender<Vec<PathBuf>>,
    context: Receiver<Arc<DecisionContext>>,
    /// Which policy they were last led by.
    policy: Option<PolicyStamp>,
    running: Vec<processes::Running>,
    found: Vec<Found>,
    compared: Duration,
    asked: Duration,
    /// Whether something could be done the last time.
    acted: bool,
}

/// Why something is done.
#[derive(Debug, PartialEq, Eq)]
enum Cause {
    Policy,
    Files(Vec<PathBuf>),
    Processes,
    Compare,
    Time(&'static str),
}

/// Keeps the engines for good.
pub(super) async fn keep(engines: &Arc<Engines>) {
    let (touch, touched) = unbounded_channel();
    let (watch, running) = (None, processes::of_engines());
    let now = host::clock::boottime();
    let mut context = engines.context.clone();
    let policy = stamp(&context.borrow_and_update());
    let mut reconciler = Reconciler {
        watch,
        touched,
        touch,
        context,
        policy,
        running,
        found: Vec::new(),
        compared: now,
        asked: now,
        acted: true,
    };
    reconciler.watch();
    // The policy, or a file, may have changed while no service ran.
    let mut cause = Cause::Policy;
    loop {
        tracing::debug!(?cause, "the engines are looked after");
        reconciler.repair(engines, &cause).await;
        cause = reconciler.wait(engines).await;
    }
}

impl Reconciler {
    async fn wait(&mut self, engines: &Engines) -> Cause {
        loop {
            let now = host::clock::boottime();
            let compare = self.compared + COMPARE;
            let due = drift(engines, |drift| drift.poll_timeout());
            match due {
                Some((at, why)) if at <= now => return Cause::Time(why),
                _ if self.asked + ASK <= now => return Cause::Time("nobody asked for a while"),
                _ if compare <= now => return Cause::Compare,
                _ => {}
            }
            let at = due.map_or(compare, |(at, _)| at.min(compare));
            tokio::select! {
                biased;
                Ok(()) = self.context.changed() => {
                    let policy = stamp(&self.context.borrow_and_update());
                    if policy != self.policy {
                        self.policy = policy;
                        return Cause::Policy;
                    }
                }
                Some(paths) = self.touched.recv() => return Cause::Files(paths),
                () = tokio::time::sleep((at - now).min(COUNT)) => {}
            }
            if !self.acted && may_act(engines) {
                return Cause::Time("a pause has ended");
            }
            let running = processes::of_engines();
            if running != self.running {
                self.running = running;
                return Cause::Processes;
            }
        }
    }

    async fn repair(&mut self, engines: &Arc<Engines>, cause: &Cause) {
        let quick = *cause == Cause::Compare;
        self.compared = host::clock::boottime();
        if !quick {
            self.asked = self.compared;
        }
        self.acted = may_act(engines);
        if !self.acted {
            if *cause == Cause::Policy {
                engines.request_check();
            }
            return;
        }
        let _turn = engines.turn.lock().await;
        // A pause may have begun while it was waited for.
        self.acted = may_act(engines);
        if !self.acted {
            return;
        }
        let (found, repaired) = match ask(engines, quick).await {
            Ok(answer) => answer,
            Err(error) => return super::tell_unknown(engines, &error),
        };
        let now = host::clock::boottime();
        let done: Vec<&Repaired> = repaired.iter().filter(|it| is_something(it)).collect();
        for it in &done {
            tell_log(it);
        }
        if !done.is_empty() {
            engines.have_changed();
        }
        drift(engines, |drift| repaired.iter().for_each(|it| drift.handle_repaired(it, now)));
        conditions::repaired(engines, &done);
        let is_new = seen(&found) != seen(&self.found);
        bypasses::tell(engines, &found);
        self.found = found;
        self.watch();
        let is_quiet = matches!(cause, Cause::Time(_) | Cause::Compare);
        // A person's own proxy may have changed with their files, or with the process that read them.
        if !done.is_empty() || !is_quiet {
            engines.upstreams.refresh().await;
        }
        if is_new || !done.is_empty() || !is_quiet {
            engines.request_check();
        }
    }

    /// Watches where the engines that were found keep their files.
    fn watch(&mut self) {
        let paths = places::watched(&self.found);
        if self.watch.as_ref().is_some_and(|(watched, _)| *watched == paths) {
            return;
        }
        let touch = self.touch.clone();
        // The keeper lives as long as its watch.
        match Watch::start(paths.clone(), move |changed| touch.send(changed).unwrap_or_default()) {
            Ok(watch) => self.watch = Some((paths, watch)),
            Err(error) => tracing::warn!(%error, "changes of the engines' files are noticed late"),
        }
    }
}

/// Whoever paused enforcement may have a reason to change engines; what never held a policy has no routes to keep.
fn may_act(engines: &Engines) -> bool {
    let situation = Arc::clone(&engines.context.borrow());
    let is_paused = situation.pause.as_ref().is_some_and(|pause| pause.until > time::now());
    super::is_enrolled(engines) && !is_paused && super::knows_routes(engines)
}

async fn ask(engines: &Engines, quick: bool) -> Result<(Vec<Found>, Vec<Repaired>), StewardError> {
    let now = host::clock::boottime();
    let permitted =
        |engine| Some(RepairOf { engine, restart: drift(engines, |drift| drift.may(engine, now))? });
    let request = StewardRequest::Repair {
        engines: EngineId::ALL.into_iter().filter_map(permitted).collect(),
        routing: super::routing(engines, false),
        quick,
    };
    let StewardResponse::Repaired { found, engines: repaired } = engines.steward.ask(request).await? else {
        return Err(StewardError::Unexpected);
    };
    Ok((found, repaired))
}

fn stamp(context: &DecisionContext) -> Option<PolicyStamp> {
    match &context.held {
        LoadedPolicy::Current(policy) => Some(policy.stamp().clone()),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}

/// What of the engines does not change by their everyday work.
fn seen(found: &[Found]) -> Vec<String> {
    let one = |it: &Found| format!("{} {:?} {:?} {:?}", it.name, it.version, it.routable, bypasses::of(it));
    found.iter().map(one).collect()
}

fn is_something(repaired: &Repaired) -> bool {
    !repaired.written.is_empty() || repaired.restart == Restarted::Once
}

fn tell_log(repaired: &Repaired) {
    let Repaired { engine, changed, written, restart, failed, .. } = repaired;
    tracing::info!(%engine, ?changed, ?written, ?restart, ?failed, "what is ours was put back");
}
