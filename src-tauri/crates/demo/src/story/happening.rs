//! One pull or push of the story, judged as the gateway would have.

use image_ref::Reference;
use jiff::{SignedDuration, Timestamp};
use policy::{Action, Asker, Engine, Entry, Front, Outcome, UpstreamResult, Verdict};
use policy_text::render::CertificateProblem;

use super::acme;
use super::invented::{digest, id, midnight};
use super::session::Session;
use super::world::{World, judged};

/// A pull or push.
#[derive(Clone, Copy, Debug)]
pub(super) struct Happening {
    engine: Engine,
    action: Action,
    image: &'static str,
    times: u32,
    answer: Answer,
}

/// What the registry answers to what passes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    /// The image.
    Delivered,
    /// That too many were asked for.
    TooMany,
    /// That there is none of that name.
    Unknown,
    /// A certificate that has ended.
    Expired,
}

/// Requests of one verdict are this many seconds apart.
const APART: i64 = 21;

impl Happening {
    pub(super) const fn pull(engine: Engine, image: &'static str) -> Self {
        Self { engine, action: Action::Pull, image, times: 1, answer: Answer::Delivered }
    }

    pub(super) const fn push(engine: Engine, image: &'static str) -> Self {
        Self { action: Action::Push, ..Self::pull(engine, image) }
    }

    pub(super) const fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }

    pub(super) const fn answered(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// How it is recorded, with the time of its last request.
    pub(super) fn entry(
        &self,
        number: u64,
        world: &World,
        session: Session,
        last: Timestamp,
    ) -> Option<Entry> {
        let image = Reference::parse(self.image).ok()?;
        let asker = Asker { uid: Some(uid(self.engine)) };
        let situation = world.situation(session, last).of_asker(asker.uid);
        let finding = judged(&situation, self.action, &image, last)?;
        let passes = finding.outcome != Outcome::Blocked;
        let span = SignedDuration::from_secs(APART * i64::from(self.times - 1));
        let at = last.checked_sub(span).unwrap_or(last);
        let verdict = Verdict { id: id(number), at, engine: self.engine, front: front(self.engine), finding };
        Some(Entry {
            verdict,
            count: self.times,
            last,
            asker,
            upstream: passes.then(|| self.answered_by(image.repository().registry().as_str(), last)),
            failures: None,
            digest: (passes && self.is_delivered()).then(|| digest(self.image)),
        })
    }

    fn is_delivered(&self) -> bool {
        matches!(self.answer, Answer::Delivered)
    }

    fn answered_by(&self, host: &str, time: Timestamp) -> UpstreamResult {
        let refused = |status, message: &str| UpstreamResult::Refused { status, message: message.to_owned() };
        match (self.answer, self.action) {
            (Answer::Delivered, Action::Pull) => UpstreamResult::Delivered { status: 200 },
            (Answer::Delivered, Action::Push) => UpstreamResult::Delivered { status: 201 },
            (Answer::TooMany, _) => {
                refused(429, "toomanyrequests: You have reached your unauthenticated pull rate limit")
            }
            (Answer::Unknown, _) => refused(404, "manifest unknown"),
            (Answer::Expired, _) => {
                let at = Some(midnight(time));
                let problem = CertificateProblem::Expired { at }.in_short();
                UpstreamResult::Certificate { host: host.to_owned(), problem }
            }
        }
    }
}

/// Behind a daemon only the daemon is known.
fn uid(engine: Engine) -> u32 {
    if is_persons_own(engine) { acme::UID } else { 0 }
}

fn is_persons_own(engine: Engine) -> bool {
    match engine {
        Engine::Podman | Engine::Buildah | Engine::Skopeo | Engine::ContainersImage => true,
        Engine::Docker
        | Engine::BuildKit
        | Engine::Containerd
        | Engine::Kubernetes
        | Engine::Nerdctl
        | Engine::Unknown => false,
    }
}

fn front(engine: Engine) -> Front {
    match engine {
        Engine::Docker | Engine::BuildKit | Engine::Unknown => Front::Proxy,
        Engine::Podman
        | Engine::Buildah
        | Engine::Skopeo
        | Engine::ContainersImage
        | Engine::Containerd
        | Engine::Kubernetes
        | Engine::Nerdctl => Front::Mirror,
    }
}
