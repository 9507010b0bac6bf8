//! `blocked` and `log`: the verdicts that were given.

use wire::{Entries, Entry, Event, Request, Response};

use super::Outcome;
use crate::arguments::{Format, Span};
use crate::client::{Client, unexpected};
use crate::show;
use crate::stop::{Complaint, Exit};
use crate::world::World;

pub(super) fn blocked(span: Span, world: &mut World<'_>) -> Outcome {
    let since = span.since.map(|since| since.moment(world.view.now, &world.view.zone));
    let mut client = Client::connect(world)?;
    let answer = client.ask(&Request::Blocked { since, limit: None })?;
    let entries = pages(&mut client, answer)?;
    if span.format.json {
        world.json_lines(&entries)?;
    } else {
        world.say(&show::blocked(&entries, since, &world.view))?;
    }
    Ok(Exit::Yes)
}

pub(super) fn log(follow: bool, span: Span, world: &mut World<'_>) -> Outcome {
    let since = span.since.map(|since| since.moment(world.view.now, &world.view.zone));
    let mut client = Client::connect(world)?;
    let answer = client.ask(&Request::Log { since, follow })?;
    let entries = pages(&mut client, answer)?;
    for entry in entries.iter().rev() {
        write(entry, span.format, world)?;
    }
    if !follow && entries.is_empty() && !span.format.json {
        world.say(&show::no_record(since, &world.view))?;
    }
    while follow && !world.unread {
        let Response::Event { event } = client.next()? else { return Err(unexpected()) };
        match event {
            Event::Verdict { entry } => write(&entry, span.format, world)?,
            Event::Missed { events } if !span.format.json => world.say(&show::missed(events))?,
            Event::Missed { .. } | Event::Status { .. } | Event::PolicyChanged { .. } | Event::Other => {}
        }
    }
    Ok(Exit::Yes)
}

/// The entries of every page, the most recent first.
fn pages(client: &mut Client, first: Response) -> Result<Vec<Entry>, Complaint> {
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

fn write(entry: &Entry, format: Format, world: &mut World<'_>) -> Result<(), Complaint> {
    if format.json { world.json(entry) } else { world.say(&show::log_line(entry, &world.view)) }
}
