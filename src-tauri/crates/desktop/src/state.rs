//! Everything the tray knows, and what follows from what happens. Time is an argument.

mod blocked;
mod mutes;
mod notification_throttle;
mod requests;
mod tray_availability;
mod view;

use ipc::Failure;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use policy::{Outcome, Reason};
use policy_text::render;
use wire::{Entry, Event, Request, Response, SignInMethod, SignInState, SignInStep, StatusReport};

use crate::effect::{Disconnect, Effect, Input, ServiceEvent};
use crate::menu::{Command, TrayView};
use crate::notice::{Button, Notice, NoticeKey, Urgency};
use crate::page::{Place, is_web};
use crate::remembered::Remembered;
use crate::requests::AccessRequested;
use crate::text;
use blocked::Blocked;
use mutes::Mutes;
use notification_throttle::NotificationThrottle;
use requests::Requests;
use tray_availability::TrayAvailability;

/// The tray's state.
#[derive(Debug)]
pub struct State {
    zone: TimeZone,
    status: Option<StatusReport>,
    disconnect: Option<Disconnect>,
    blocked: Blocked,
    throttle: NotificationThrottle,
    mutes: Mutes,
    requests: Requests,
    tray_availability: TrayAvailability,
    shown: Option<(TrayView, Timestamp)>,
    is_behind: bool,
}

/// Rows alone are shown anew this often at most: each time costs the desktop a whole menu.
const ROWS: SignedDuration = SignedDuration::from_millis(250);

/// What was blocked within a week is in the menu.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

impl State {
    /// Before anything was heard; times are said on the clock of `zone`, and `remembered` is what
    /// was kept of an earlier tray.
    pub fn new(zone: TimeZone, remembered: &Remembered) -> Self {
        Self {
            zone,
            status: None,
            disconnect: None,
            blocked: Blocked::default(),
            throttle: NotificationThrottle::default(),
            mutes: Mutes::of(remembered),
            requests: Requests::default(),
            tray_availability: TrayAvailability::new(remembered.no_icon),
            shown: None,
            is_behind: false,
        }
    }

    /// Takes in what happened, and says what shall be done.
    pub fn handle(&mut self, input: Input, now: Timestamp) -> Vec<Effect> {
        let mut effects = match input {
            Input::Service(event) => self.on_service_event(event, now),
            Input::Chosen(command) => self.on_command(command, now),
            Input::Pressed { key, button } => self.on_button(&key, button, now),
            Input::Closed(key) => {
                self.throttle.closed(&key);
                Vec::new()
            }
            Input::NotShown(key) => {
                self.throttle.closed(&key);
                self.blocked.keep_in_sight(&key);
                Vec::new()
            }
            Input::TrayAvailable(available) => {
                self.tray_availability.set_available(available, now);
                Vec::new()
            }
            Input::Requests(requests) => self.requests.recalled(requests),
            Input::Tick => Vec::new(),
        };
        if let Some(notice) = self.tray_availability.ready(now) {
            effects.extend([Effect::Notify(notice), self.persist()]);
        }
        effects.extend(self.throttle.ready(now));
        effects.extend(self.show(now));
        effects
    }

    fn show(&mut self, now: Timestamp) -> Option<Effect> {
        let view = self.view(now);
        let wait = match &self.shown {
            Some((shown, _)) if *shown == view => Some(false),
            Some((shown, at)) if shown.gate == view.gate && shown.title == view.title => {
                (now < shown_again(*at)).then_some(true)
            }
            Some(_) | None => None,
        };
        self.is_behind = wait == Some(true);
        if wait.is_some() {
            return None;
        }
        self.shown = Some((view.clone(), now));
        Some(Effect::Show(view))
    }

    /// When to come back with [`Input::Tick`] at the latest.
    pub fn due(&self, now: Timestamp) -> Option<Timestamp> {
        let view = self.shown.as_ref().filter(|_| self.is_behind).map(|(_, at)| shown_again(*at));
        let known = [self.throttle.due(), self.tray_availability.due(), self.blocked.changes_at(now)];
        known.into_iter().chain([view, self.mutes.all_until(now)]).flatten().min()
    }

    /// The view as it should be.
    pub fn view(&self, now: Timestamp) -> TrayView {
        let status = self.status.as_ref();
        view::view(status, self.disconnect.as_ref(), (&self.blocked, &self.mutes), (now, &self.zone))
    }

    fn on_service_event(&mut self, event: ServiceEvent, now: Timestamp) -> Vec<Effect> {
        match event {
            ServiceEvent::Connected => {
                self.disconnect = None;
                vec![self.ask_for_blocked(now), Effect::RecallRequests]
            }
            ServiceEvent::Disconnected(disconnect) => {
                self.disconnect = Some(disconnect);
                self.status = None;
                Vec::new()
            }
            ServiceEvent::Message(response) => self.on_response(*response, now),
        }
    }

    fn on_response(&mut self, response: Response, now: Timestamp) -> Vec<Effect> {
        match response {
            Response::Event { event } => self.on_event(event, now),
            Response::Entries(page) => {
                self.blocked.add(page.entries);
                Vec::new()
            }
            Response::SignIn { step: SignInStep::Open { url, .. } } => browse(url).into_iter().collect(),
            Response::SignIn { step: SignInStep::Done { sentence, .. } } => {
                vec![answer("Signed in", &sentence)]
            }
            Response::SignedOut { sentence, url } => {
                let page = url.and_then(browse);
                [answer("Signed out", &sentence)].into_iter().chain(page).collect()
            }
            Response::Engines { engines } => {
                let (title, body) = text::checked(&engines);
                vec![answer(&title, &body)]
            }
            Response::Done { sentence } => vec![answer(text::PULLGATE, &sentence)],
            Response::Error(Failure { message, hint, .. }) => {
                vec![answer(&message, hint.as_deref().unwrap_or_default())]
            }
            Response::Status(status) => self.on_status(*status),
            Response::Explain(report) => self.requests.judged(&report.finding, now, &self.zone),
            Response::SignIn { step: SignInStep::Code { .. } | SignInStep::Other }
            | Response::Why(_)
            | Response::Images(_)
            | Response::Activity { .. }
            | Response::Plans { .. }
            | Response::Progress { .. }
            | Response::Changes { .. }
            | Response::Policy(_)
            | Response::Doctor(_) => Vec::new(),
        }
    }

    fn ask_for_blocked(&self, now: Timestamp) -> Effect {
        Effect::Ask(Request::Blocked { since: now.checked_sub(REMEMBERED).ok(), limit: Some(blocked::KEPT) })
    }

    fn on_event(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::Status { status } => self.on_status(*status),
            Event::Verdict { entry } => {
                let allowed = self.requests.judged(&entry.verdict.finding, now, &self.zone);
                self.on_verdict(*entry, now);
                allowed
            }
            Event::PolicyChanged { sentence, .. } => {
                vec![Effect::Notify(policy_changed(&sentence)), Effect::RecallRequests]
            }
            // The status follows, and every later verdict.
            Event::Missed { .. } => vec![self.ask_for_blocked(now)],
            Event::Other => Vec::new(),
        }
    }

    fn on_verdict(&mut self, entry: Entry, now: Timestamp) {
        let finding = &entry.verdict.finding;
        if finding.outcome == Outcome::Allowed || finding.reason == Reason::Canary {
            return;
        }
        // A session that is missing is told once, by the status; what passes is worth a row and no notification.
        let is_notified =
            finding.outcome == Outcome::Blocked && !matches!(finding.reason, Reason::SignInNeeded { .. });
        if is_notified && !self.mutes.is_muted(&finding.image.repository_name(), now) {
            self.throttle.blocked(notice(&entry), now);
        }
        self.blocked.add(vec![entry]);
    }

    fn on_status(&mut self, status: StatusReport) -> Vec<Effect> {
        let needed = |status: &StatusReport| matches!(status.sign_in, SignInState::Needed { .. });
        let before = self.status.as_ref().is_some_and(needed);
        let effects = match (before, needed(&status)) {
            (false, true) => vec![Effect::Notify(sign_in(&status))],
            (true, false) => vec![Effect::Withdraw(NoticeKey::SignIn)],
            (true, true) | (false, false) => Vec::new(),
        };
        self.status = Some(status);
        effects
    }

    fn on_command(&mut self, command: Command, now: Timestamp) -> Vec<Effect> {
        vec![match command {
            Command::SignIn => Effect::Ask(Request::SignIn { method: SignInMethod::Browser }),
            Command::SignOut => Effect::Ask(Request::SignOut),
            Command::Open(place) => {
                place.id.iter().for_each(|id| self.blocked.was_seen(id));
                Effect::Window(place)
            }
            Command::CheckAgain => Effect::Ask(Request::EnginesVerify { engine: None }),
            Command::Unmute(repository) => {
                self.mutes.unmute(&repository);
                self.persist()
            }
            Command::MuteAll => {
                self.mutes.mute_all(now);
                self.persist()
            }
            Command::UnmuteAll => {
                self.mutes.unmute_all();
                self.persist()
            }
            Command::Quit => Effect::Quit,
        }]
    }

    /// What is known after the next start, too.
    fn persist(&self) -> Effect {
        let mut remembered =
            Remembered { no_icon: self.tray_availability.was_notified(), ..Remembered::default() };
        self.mutes.keep(&mut remembered);
        Effect::Persist(remembered)
    }

    fn on_button(&mut self, key: &NoticeKey, button: Button, now: Timestamp) -> Vec<Effect> {
        self.throttle.closed(key);
        match button {
            Button::Why(id) => self.on_command(Command::Open(Place::verdict(id.as_str())), now),
            Button::RequestAccess { url, request } => {
                let opened = browse(url);
                let kept =
                    opened.is_some().then_some(Effect::KeepRequest(AccessRequested { at: now, ..request }));
                opened.into_iter().chain(kept).chain([Effect::RecallRequests]).collect()
            }
            Button::SignIn => self.on_command(Command::SignIn, now),
            Button::Open(place) => self.on_command(Command::Open(place), now),
            Button::Mute(repository) => {
                self.throttle.forget(&repository);
                self.mutes.mute(repository);
                vec![self.persist()]
            }
        }
    }
}

fn browse(url: String) -> Option<Effect> {
    is_web(&url).then_some(Effect::Browse(url))
}

fn shown_again(at: Timestamp) -> Timestamp {
    at.checked_add(ROWS).unwrap_or(at)
}

/// What is told of one blocked image.
fn notice(entry: &Entry) -> Notice {
    let verdict = &entry.verdict;
    let (title, body) = render::notification(verdict);
    let repository = verdict.finding.image.repository_name();
    let mut buttons = vec![(text::WHY.to_owned(), Button::Why(verdict.id.clone()))];
    if let Some(url) = render::request_url(verdict) {
        let request = AccessRequested::of(verdict, verdict.at);
        buttons.push((text::REQUEST_ACCESS.to_owned(), Button::RequestAccess { url, request }));
    }
    buttons.push((text::MUTE.to_owned(), Button::Mute(repository.clone())));
    let body = text::times(&body, entry.count);
    Notice { key: NoticeKey::Blocked(repository), title, body, buttons, urgency: Urgency::Normal }
}

/// What is told of another policy.
fn policy_changed(sentence: &str) -> Notice {
    Notice {
        key: NoticeKey::Policy,
        title: "The policy has changed".to_owned(),
        body: text::plain(sentence),
        buttons: Vec::new(),
        urgency: Urgency::Low,
    }
}

/// What is told when somebody has to sign in.
fn sign_in(status: &StatusReport) -> Notice {
    let organization = status.organization.as_ref();
    let name = organization.map_or(text::PULLGATE, |organization| &organization.display);
    let sentence = match &status.sign_in {
        SignInState::Needed { sentence, .. } => sentence.as_deref().unwrap_or_default(),
        SignInState::NotRequired
        | SignInState::SignedIn { .. }
        | SignInState::OfflineGrace { .. }
        | SignInState::Other => "",
    };
    Notice {
        key: NoticeKey::SignIn,
        title: format!("Sign in to {name}"),
        body: text::sign_in_needed(sentence),
        buttons: vec![(text::SIGN_IN.to_owned(), Button::SignIn)],
        urgency: Urgency::Critical,
    }
}

fn answer(title: &str, body: &str) -> Effect {
    Effect::Notify(Notice {
        key: NoticeKey::Answer,
        title: text::plain(title),
        body: text::plain(body),
        buttons: Vec::new(),
        urgency: Urgency::Normal,
    })
}

#[cfg(test)]
mod tests;
