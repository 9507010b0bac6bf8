//! What the window knows between the questions of its page. Time is an argument.

mod denials;

use jiff::{SignedDuration, Timestamp};
use policy::{EntryCount, Outcome, Reason};
use wire::{Event, Request, Response, Standing, StatusReport};

use crate::effect::{Disconnect, ServiceEvent};
use crate::gate;
use crate::page::{
    self, ActivityPage, BlockedFilter, BlockedPage, ConditionRow, Day, Frame, Place, Problem, Reader, Tab,
    Tone, Waiting,
};
use crate::text;
use denials::Denials;

/// What was blocked so recently and not looked at yet is counted beside the name of its page.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the window knows.
#[derive(Debug)]
pub(super) struct WindowState {
    status: Option<StatusReport>,
    disconnect: Option<Disconnect>,
    denials: Denials,
    /// The latest that somebody has looked at.
    looked: Option<Timestamp>,
    sign_in: SignIn,
    place: Place,
    asked: u32,
}

/// A sign-in that this window began.
#[derive(Debug, Default)]
enum SignIn {
    #[default]
    None,
    Waiting(Waiting),
    Failed(Problem, Timestamp),
}

impl WindowState {
    /// Before anything was heard.
    pub(super) fn new(place: Place) -> Self {
        Self {
            status: None,
            disconnect: None,
            denials: Denials::default(),
            looked: None,
            sign_in: SignIn::None,
            place,
            asked: 1,
        }
    }

    /// Takes in what came from the service; what it is to be asked then, if anything.
    pub(super) fn on_service_event(&mut self, event: ServiceEvent) -> Option<Request> {
        match event {
            ServiceEvent::Connected => {
                self.disconnect = None;
                return Some(Request::Blocked { since: None, limit: None });
            }
            ServiceEvent::Disconnected(disconnect) => self.disconnect = Some(disconnect),
            ServiceEvent::Message(response) => self.on_response(*response),
        }
        None
    }

    fn on_response(&mut self, response: Response) {
        match response {
            Response::Event { event: Event::Status { status } } => self.status = Some(*status),
            Response::Status(status) => self.status = Some(*status),
            Response::Event { event: Event::Verdict { entry } } => {
                let finding = &entry.verdict.finding;
                if finding.outcome != Outcome::Allowed && finding.reason != Reason::Canary {
                    self.denials.add(&[*entry]);
                }
            }
            Response::Entries(page) => self.denials.add(&page.entries),
            Response::Event { event: Event::PolicyChanged { .. } | Event::Missed { .. } | Event::Other }
            | Response::Explain(_)
            | Response::Why(_)
            | Response::Engines { .. }
            | Response::Plans { .. }
            | Response::Progress { .. }
            | Response::Changes { .. }
            | Response::SignIn { .. }
            | Response::SignedOut { .. }
            | Response::Policy(_)
            | Response::Done { .. }
            | Response::Doctor(_)
            | Response::Images(_)
            | Response::Activity { .. }
            | Response::Error(_) => {}
        }
    }

    /// The window is asked to be somewhere.
    pub(super) fn go(&mut self, place: Place) {
        self.place = place;
        self.asked += 1;
    }

    /// The browser has the person's attention.
    pub(super) fn sign_in_waits(&mut self, url: &str, now: Timestamp) {
        self.sign_in = SignIn::Waiting(Waiting {
            sentence: text::SIGNING_IN.to_owned(),
            since: now.to_string(),
            url: Some(url.to_owned()),
        });
    }

    /// The sign-in is over, for good or ill.
    pub(super) fn sign_in_ended(&mut self, problem: Option<Problem>, now: Timestamp) {
        self.sign_in = problem.map_or(SignIn::None, |problem| SignIn::Failed(problem, now));
    }

    /// What the service said of itself last; why it cannot be heard, while it cannot.
    pub(super) fn status(&self) -> Result<&StatusReport, Option<&Disconnect>> {
        match (&self.disconnect, &self.status) {
            (None, Some(status)) => Ok(status),
            (disconnect, _) => Err(disconnect.as_ref()),
        }
    }

    /// How things stand.
    pub(super) fn standing(&self) -> Standing {
        gate::standing(self.status.as_ref(), self.disconnect.as_ref())
    }

    /// What stands around every page.
    pub(super) fn frame(&self, now: Timestamp) -> Frame {
        let recent = now.checked_sub(RECENT).ok().max(self.looked);
        let recent = self.denials.after(recent.unwrap_or(Timestamp::MIN));
        page::frame(self.status.as_ref(), self.disconnect.as_ref(), recent, (self.place.clone(), self.asked))
    }

    /// A part of the list of what was blocked.
    pub(super) fn blocked(
        &self,
        search: &str,
        filter: &BlockedFilter,
        part: (u32, u32),
        reader: &Reader,
    ) -> BlockedPage {
        page::blocked(self.denials.rows(), search, filter, part, reader)
    }

    /// Days with what the service counted in each, and what was blocked last.
    pub(super) fn activity(&self, days: &[Day], spans: &[Vec<EntryCount>]) -> ActivityPage {
        page::activity(days, spans, self.denials.rows().iter().map(|denial| &denial.row))
    }

    /// So much was looked at before.
    pub(super) fn looked(&mut self, looked: Option<Timestamp>) {
        self.looked = looked;
    }

    /// Everything in the list is looked at; up to when, where that is news.
    pub(super) fn look(&mut self) -> Option<Timestamp> {
        let latest = self.denials.latest().filter(|latest| Some(*latest) > self.looked)?;
        self.looked = Some(latest);
        self.looked
    }

    /// What is waited for.
    pub(super) fn waiting(&self) -> Option<Waiting> {
        match &self.sign_in {
            SignIn::Waiting(waiting) => Some(waiting.clone()),
            SignIn::None | SignIn::Failed(..) => None,
        }
    }

    /// A sign-in of this window that came to nothing, as one more condition.
    pub(super) fn failure(&self) -> Option<ConditionRow> {
        match &self.sign_in {
            SignIn::Failed(problem, since) => Some(ConditionRow {
                code: "sign-in-failed".to_owned(),
                tone: Tone::Attention,
                sentence: problem.sentence.clone(),
                since: since.to_string(),
                action: problem.hint.clone(),
            }),
            SignIn::None | SignIn::Waiting(_) => None,
        }
    }
}

impl Default for WindowState {
    fn default() -> Self {
        Self::new(Place::of(Tab::Status))
    }
}

#[cfg(test)]
mod tests;
