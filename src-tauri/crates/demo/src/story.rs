//! Everything the demo tells, as a value: which scene, when, and what has been done since. Reads no clock; the same
//! scene at the same time tells the same.

mod acme;
mod asking;
mod conditions;
mod counting;
mod doctor;
mod editions;
mod engines;
mod happening;
mod images;
mod invented;
mod past;
mod session;
mod world;

use ipc::{Code, Failure};
use jiff::Timestamp;
use policy::{Entry, EntryCount};
use wire::{
    DoctorReport, EngineReport, Fronts, ImagesReport, PolicyReport, Response, SignInStep, StatusReport,
};

use super::Scene;
pub(crate) use acme::login;
use session::Session;
use world::World;

/// A scene that was begun at some time, and goes on.
#[derive(Clone, Debug)]
pub(crate) struct Story {
    world: World,
    session: Session,
    /// The latest first.
    entries: Vec<Entry>,
    /// How many verdicts came after the beginning.
    shown: u64,
    /// When somebody had the engines checked.
    proved: Option<Timestamp>,
}

impl Story {
    /// The scene as it begins.
    pub(crate) fn at(now: Timestamp, scene: Scene) -> Self {
        let now = invented::whole_second(now);
        let world = World::of(scene, now);
        let session = Session::of(scene, now, now);
        let entries = past::entries(&world);
        Self { world, session, entries, shown: 0, proved: None }
    }

    /// How things stand.
    pub(crate) fn status(&self) -> StatusReport {
        let World { now, .. } = self.world;
        let is_enrolled = self.world.is_enrolled();
        let pause = self.world.pause(now);
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            organization: is_enrolled.then(acme::organization),
            enforcing: is_enrolled && pause.is_none(),
            sign_in: self.session.shown(now),
            policy: self.world.editions.state(now),
            pause,
            engines: engines::summary(&self.engines()),
            conditions: conditions::list(&self.world, self.session),
            fronts: Fronts {
                proxy: Some("127.0.0.1:859".to_owned()),
                mirror: Some("127.0.0.1:858".to_owned()),
            },
            ways_out: Vec::new(),
            settings: if is_enrolled { acme::settings() } else { Vec::new() },
        }
    }

    /// What was decided, the latest first.
    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.entries.clone()
    }

    /// How much was decided in each span of time, from its beginning to that of the next one.
    pub(crate) fn activity(&self, from: &[Timestamp]) -> Vec<Vec<EntryCount>> {
        counting::spans(&self.entries, from)
    }

    /// The engines of this machine.
    pub(crate) fn engines(&self) -> Vec<EngineReport> {
        engines::reports(self.world.scene, self.world.now, self.proved)
    }

    /// The images that are here already, all on one page.
    pub(crate) fn images(&self) -> ImagesReport {
        images::report(&self.world, self.session)
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> PolicyReport {
        let state = self.world.editions.state(self.world.now);
        let policy = self.world.editions.policy(self.world.now);
        let warnings = policy.map(|policy| policy.warnings()).unwrap_or_default().iter();
        PolicyReport {
            state,
            document: policy.and_then(|policy| serde_json::to_value(policy.document()).ok()),
            sentences: Vec::new(),
            warnings: warnings.map(|warning| format!("`{}`: {}", warning.path, warning.message)).collect(),
        }
    }

    /// What would happen to an image.
    pub(crate) fn explain(&self, image: &str) -> Response {
        let now = self.world.now;
        asking::explain(&self.world.situation(self.session, now), image, now)
    }

    /// The verdict behind an id, or the last denial.
    pub(crate) fn why(&self, id: Option<&str>) -> Response {
        asking::why(&self.entries, id)
    }

    /// The installation, checked.
    pub(crate) fn doctor(&self, bundle: bool) -> DoctorReport {
        doctor::report(&self.status(), &self.engines(), bundle)
    }

    /// The person signs in.
    pub(crate) fn sign_in(&mut self) -> Response {
        if !self.world.is_enrolled() {
            return Response::Error(Failure::new(
                Code::NotEnrolled,
                "this machine's enrollment asks for no sign-in",
            ));
        }
        self.session = Session::Good;
        let sentence = self.session.sentence(self.world.now);
        Response::SignIn { step: SignInStep::Done { account: acme::ACCOUNT.to_owned(), sentence } }
    }

    /// The person signs out.
    pub(crate) fn sign_out(&mut self, now: Timestamp) -> Response {
        let sentence = match self.session {
            Session::Good | Session::Grace => {
                self.session = Session::SignedOut { at: now };
                format!(
                    "The session of `{}` with Acme has ended on this machine; images stop until somebody signs in",
                    acme::ACCOUNT
                )
            }
            Session::NotAsked | Session::Revoked | Session::SignedOut { .. } => {
                "Nobody is signed in on this machine".to_owned()
            }
        };
        Response::SignedOut { sentence, url: None }
    }

    /// The engines are checked.
    pub(crate) fn prove(&mut self, now: Timestamp) {
        self.proved = Some(now);
    }

    /// Another image is blocked, in the scene where things go on.
    pub(crate) fn go_on(&mut self, now: Timestamp) -> Option<Entry> {
        if self.world.scene != Scene::Acme {
            return None;
        }
        let entry = past::next(&self.world, self.session, self.shown, now)?;
        self.shown += 1;
        self.entries.insert(0, entry.clone());
        Some(entry)
    }
}

#[cfg(test)]
mod tests;
