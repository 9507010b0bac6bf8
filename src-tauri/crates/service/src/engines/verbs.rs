//! Plan, apply and restore: each is the steward's work, engine by engine.

use std::{sync::Arc, time::Duration};

use engines::{EngineId, Found, PlanReport};
use ipc::{Code, Failure};
use steward_protocol::{RoutingRequest, StewardRequest, StewardResponse};
use wire::{EngineChange, EnginePlan, EngineReport, Routed};

use super::{Engines, conditions, routing, shown, steps::Steps};
use crate::steward_client::StewardError;

/// What routing would change.
pub(crate) async fn plan(
    engines: &Arc<Engines>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EnginePlan>, StewardError> {
    let routing = with_answers(engines, may_stop_containers).await;
    let mut plans = Vec::new();
    for engine in chosen(engines, engine).await? {
        let routing = routing.clone();
        plans.push(planned(engines, engine, |engine| StewardRequest::Plan { engine, routing }).await?);
    }
    Ok(plans)
}

/// What restoring would change.
pub(crate) async fn plan_restore(
    engines: &Arc<Engines>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EnginePlan>, StewardError> {
    let mut plans = Vec::new();
    for engine in chosen(engines, engine).await? {
        let request = |engine| StewardRequest::PlanRestore { engine, may_stop_containers };
        plans.push(planned(engines, engine, request).await?);
    }
    Ok(plans)
}

/// Routes engines when it is their turn, and asks them afterwards.
pub(crate) async fn apply(
    engines: &Arc<Engines>,
    engine: Option<String>,
    may_stop_containers: bool,
    steps: &Steps,
) -> Result<Vec<EngineChange>, StewardError> {
    let turn = "waiting until what Pullgate does to the engines already is done".to_owned();
    let _turn = steps.waiting(turn, engines.turn.lock()).await;
    let routing = with_answers(engines, may_stop_containers).await;
    let mut changes = Vec::new();
    for engine in chosen(engines, engine.clone()).await? {
        let routing = routing.clone();
        let request = |engine| StewardRequest::Apply { engine, routing };
        let sentence = format!("{engine}: waiting until it has its new configuration");
        changes.push(steps.waiting(sentence, changed(engines, engine, request, "wrote")).await?);
    }
    engines.have_changed();
    if changes.iter().all(|change| change.refused.is_none()) {
        conditions::applied(engines, engine.as_deref());
    }
    let reports = verify_applied(engines, engine, steps).await?;
    for change in changes.iter_mut().filter(|change| change.refused.is_none()) {
        let report = reports.iter().find(|report| report.engine == change.engine);
        change.sentences.extend(report.and_then(unsettled));
    }
    Ok(changes)
}

/// The routing with what the proxies answer of those ways that engines have now.
async fn with_answers(engines: &Arc<Engines>, may_stop_containers: bool) -> RoutingRequest {
    engines.upstreams.refresh().await;
    let proxies = engines.own_egress.answers().await;
    RoutingRequest { proxies, ..routing(engines, may_stop_containers) }
}

/// So long at most engines that were given back are asked before their giver goes on.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Gives engines back when it is their turn, and asks them afterwards.
pub(crate) async fn restore(
    engines: &Arc<Engines>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EngineChange>, StewardError> {
    let _turn = engines.turn.lock().await;
    if engine.is_none() {
        super::begin_settling(engines);
    }
    let mut changes = Vec::new();
    for engine in chosen(engines, engine.clone()).await? {
        let request = |engine| StewardRequest::Restore { engine, may_stop_containers };
        changes.push(changed(engines, engine, request, "gave back").await?);
    }
    engines.have_changed();
    // Whoever ends an enrollment goes on: meanwhile nothing is enforced, and the machine must not say otherwise for long.
    let looked = async {
        engines.upstreams.refresh().await;
        shown::verify(engines, engine).await
    };
    match tokio::time::timeout(LOOK_AFTER, looked).await {
        Ok(looked) => drop(looked?),
        Err(_) => engines.request_check(),
    }
    Ok(changes)
}

/// What an engine that was just routed lacks.
fn unsettled(report: &EngineReport) -> Option<String> {
    let why = report.why.as_ref().filter(|_| !report.stopped)?;
    match (report.routed, &report.unproved) {
        (_, Some(_)) => Some(format!("{why}; `pullgate engines` says when it is")),
        (Routed::Yes, None) => None,
        (Routed::Partly, None) => Some(format!("it is partly checked: {why}")),
        (Routed::No, None) => Some(format!("it is not checked: {why}")),
    }
}

/// What was taken over from an engine, or given back to it, is the gateway's business too.
async fn verify_applied(
    engines: &Arc<Engines>,
    engine: Option<String>,
    steps: &Steps,
) -> Result<Vec<EngineReport>, StewardError> {
    let registries = "waiting until it is known how this machine reaches registries".to_owned();
    steps.waiting(registries, engines.upstreams.refresh()).await;
    engines.end_settling();
    let reports = shown::look(engines, engine, steps).await?;
    conditions::proved(engines, &reports);
    Ok(reports)
}

/// Every engine of the machine.
pub(super) async fn find(engines: &Engines) -> Result<Vec<Found>, StewardError> {
    let StewardResponse::Found { engines } = engines.steward.ask(StewardRequest::Find).await? else {
        return Err(StewardError::Unexpected);
    };
    Ok(engines)
}

/// The engine that was named, or all that can be routed.
async fn chosen(engines: &Engines, engine: Option<String>) -> Result<Vec<String>, StewardError> {
    if let Some(engine) = engine {
        return Ok(vec![engine]);
    }
    let found = find(engines).await?.into_iter().filter(|found| found.routable.is_ok());
    Ok(found.map(|found| found.engine.as_str().to_owned()).collect())
}

/// Asks about an engine by its word, which anybody may have made up.
async fn ask(
    engines: &Engines,
    engine: &str,
    request: impl FnOnce(EngineId) -> StewardRequest,
) -> Result<StewardResponse, StewardError> {
    let words = || EngineId::ALL.map(EngineId::as_str).join("`, `");
    let unknown = |_| Failure::new(Code::BadRequest, format!("the engine must be one of `{}`", words()));
    engines.steward.ask(request(engine.parse().map_err(unknown)?)).await
}

async fn planned(
    engines: &Engines,
    engine: String,
    request: impl FnOnce(EngineId) -> StewardRequest,
) -> Result<EnginePlan, StewardError> {
    match ask(engines, &engine, request).await {
        Ok(StewardResponse::Planned { plan }) => {
            let PlanReport { empty, difference, .. } = &plan;
            let sentences = if *empty { Vec::new() } else { difference.lines().map(str::to_owned).collect() };
            let plan = serde_json::to_value(&plan).map_err(|_| StewardError::Unexpected)?;
            Ok(EnginePlan { engine, sentences, plan: Some(plan), refused: None })
        }
        Ok(_) => Err(StewardError::Unexpected),
        Err(StewardError::Refused(failure)) => {
            Ok(EnginePlan { engine, sentences: Vec::new(), plan: None, refused: Some(failure.message) })
        }
        Err(error) => Err(error),
    }
}

async fn changed(
    engines: &Engines,
    engine: String,
    request: impl FnOnce(EngineId) -> StewardRequest,
    done: &str,
) -> Result<EngineChange, StewardError> {
    match ask(engines, &engine, request).await {
        Ok(StewardResponse::Applied { applied }) => {
            let mut sentences: Vec<String> =
                applied.files.iter().map(|file| format!("{done} `{}`", file.display())).collect();
            if applied.restarted {
                sentences.push("restarted the engine once".to_owned());
            }
            sentences.extend(applied.notes);
            Ok(EngineChange { engine, sentences, refused: None })
        }
        Ok(_) => Err(StewardError::Unexpected),
        Err(StewardError::Refused(failure)) => {
            Ok(EngineChange { engine, sentences: Vec::new(), refused: Some(failure.message) })
        }
        Err(error) => Err(error),
    }
}
