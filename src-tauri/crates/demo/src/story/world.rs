//! What a scene knows at each of its times, as the gateway would judge by it.

use std::sync::Arc;

use image_ref::Reference;
use jiff::Timestamp;
use policy::{AccessRequest, Action, Decision, DecisionContext, Finding, Pause, Target, decide};

use super::acme;
use super::editions::Editions;
use super::invented::{after, before};
use super::session::Session;
use crate::Scene;

/// How long ago the pause was made, and how long it still lasts.
const PAUSED: i64 = 9;
const PAUSED_FOR: i64 = 171;

/// A scene at a time.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) scene: Scene,
    pub(super) now: Timestamp,
    pub(super) editions: Editions,
}

impl World {
    pub(super) fn of(scene: Scene, now: Timestamp) -> Self {
        Self { scene, now, editions: Editions::of(scene, now) }
    }

    pub(super) fn is_enrolled(&self) -> bool {
        self.scene != Scene::Unenrolled
    }

    /// The pause that was in force at a time.
    pub(super) fn pause(&self, time: Timestamp) -> Option<Pause> {
        let pause = Pause {
            until: after(self.now, PAUSED_FOR),
            reason: "Acme cannot be reached from the train".to_owned(),
            by: "root".to_owned(),
        };
        let holds = before(self.now, PAUSED) <= time && time < pause.until;
        (self.scene == Scene::Troubled && holds).then_some(pause)
    }

    /// Everything that was known at a time.
    pub(super) fn situation(&self, session: Session, time: Timestamp) -> Arc<DecisionContext> {
        let is_enrolled = self.is_enrolled();
        Arc::new(DecisionContext {
            organization: if is_enrolled { acme::organization() } else { acme::nobody() },
            held: self.editions.at(time).clone(),
            absent_blocks: is_enrolled,
            sign_in: session.judged(),
            grants: Vec::new(),
            pause: self.pause(time),
        })
    }
}

/// What a pull or push comes to; nothing for what no policy judges.
pub(super) fn judged(
    situation: &DecisionContext,
    action: Action,
    image: &Reference,
    now: Timestamp,
) -> Option<Finding> {
    let (repository, tag) = (image.repository(), image.tag_or_latest());
    let known_as: Vec<_> = image.tag().cloned().into_iter().collect();
    let target = match image.digest() {
        Some(digest) => Target::Digest { digest, known_as: &known_as },
        None => Target::Tag(&tag),
    };
    let ask = match action {
        Action::Pull => AccessRequest::Pull { repository, target },
        Action::Push => AccessRequest::Push { repository, target },
    };
    match decide(situation, &ask, now) {
        Decision::Permitted(permit) => permit.finding().cloned(),
        Decision::Denied(denial) => Some(denial.finding().clone()),
    }
}
