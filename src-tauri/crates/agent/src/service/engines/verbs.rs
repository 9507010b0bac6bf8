//! Plan, apply, verify and restore: each is the steward's work, engine by engine.

use std::sync::Arc;

use engines::{Found, Verified};
use wire::{EngineChange, EnginePlan, EngineReport, StewardRequest, StewardResponse};

use super::{report, told, wish};
use crate::{
    service::{
        core::Core,
        steward_client::{StewardError, read},
        upstreams,
    },
    steward::{ChangeReport, PlanReport},
};

/// Asks the running engines whether they are routed.
pub(in crate::service) async fn verify(
    core: &Arc<Core>,
    engine: Option<String>,
) -> Result<Vec<EngineReport>, StewardError> {
    // Without an organization there is nothing that engines should be led to.
    let wish = match super::is_enrolled(core) {
        true => Some(serde_json::to_value(wish(core, false).await?).unwrap_or_default()),
        false => None,
    };
    let earlier = core.engines.reports();
    let mut reports = Vec::new();
    for found in find(core).await? {
        let name = found.engine.as_str().to_owned();
        let before = earlier.iter().find(|report| report.engine == name && report.name == found.name);
        if engine.as_ref().is_some_and(|wanted| *wanted != name) {
            reports.extend(before.cloned());
            continue;
        }
        let verified = match &wish {
            Some(wish) if found.routable.is_ok() => Some(ask_verify(core, &name, wish).await),
            Some(_) | None => None,
        };
        reports.push(report::report(&found, verified, before));
    }
    core.engines.remember(reports);
    Ok(core
        .engines
        .reports()
        .into_iter()
        .filter(|report| engine.as_ref().is_none_or(|wanted| *wanted == report.engine))
        .collect())
}

async fn ask_verify(core: &Core, engine: &str, wish: &serde_json::Value) -> Result<Verified, StewardError> {
    let request = StewardRequest::Verify { engine: engine.to_owned(), wish: wish.clone() };
    let StewardResponse::Verified { verified } = core.steward.ask(request).await? else {
        return Err(StewardError::Unexpected);
    };
    read(verified)
}

/// What routing would change.
pub(in crate::service) async fn plan(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EnginePlan>, StewardError> {
    let wish = serde_json::to_value(wish(core, may_stop_containers).await?).unwrap_or_default();
    let mut plans = Vec::new();
    for engine in chosen(core, engine).await? {
        let request = StewardRequest::Plan { engine: engine.clone(), wish: wish.clone() };
        plans.push(planned(core, engine, request).await?);
    }
    Ok(plans)
}

/// What restoring would change.
pub(in crate::service) async fn plan_restore(
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
pub(in crate::service) async fn apply(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EngineChange>, StewardError> {
    let _turn = core.engines.turn.lock().await;
    let wish = serde_json::to_value(wish(core, may_stop_containers).await?).unwrap_or_default();
    let mut changes = Vec::new();
    for engine in chosen(core, engine.clone()).await? {
        let request = StewardRequest::Apply { engine: engine.clone(), wish: wish.clone() };
        changes.push(changed(core, engine, request, "wrote").await?);
    }
    if changes.iter().all(|change| change.refused.is_none()) {
        told::applied(core, engine.as_deref());
    }
    settle(core, engine).await?;
    Ok(changes)
}

/// Gives engines back when it is their turn, and asks them afterwards.
pub(in crate::service) async fn restore(
    core: &Arc<Core>,
    engine: Option<String>,
    may_stop_containers: bool,
) -> Result<Vec<EngineChange>, StewardError> {
    let _turn = core.engines.turn.lock().await;
    let mut changes = Vec::new();
    for engine in chosen(core, engine.clone()).await? {
        let request = StewardRequest::Restore { engine: engine.clone(), may_stop_containers };
        changes.push(changed(core, engine, request, "gave back").await?);
    }
    settle(core, engine).await?;
    Ok(changes)
}

/// What was taken over from an engine, or given back to it, is the gateway's business too.
async fn settle(core: &Arc<Core>, engine: Option<String>) -> Result<(), StewardError> {
    upstreams::refresh(Arc::clone(core)).await;
    verify(core, engine).await.map(drop)
}

async fn find(core: &Core) -> Result<Vec<Found>, StewardError> {
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
