//! Where a story is played: what it answers, and who is told when it changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ipc::{Code, Failure};
use jiff::Timestamp;
use policy::{Entry, Outcome};
use tokio::sync::broadcast;
use wire::{Entries, Event, ImagesReport, Request, Response};

use super::{Scene, Story};

/// Who looks on so slowly that this many events wait misses some.
const WAITING: usize = 64;

/// A story that is being played.
pub(super) struct Stage {
    story: Mutex<Story>,
    events: broadcast::Sender<Event>,
    clock: fn() -> Timestamp,
}

impl Stage {
    /// The scene as it begins.
    pub(super) fn of(scene: Scene, clock: fn() -> Timestamp) -> Self {
        Self { story: Mutex::new(Story::at(clock(), scene)), events: broadcast::Sender::new(WAITING), clock }
    }

    /// Everything that happens from here on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// What happens next, told to everybody who listens.
    pub(super) fn go_on(&self) {
        if let Some(entry) = self.story().go_on((self.clock)()) {
            self.tell(Event::Verdict { entry: Box::new(entry) });
        }
    }

    /// The answers to a request, in their order.
    pub(super) fn answers(&self, request: Request) -> Vec<Response> {
        let now = (self.clock)();
        let answer = match request {
            Request::Status => Response::Status(Box::new(self.story().status())),
            Request::Explain { image } => self.story().explain(&image),
            Request::Why { id } => self.story().why(id.as_deref()),
            Request::Blocked { since, limit: _ } => {
                let stopped = |entry: &Entry| entry.verdict.finding.outcome != Outcome::Allowed;
                return self.past(since, stopped);
            }
            Request::Log { since, .. } => return self.past(since, |_| true),
            Request::Activity { from } => Response::Activity { spans: self.story().activity(&from) },
            Request::Watch => Response::Event { event: self.standing() },
            Request::Engines => self.engines(None),
            Request::EnginesVerify { engine } => {
                self.story().prove(now);
                self.engines(engine)
            }
            Request::Images => return self.images(),
            Request::SignIn { .. } => self.change(Story::sign_in),
            Request::SignOut => self.change(|story| story.sign_out(now)),
            Request::PolicyShow => Response::Policy(Box::new(self.story().policy())),
            Request::Doctor { bundle } => Response::Doctor(self.story().doctor(bundle)),
            Request::EnginesPlan { .. }
            | Request::EnginesApply { .. }
            | Request::EnginesRestore { .. }
            | Request::PolicyRefresh
            | Request::Reload
            | Request::Pause { .. }
            | Request::Resume => Response::Error(not_here()),
        };
        vec![answer]
    }

    fn past(&self, since: Option<Timestamp>, wanted: impl Fn(&Entry) -> bool) -> Vec<Response> {
        let mut entries = self.story().entries();
        entries.retain(|entry| wanted(entry) && since.is_none_or(|since| entry.last >= since));
        Entries::pages(entries).into_iter().map(Response::Entries).collect()
    }

    fn engines(&self, wanted: Option<String>) -> Response {
        let mut engines = self.story().engines();
        engines.retain(|report| wanted.as_ref().is_none_or(|wanted| *wanted == report.engine));
        Response::Engines { engines }
    }

    fn images(&self) -> Vec<Response> {
        let ImagesReport { images, unlisted, .. } = self.story().images();
        ImagesReport::pages(images, unlisted).into_iter().map(Response::Images).collect()
    }

    /// Changes the story, and tells everybody how things stand then.
    fn change(&self, change: impl FnOnce(&mut Story) -> Response) -> Response {
        let answer = change(&mut self.story());
        self.tell(self.standing());
        answer
    }

    fn standing(&self) -> Event {
        Event::Status { status: Box::new(self.story().status()) }
    }

    fn tell(&self, event: Event) {
        // Nobody listening is no fault.
        let _listeners = self.events.send(event);
    }

    fn story(&self) -> MutexGuard<'_, Story> {
        self.story.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn not_here() -> Failure {
    Failure::new(Code::Failed, "The demo cannot do this")
        .with_hint("It changes nothing on this machine; an installed Pullgate does")
}
