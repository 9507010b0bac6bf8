//! Verdicts: the past from the journal, the present as it comes. A person sees their own rows and those of engines
//! that serve everybody.

use std::sync::Arc;

use host::peer::Peer;
use ipc::{Code, Failure};
use jiff::Timestamp;
use journal::{Query, Viewer};
use link::LinkError;
use policy::{Outcome, VerdictId};
use policy_text::render;
use tokio::sync::broadcast::error::RecvError;
use wire::{Entries, Entry, Event, Response, WhyReport};

use super::{Client, Handles, is_administrator};
use crate::decisions::KEEP_FOR;

const AT_MOST: usize = 10_000;
/// As many spans of time as one request has counted.
const MOST_SPANS: usize = 32;
/// As many as are held in memory for one client.
const PAGE: usize = 256;
/// What is blocked, or would be but for audit mode.
const STOPPED: [Outcome; 2] = [Outcome::Blocked, Outcome::Audited];

/// The verdict behind an id, or the last denial.
pub(super) async fn why(handles: &Arc<Handles>, peer: Peer, id: Option<String>) -> Response {
    let wanted = match id.as_deref().map(VerdictId::parse).transpose() {
        Ok(wanted) => wanted,
        Err(error) => return Response::Error(Failure::new(Code::BadRequest, error.to_string())),
    };
    let found = match &wanted {
        Some(id) => {
            let id = id.clone();
            ask(handles, move |journal| journal.find(&id).map(|entry| entry.into_iter().collect())).await
        }
        None => {
            let query = query(peer, None, &STOPPED, 1);
            ask(handles, move |journal| journal.query(&query)).await
        }
    };
    match found {
        Err(failure) => Response::Error(failure),
        Ok(entries) => {
            let entry = entries.into_iter().find(|entry| is_visible(entry, peer));
            if let (None, Some(id)) = (&entry, wanted) {
                let sentence = format!("this machine knows nothing about `{id}`");
                let days = KEEP_FOR.as_hours() / 24;
                let hint = format!(
                    "It may be from another machine, or older than {days} days. Run `pullgate blocked` for what was blocked here"
                );
                return Response::Error(Failure::new(Code::NotFound, sentence).with_hint(hint));
            }
            let sentences = entry.iter().flat_map(|entry| {
                render::sentence(&entry.verdict).lines().map(str::to_owned).collect::<Vec<_>>()
            });
            Response::Why(Box::new(WhyReport { sentences: sentences.collect(), entry }))
        }
    }
}

/// What was blocked, or would have been.
pub(super) async fn blocked(
    handles: &Arc<Handles>,
    peer: Peer,
    since: Option<Timestamp>,
    limit: Option<u32>,
    link: &mut Client,
) -> Result<(), LinkError> {
    let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(AT_MOST).min(AT_MOST);
    send_past(handles, query(peer, since, &STOPPED, limit), link).await
}

/// What was decided, and with `follow` what is decided from here on.
pub(super) async fn log(
    handles: &Arc<Handles>,
    peer: Peer,
    since: Option<Timestamp>,
    follow: bool,
    link: &mut Client,
) -> Result<(), LinkError> {
    let events = handles.events.subscribe();
    send_past(handles, query(peer, since, &[], AT_MOST), link).await?;
    if follow { send_events(handles, events, peer, false, link).await } else { Ok(()) }
}

/// How much was decided in each span, from its beginning to that of the next one.
pub(super) async fn activity(handles: &Arc<Handles>, peer: Peer, from: Vec<Timestamp>) -> Response {
    if from.len() > MOST_SPANS {
        let sentence = format!("at most {MOST_SPANS} spans of time are counted at once");
        return Response::Error(Failure::new(Code::BadRequest, sentence));
    }
    // So that no row is read twice for one request, and nobody keeps the record from being written.
    if !from.is_sorted() {
        let sentence = "each span of time has to begin after the one before it";
        return Response::Error(Failure::new(Code::BadRequest, sentence));
    }
    let viewer = viewer(peer);
    let counted = ask(handles, move |journal| {
        let ends = from.iter().skip(1).copied().map(Some).chain([None]);
        from.iter().zip(ends).map(|(&from, until)| journal.counts(viewer, from, until)).collect()
    });
    counted.await.map_or_else(Response::Error, |spans| Response::Activity { spans })
}

/// Everything that happens from here on.
pub(super) async fn watch(handles: &Arc<Handles>, peer: Peer, link: &mut Client) -> Result<(), LinkError> {
    let events = handles.events.subscribe();
    link.send(&Response::Event { event: Event::Status { status: Box::new(handles.publisher.status()) } })
        .await?;
    send_events(handles, events, peer, true, link).await
}

async fn send_past(handles: &Arc<Handles>, query: Query, link: &mut Client) -> Result<(), LinkError> {
    let (mut after, mut left) = (None, query.limit);
    loop {
        let (asked, limit) = (query.clone(), left.min(PAGE));
        let (entries, end) = match ask(handles, move |journal| journal.page(&asked, limit, after)).await {
            Ok(found) => found,
            Err(failure) => return link.send(&Response::Error(failure)).await,
        };
        left -= limit;
        after = end.filter(|_| left > 0);
        for mut page in Entries::pages(entries) {
            page.more |= after.is_some();
            link.send(&Response::Entries(page)).await?;
        }
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Sends what happens until the client goes away. One that falls behind gets the status as it is, since the events that
/// it lost may have told of it.
async fn send_events(
    handles: &Handles,
    mut events: tokio::sync::broadcast::Receiver<Event>,
    peer: Peer,
    with_status: bool,
    link: &mut Client,
) -> Result<(), LinkError> {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(missed)) => {
                tracing::warn!(missed, "a watcher is too slow");
                link.send(&Response::Event { event: Event::Missed { events: missed } }).await?;
                if with_status {
                    let event = Event::Status { status: Box::new(handles.publisher.status()) };
                    link.send(&Response::Event { event }).await?;
                }
                continue;
            }
            Err(RecvError::Closed) => return Ok(()),
        };
        let wanted = match &event {
            Event::Verdict { entry } => is_visible(entry, peer),
            Event::Status { .. } | Event::PolicyChanged { .. } | Event::Missed { .. } | Event::Other => {
                with_status
            }
        };
        if wanted {
            link.send(&Response::Event { event }).await?;
        }
    }
}

fn query(peer: Peer, since: Option<Timestamp>, outcomes: &[Outcome], limit: usize) -> Query {
    Query { since, outcomes: outcomes.to_vec(), visible_to: viewer(peer), limit }
}

fn viewer(peer: Peer) -> Viewer {
    if is_administrator(peer) { Viewer::Everything } else { Viewer::Person(peer.uid) }
}

fn is_visible(entry: &Entry, peer: Peer) -> bool {
    is_administrator(peer) || entry.asker.uid.is_none_or(|uid| uid == 0 || uid == peer.uid)
}

/// The journal blocks, so it is asked on a thread of its own.
async fn ask<T: Send + 'static>(
    handles: &Arc<Handles>,
    work: impl FnOnce(&journal::Journal) -> Result<T, journal::JournalError> + Send + 'static,
) -> Result<T, Failure> {
    let handles = Arc::clone(handles);
    let asked = tokio::task::spawn_blocking(move || handles.decisions.with_journal(work)).await;
    match asked {
        Ok(Some(Ok(found))) => Ok(found),
        Ok(Some(Err(error))) => Err(Failure::new(Code::Failed, error.to_string())),
        Ok(None) | Err(_) => Err(Failure::new(Code::Failed, "the record of pulls cannot be read")
            .with_hint("Run `pullgate doctor`")),
    }
}

#[cfg(test)]
mod tests;
