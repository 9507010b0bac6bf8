//! What the running engines show: each is asked by the steward, all side by side, and what they showed is remembered,
//! told, and made into checks.

use std::sync::{Arc, PoisonError, atomic::Ordering};

use engines::{Canary, EngineId, Found, Verified};
use ipc::Failure;
use steward_protocol::{RoutingRequest, StewardRequest, StewardResponse};
use tokio::task::JoinSet;
use wire::{Check, EngineReport, Routed, Severity};

use super::{
    Engines, Shown, bypasses, conditions, report, routing,
    steps::Steps,
    unrouted::{self, Look, Planned},
    verbs,
};
use crate::{shared::APART, steward_client::StewardError};

/// Asks the running engines whether they are routed.
pub(crate) async fn verify(
    engines: &Arc<Engines>,
    engine: Option<String>,
) -> Result<Vec<EngineReport>, StewardError> {
    let reports = look(engines, engine, &Steps::default()).await?;
    conditions::proved(engines, &reports);
    Ok(reports)
}

/// The same for whoever asks: root has the engines asked at once, everybody else shares what was last shown.
pub(crate) async fn verify_for(
    engines: &Arc<Engines>,
    engine: Option<String>,
    uid: u32,
) -> Result<Vec<EngineReport>, Failure> {
    if uid == 0 {
        return Ok(verify(engines, engine).await?);
    }
    let asking = Arc::clone(engines);
    let make = async move { Ok(verify(&asking, None).await?) };
    let mut reports = engines.asked.get(APART, make).await?;
    reports.retain(|report| engine.as_ref().is_none_or(|engine| *engine == report.engine));
    Ok(reports)
}

/// An engine may be changed while it is asked; then it is asked again, but not for ever.
const TRIES: u32 = 3;

/// Asks them, and tells what is waited for.
pub(super) async fn look(
    engines: &Arc<Engines>,
    engine: Option<String>,
    steps: &Steps,
) -> Result<Vec<EngineReport>, StewardError> {
    let is_wanted = |name: &str| engine.as_ref().is_none_or(|wanted| *wanted == name);
    let mut tries = 0;
    while !look_once(engines, &is_wanted, steps).await? {
        tries += 1;
        if tries == TRIES {
            engines.request_check();
            break;
        }
    }
    Ok(engines.reports().into_iter().filter(|report| is_wanted(&report.engine)).collect())
}

/// Whether what they showed is of now: what was seen before an engine was changed is no news after it.
async fn look_once(
    engines: &Arc<Engines>,
    is_wanted: &impl Fn(&str) -> bool,
    steps: &Steps,
) -> Result<bool, StewardError> {
    let changes = engines.changes.load(Ordering::SeqCst);
    // Without an organization there is nothing that engines should be led to.
    let routing = match super::is_enrolled(engines) {
        true => Some(routing(engines, false)),
        false => None,
    };
    let found = verbs::find(engines).await?;
    let earlier = engines.shown();
    let mut answers = ask_all(engines, &found, routing.as_ref(), is_wanted, steps).await;
    let mut shown = Vec::new();
    for (found, answer) in found.iter().zip(answers.drain(..)) {
        let name = found.engine.as_str();
        let before = earlier.iter().find(|(report, _)| report.engine == name && report.name == found.name);
        if !is_wanted(name) {
            shown.extend(before.cloned());
            continue;
        }
        shown.push(one(engines, found, answer, before, routing.as_ref()).await);
    }
    let is_of_now = engines.changes.load(Ordering::SeqCst) == changes;
    if is_of_now {
        engines.remember(shown);
        tell(engines, &found);
    }
    Ok(is_of_now)
}

type Answer = Option<Result<Verified, StewardError>>;

/// What each of them showed, in their order; nothing of one that was not asked.
async fn ask_all(
    engines: &Arc<Engines>,
    found: &[Found],
    routing: Option<&RoutingRequest>,
    is_wanted: &impl Fn(&str) -> bool,
    steps: &Steps,
) -> Vec<Answer> {
    let mut answers: Vec<Answer> = found.iter().map(|_| None).collect();
    let Some(routing) = routing else { return answers };
    let mut asking = JoinSet::new();
    for (index, found) in found.iter().enumerate() {
        if found.routable.is_err() || !is_wanted(found.engine.as_str()) {
            continue;
        }
        let request = StewardRequest::Verify { engine: found.engine, routing: routing.clone() };
        let (engines, steps) = (Arc::clone(engines), steps.clone());
        let sentence = format!("{}: waiting for its test, a pull that must be blocked", found.engine);
        asking.spawn(async move { (index, steps.waiting(sentence, ask(&engines, request)).await) });
    }
    while let Some(done) = asking.join_next().await {
        match done {
            Ok((index, answer)) => {
                if let Some(slot) = answers.get_mut(index) {
                    *slot = Some(answer);
                }
            }
            Err(error) => tracing::warn!(%error, "an engine was not asked to the end"),
        }
    }
    answers
}

async fn ask(engines: &Engines, request: StewardRequest) -> Result<Verified, StewardError> {
    let StewardResponse::Verified { verified } = engines.steward.ask(request).await? else {
        return Err(StewardError::Unexpected);
    };
    Ok(*verified)
}

async fn one(
    engines: &Engines,
    found: &Found,
    answer: Answer,
    before: Option<&Shown>,
    routing: Option<&RoutingRequest>,
) -> Shown {
    let engine = found.engine.as_str();
    let canary = answer.as_ref().and_then(|it| it.as_ref().ok()).map(|verified| verified.canary.clone());
    let mut look = Look::of(found, canary.as_ref());
    let is_asked = answer.is_some();
    let proof = found.routable.is_ok().then(|| proof(engines, engine)).flatten();
    let before = report::Before { report: before.map(|(report, _)| report), proof };
    let report = report::report(found, answer, before);
    match routing {
        None => look.is_routable = false,
        Some(routing) if is_asked && !report.stopped && report.routed != Routed::Yes => {
            look.plan = planned(engines, found.engine, routing).await;
        }
        Some(_) => {}
    }
    if found.routable.is_ok() {
        keep(engines, &report, is_asked, canary.as_ref());
    }
    (report, look)
}

fn proof(engines: &Engines, engine: &str) -> Option<jiff::Timestamp> {
    engines.proofs.lock().unwrap_or_else(PoisonError::into_inner).of(engine)
}

/// A proof is kept until the engine shows something else; what shows nothing refutes nothing.
fn keep(engines: &Engines, report: &EngineReport, is_asked: bool, canary: Option<&Canary>) {
    let shows_nothing = report.unproved.is_some() || matches!(canary, Some(Canary::NotRunning));
    if is_asked && shows_nothing {
        return;
    }
    let proved = report.proved_at.filter(|_| is_asked && report.routed == Routed::Yes);
    engines.proofs.lock().unwrap_or_else(PoisonError::into_inner).keep(&report.engine, proved);
}

/// What routing it would do, so that people are told what helps.
async fn planned(engines: &Engines, engine: EngineId, routing: &RoutingRequest) -> Planned {
    let request = StewardRequest::Plan { engine, routing: routing.clone() };
    match engines.steward.ask(request).await {
        Ok(StewardResponse::Planned { plan }) if plan.empty => Planned::Nothing,
        Err(StewardError::Refused(failure)) => Planned::Refused(failure.message),
        Ok(_) | Err(_) => Planned::Something,
    }
}

/// Tells what needs eyes, unless engines are just about to be routed.
fn tell(engines: &Engines, found: &[Found]) {
    if super::is_enrolled(engines) && engines.is_settling() {
        return;
    }
    let shown = engines.shown();
    let listed = |of: fn(&EngineReport, &Look) -> Option<unrouted::Unrouted>| {
        shown.iter().filter_map(|(report, look)| of(report, look)).collect()
    };
    bypasses::tell_shown(engines, found, listed(unrouted::unrouted), listed(unrouted::unproved));
}

/// Every engine as a check, in the words of the status.
pub(crate) fn checks(engines: &Engines) -> Vec<Check> {
    engines.shown().iter().map(|(report, look)| check(report, look)).collect()
}

fn check(report: &EngineReport, look: &Look) -> Check {
    let EngineReport { engine, name, why, .. } = report;
    let why = why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
    let listed = unrouted::unrouted(report, look).or_else(|| unrouted::unproved(report, look));
    let (problem, sentence, action) = match listed {
        Some(listed) => (Some(listed.severity), listed.sentence, Some(listed.action)),
        None if report.stopped => (None, format!("{name} is not counted{why}"), None),
        None if report.routed == Routed::Yes => {
            (None, format!("{name} is checked: a pull that must be blocked was blocked just now"), None)
        }
        None => (Some(Severity::Notice), format!("{name} is not checked{why}"), None),
    };
    Check { name: engine.clone(), problem, sentence, action }
}
