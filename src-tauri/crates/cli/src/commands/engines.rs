//! `engines`: which there are, and routing them through the gateway and back.

use wire::{Condition, EngineChange, EnginePlan, EngineReport, Request, Response, Routed};

use super::Outcome;
use crate::arguments::{EnginesAction, EnginesArguments, Format};
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn run(arguments: &EnginesArguments, context: &mut Context<'_>) -> Outcome {
    let request = request(arguments.action.as_ref(), !arguments.format().json);
    let mut client = Client::connect(context)?;
    let answer = asked(&mut client, &request, context)?;
    if matches!(&answer, Response::Engines { engines } if engines.is_empty()) {
        are_known(&mut client)?;
    }
    let checked = matches!(request, Request::EnginesVerify { .. });
    show_answer(answer, checked, arguments.format(), context)
}

/// The answer, after what is waited for until then was said as it comes.
pub(super) fn asked(
    client: &mut Client,
    request: &Request,
    context: &mut Context<'_>,
) -> Result<Response, CliError> {
    let mut answer = client.ask(request)?;
    while let Response::Progress { sentence } = answer {
        context.remark(&show::one_line(&sentence));
        answer = client.next()?;
    }
    Ok(answer)
}

/// The condition of engines that could not be asked, which is not the same as no engine.
const ENGINES_UNKNOWN: &str = "engines-unknown";

fn are_known(client: &mut Client) -> Result<(), CliError> {
    let Response::Status(status) = client.ask(&Request::Status)? else { return Err(unexpected()) };
    let unknown = status.conditions.into_iter().find(|condition| condition.code == ENGINES_UNKNOWN);
    unknown.map_or(Ok(()), |Condition { sentence, action: hint, .. }| {
        Err(CliError { hint, ..CliError::failed(sentence) })
    })
}

fn request(action: Option<&EnginesAction>, progress: bool) -> Request {
    match action {
        None => Request::Engines,
        Some(EnginesAction::Plan(choice)) => Request::EnginesPlan { engine: choice.engine.clone() },
        Some(EnginesAction::Verify(choice)) => Request::EnginesVerify { engine: choice.engine.clone() },
        Some(EnginesAction::Apply(change)) => Request::EnginesApply {
            engine: change.choice.engine.clone(),
            dry_run: change.dry_run,
            may_stop_containers: change.may_stop_containers,
            progress: progress && !change.dry_run,
        },
        Some(EnginesAction::Restore(change)) => Request::EnginesRestore {
            engine: change.choice.engine.clone(),
            dry_run: change.dry_run,
            may_stop_containers: change.may_stop_containers,
        },
    }
}

fn show_answer(answer: Response, checked: bool, format: Format, context: &mut Context<'_>) -> Outcome {
    if let Response::Engines { engines } = answer {
        return reports(&engines, checked, format, context);
    }
    if let Response::Plans { plans: made } = answer {
        plans(&made, format, context)?;
        return Ok(unless(made.iter().any(|plan| plan.refused.is_some())));
    }
    let Response::Changes { changes: made } = answer else { return Err(unexpected()) };
    changes(&made, format, context)
}

fn reports(reports: &[EngineReport], checked: bool, format: Format, context: &mut Context<'_>) -> Outcome {
    if format.json {
        context.json_lines(reports)?;
    } else if checked {
        context.say(&show::evidence(reports, &context.view))?;
    } else {
        context.say(&show::engines(reports, &context.view))?;
    }
    Ok(if checked { judged(reports) } else { Exit::Yes })
}

/// Shows what would change.
pub(super) fn plans(plans: &[EnginePlan], format: Format, context: &mut Context<'_>) -> Result<(), CliError> {
    if format.json { context.json_lines(plans) } else { context.say(&show::plans(plans)) }
}

/// Shows what was changed; that an engine refused is a failure.
pub(super) fn changes(changes: &[EngineChange], format: Format, context: &mut Context<'_>) -> Outcome {
    if format.json {
        context.json_lines(changes)?;
    } else {
        context.say(&show::changes(changes))?;
    }
    Ok(unless(changes.iter().any(|change| change.refused.is_some())))
}

/// Whether every engine that runs is routed. That a proof could not be made is neither yes nor no.
fn judged(reports: &[EngineReport]) -> Exit {
    let mut running = reports.iter().filter(|report| !report.stopped);
    let is_refuted = |report: &EngineReport| report.routed != Routed::Yes && report.unproved.is_none();
    match (running.clone().any(is_refuted), running.any(|report| report.unproved.is_some())) {
        (true, _) => Exit::Failed,
        (false, true) => Exit::Unproved,
        (false, false) => Exit::Yes,
    }
}

fn unless(failed: bool) -> Exit {
    if failed { Exit::Failed } else { Exit::Yes }
}
