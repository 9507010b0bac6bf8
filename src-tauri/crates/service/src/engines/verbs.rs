//! Plan, apply and restore: each is the steward's work, engine by engine.

use std::{sync::Arc, time::Duration};

use engines::{ChangeReport, DesiredRouting, Found, PlanReport};
use wire::{EngineChange, EnginePlan, EngineReport, Routed, StewardRequest, StewardResponse};

use super::{shown, steps::Steps, told, wish};
use crate::{
    core::Core,
    steward_client::{StewardError, read, write},
    upstreams, way_out,
};

/// What routing would change.
pub(crate) async fn plan(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EnginePlan>, StewardError> {
    let wish = write(&with_answers(core, may_stop_containers).await?)?;
    let mut plans = Vec::new();
    for engine in chosen(core, engine).await? {
        let request = StewardRequest::Plan { engine: engine.clone(), wish: wish.clone() };
        plans.push(planned(core, engine, request).await?);
    }
    Ok(plans)
}

/// What restoring would change.
pub(crate) async fn plan_restore(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EnginePlan>, StewardError> {
    let mut plans = Vec::new();
    for engine in chosen(core, engine).await? {
        let request = StewardRequest::PlanRestore { engine: engine.clone(), may_stop_containers };
        plans.push(planned(core, engine, request).await?);
    }
    Ok(plans)
}

/// Routes engines when it is their turn, and asks them afterwards.
pub(crate) async fn apply(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
    steps: &Steps,
) -> Result<Vec<EngineChange>, StewardError> {
    let turn = "waiting until what Pullgate does to the engines already is done".to_owned();
    let _turn = steps.waiting(turn, core.engines.turn.lock()).await;
    let wish = write(&with_answers(core, may_stop_containers).await?)?;
    let mut changes = Vec::new();
    for engine in chosen(core, engine.clone()).await? {
        let request = StewardRequest::Apply { engine: engine.clone(), wish: wish.clone() };
        let sentence = format!("{engine}: waiting until it has its new configuration");
        changes.push(steps.waiting(sentence, changed(core, engine, request, "wrote")).await?);
    }
    core.engines.have_changed();
    if changes.iter().all(|change| change.refused.is_none()) {
        told::applied(core, engine.as_deref());
    }
    let reports = settle(core, engine, steps).await?;
    for change in changes.iter_mut().filter(|change| change.refused.is_none()) {
        let report = reports.iter().find(|report| report.engine == change.engine);
        change.sentences.extend(report.and_then(unsettled));
    }
    Ok(changes)
}

/// The wish with what the proxies answer of those ways that engines have now.
async fn with_answers(core: &Arc<Core>, may_stop_containers: bool) -> Result<DesiredRouting, StewardError> {
    upstreams::refresh(Arc::clone(core)).await;
    let proxies = way_out::answers(core).await;
    Ok(DesiredRouting { proxies, ..wish(core, may_stop_containers).await? })
}

/// So long at most engines that were given back are asked before their giver goes on.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Gives engines back when it is their turn, and asks them afterwards.
pub(crate) async fn restore(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EngineChange>, StewardError> {
    let _turn = core.engines.turn.lock().await;
    if engine.is_none() {
        super::begin_settling(core);
    }
    let mut changes = Vec::new();
    for engine in chosen(core, engine.clone()).await? {
        let request = StewardRequest::Restore { engine: engine.clone(), may_stop_containers };
        changes.push(changed(core, engine, request, "gave back").await?);
    }
    core.engines.have_changed();
    // Whoever ends an enrollment goes on: meanwhile nothing is enforced, and the machine must not say otherwise for long.
    let looked = async {
        upstreams::refresh(Arc::clone(core)).await;
        shown::verify(core, engine).await
    };
    match tokio::time::timeout(LOOK_AFTER, looked).await {
        Ok(looked) => drop(looked?),
        Err(_) => core.engines.look_soon(),
    }
    Ok(changes)
}

/// What an engine that was just routed lacks.
fn unsettled(report: &EngineReport) -> Option<String> {
    let why = report.why.as_ref().filter(|_| !report.stopped)?;
    match (report.routed, &report.unproved) {
        (_, Some(_)) => Some(format!("{why}; `pullgate engines` says when it is")),
        (Routed::Yes, None) => None,
        (Routed::Partly, None) => Some(format!("it is routed in part: {why}")),
        (Routed::No, None) => Some(format!("it is not routed: {why}")),
    }
}

/// What was taken over from an engine, or given back to it, is the gateway's business too.
async fn settle(
    core: &Arc<Core>,
    engine: Option<String>,
    steps: &Steps,
) -> Result<Vec<EngineReport>, StewardError> {
    let registries = "waiting until it is known how this machine reaches registries".to_owned();
    steps.waiting(registries, upstreams::refresh(Arc::clone(core))).await;
    core.engines.end_settling();
    let reports = shown::look(core, engine, steps).await?;
    told::proved(core, &reports);
    Ok(reports)
}

/// Every engine of the machine.
pub(super) async fn find(core: &Core) -> Result<Vec<Found>, StewardError> {
    let StewardResponse::Found { engines } = core.steward.ask(StewardRequest::Find).await? else {
        return Err(StewardError::Unexpected);
    };
    engines.into_iter().map(read).collect()
}

/// The engine that was named, or all that can be routed.
async fn chosen(core: &Core, engine: Option<String>) -> Result<Vec<String>, StewardError> {
    if let Some(engine) = engine {
        return Ok(vec![engine]);
    }
    let found = find(core).await?.into_iter().filter(|found| found.routable.is_ok());
    Ok(found.map(|found| found.engine.as_str().to_owned()).collect())
}

async fn planned(core: &Core, engine: String, request: StewardRequest) -> Result<EnginePlan, StewardError> {
    match core.steward.ask(request).await {
        Ok(StewardResponse::Planned { plan }) => {
            let told: PlanReport = read(plan.clone())?;
            let sentences =
                if told.empty { Vec::new() } else { told.difference.lines().map(str::to_owned).collect() };
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
    core: &Core,
    engine: String,
    request: StewardRequest,
    done: &str,
) -> Result<EngineChange, StewardError> {
    match core.steward.ask(request).await {
        Ok(StewardResponse::Applied { applied }) => {
            let told: ChangeReport = read(applied)?;
            let mut sentences: Vec<String> =
                told.files.iter().map(|file| format!("{done} `{}`", file.display())).collect();
            if told.restarted {
                sentences.push("restarted the engine once".to_owned());
            }
            sentences.extend(told.notes);
            Ok(EngineChange { engine, sentences, refused: None })
        }
        Ok(_) => Err(StewardError::Unexpected),
        Err(StewardError::Refused(failure)) => {
            Ok(EngineChange { engine, sentences: Vec::new(), refused: Some(failure.message) })
        }
        Err(error) => Err(error),
    }
}
