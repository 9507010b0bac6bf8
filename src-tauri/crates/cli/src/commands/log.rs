//! `blocked` and `log`: the verdicts that were given.

use wire::{Entries, Entry, Event, Request, Response};

use super::Outcome;
use crate::arguments::{Format, Span};
use crate::client::{Client, unexpected};
use crate::context::Context;
use crate::exit::{CliError, Exit};
use crate::show;

pub(super) fn blocked(span: Span, context: &mut Context<'_>) -> Outcome {
    let since = span.since.map(|since| since.timestamp(context.view.now, &context.view.zone));
    let mut client = Client::connect(context)?;
    let answer = client.ask(&Request::Blocked { since, limit: None })?;
    let entries = pages(&mut client, answer)?;
    if span.format.json {
        context.json_lines(&entries)?;
    } else {
        let text = show::blocked(&entries, since, &context.view);
        context.say_signed(&text, show::of_blocked(&entries))?;
    }
    Ok(Exit::Yes)
}

pub(super) fn log(follow: bool, span: Span, context: &mut Context<'_>) -> Outcome {
    let since = span.since.map(|since| since.timestamp(context.view.now, &context.view.zone));
    let mut client = Client::connect(context)?;
    let answer = client.ask(&Request::Log { since, follow })?;
    let entries = pages(&mut client, answer)?;
    for entry in entries.iter().rev() {
        write(entry, span.format, context)?;
    }
    if !follow && entries.is_empty() && !span.format.json {
        context.say(&show::no_record(since, &context.view))?;
    }
    while follow && !context.unread {
        let Response::Event { event } = client.next()? else { return Err(unexpected()) };
        match event {
            Event::Verdict { entry } => write(&entry, span.format, context)?,
            Event::Missed { events } if !span.format.json => context.say(&show::missed(events))?,
            Event::Missed { .. } | Event::Status { .. } | Event::PolicyChanged { .. } | Event::Other => {}
        }
    }
    Ok(Exit::Yes)
}

/// The entries of every page, the most recent first.
fn pages(client: &mut Client, first: Response) -> Result<Vec<Entry>, CliError> {
    let mut all = Vec::new();
    let mut answer = first;
    loop {
        let Response::Entries(Entries { entries, more }) = answer else { return Err(unexpected()) };
        all.extend(entries);
        if !more {
            return Ok(all);
        }
        answer = client.next()?;
    }
}

fn write(entry: &Entry, format: Format, context: &mut Context<'_>) -> Result<(), CliError> {
    if format.json { context.json(entry) } else { context.say(&show::log_line(entry, &context.view)) }
}
