//! `explain` and `why`: what would happen to an image, and what happened.

use image_ref::Reference;
use policy::{Finding, Outcome as Decided, Reason, VerdictId};
use wire::{Request, Response};

use super::Outcome;
use crate::arguments::Format;
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn explain(image: &Reference, format: Format, context: &mut Context<'_>) -> Outcome {
    let request = Request::Explain { image: image.to_string() };
    let Response::Explain(report) = Client::connect(context)?.ask(&request)? else {
        return Err(unexpected());
    };
    if format.json {
        context.json(&report)?;
    } else {
        let text = show::explanation(&report.finding, &context.view);
        context.say_signed(&text, show::of_finding(&report.finding))?;
    }
    Ok(answer(&report.finding))
}

/// The exit code that says what was found.
pub(super) fn answer(finding: &Finding) -> Exit {
    match (finding.outcome, &finding.reason) {
        (Decided::Allowed | Decided::Audited, _) => Exit::Yes,
        (Decided::Blocked, Reason::SignInNeeded { .. }) => Exit::SignInNeeded,
        (Decided::Blocked, _) => Exit::Denied,
    }
}

pub(super) fn why(id: Option<VerdictId>, format: Format, context: &mut Context<'_>) -> Outcome {
    let request = Request::Why { id: id.as_ref().map(VerdictId::to_string) };
    let Response::Why(report) = Client::connect(context)?.ask(&request)? else {
        return Err(unexpected());
    };
    if let (None, Some(id)) = (&report.entry, id) {
        return Err(CliError::failed(format!("this machine knows nothing about `{id}`"))
            .hint("`pullgate log` lists what you may see; an administrator sees all of it"));
    }
    match &report.entry {
        _ if format.json => context.json(&report)?,
        Some(entry) => {
            let text = show::why(entry, &context.view);
            context.say_signed(&text, show::of_finding(&entry.verdict.finding))?;
        }
        None => context.say("Nothing has been blocked. When it is, the reason appears here.\n")?,
    }
    Ok(Exit::Yes)
}
