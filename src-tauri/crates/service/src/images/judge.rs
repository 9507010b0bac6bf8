//! A store's images as lines: one for each name, with what a pull by that name would come to.

use std::sync::Arc;

use engines::{RunningContainer, Store, StoredImage};
use image_ref::Reference;
use jiff::Timestamp;
use policy::{AccessRequest, Decision, DecisionContext, Finding, Outcome, Target, decide};
use wire::{PresentImage, StartedContainer, UnlistedStore};

const NAMELESS: &str = "it has no name";

/// The lines of one store.
pub(super) fn store(situation: &Arc<DecisionContext>, store: &Store, now: Timestamp) -> Vec<PresentImage> {
    let situation = situation.of_asker(Some(store.uid));
    store.images.iter().flat_map(|image| lines(&situation, store, image, now)).collect()
}

fn lines(
    situation: &DecisionContext,
    store: &Store,
    image: &StoredImage,
    now: Timestamp,
) -> Vec<PresentImage> {
    let names: Vec<Option<&str>> = match image.names.as_slice() {
        [] => vec![None],
        names => names.iter().map(|name| Some(name.as_str())).collect(),
    };
    let mut lines: Vec<PresentImage> =
        names.iter().map(|name| line(situation, store, image, *name, now)).collect();
    for container in &image.containers {
        let at = names.iter().position(|name| same(*name, container)).unwrap_or(0);
        if let Some(line) = lines.get_mut(at) {
            let RunningContainer { id, name, image: _ } = container.clone();
            line.containers.push(StartedContainer { id, name });
        }
    }
    lines
}

/// Whether a container was started by this name, however much of it was typed.
fn same(name: Option<&str>, container: &RunningContainer) -> bool {
    let whole = |name: &str| {
        let name = Reference::parse(name).ok()?;
        Some((name.repository().clone(), name.digest().cloned(), name.tag_or_latest()))
    };
    let (Some(name), Some(started_as)) = (name, container.image.as_deref()) else { return false };
    name == started_as || (whole(name).is_some() && whole(name) == whole(started_as))
}

fn line(
    situation: &DecisionContext,
    store: &Store,
    image: &StoredImage,
    name: Option<&str>,
    now: Timestamp,
) -> PresentImage {
    let reference = name.map(Reference::parse);
    let judged = match &reference {
        None => Err(NAMELESS.to_owned()),
        Some(Err(error)) => Err(format!("no registry could have an image of this name: {error}")),
        Some(Ok(reference)) => {
            of_pull(situation, reference, now).ok_or_else(|| "nothing is judged for it".to_owned())
        }
    };
    let (finding, unjudged) = match judged {
        Ok(finding) => (Some(finding), None),
        Err(why) => (None, Some(why)),
    };
    let familiar = reference.and_then(Result::ok).map(|reference| reference.familiar());
    PresentImage {
        engine: store.engine.as_str().to_owned(),
        store: store.name.clone(),
        uid: (store.uid != 0).then_some(store.uid),
        id: image.id.clone(),
        image: familiar.or(name.map(str::to_owned)),
        digest: image.digest.clone(),
        size: image.size,
        created: image.created,
        containers: Vec::new(),
        finding,
        unjudged,
    }
}

/// What a pull would come to; nothing for what no policy judges.
pub(crate) fn of_pull(situation: &DecisionContext, reference: &Reference, now: Timestamp) -> Option<Finding> {
    let tag = reference.tag_or_latest();
    let known_as: Vec<_> = reference.tag().cloned().into_iter().collect();
    let target = match reference.digest() {
        Some(digest) => Target::Digest { digest, known_as: &known_as },
        None => Target::Tag(&tag),
    };
    match decide(situation, &AccessRequest::Pull { repository: reference.repository(), target }, now) {
        Decision::Permitted(permit) => permit.finding().cloned(),
        Decision::Denied(denial) => Some(denial.finding().clone()),
    }
}

/// What of a store is not listed.
pub(super) fn unlisted(store: &Store) -> Option<UnlistedStore> {
    Some(UnlistedStore {
        engine: store.engine.as_str().to_owned(),
        store: store.name.clone(),
        uid: (store.uid != 0).then_some(store.uid),
        problem: store.problem.clone()?,
    })
}

/// What needs eyes first, then by name.
pub(super) fn order(image: &PresentImage) -> (u8, bool, Option<String>, String, Option<u32>, String) {
    let rank = match image.finding.as_ref().map(|finding| finding.outcome) {
        Some(Outcome::Blocked) => 0,
        Some(Outcome::Audited) => 1,
        None => 2,
        Some(Outcome::Allowed) => 3,
    };
    let idle = image.containers.is_empty();
    (rank, idle, image.image.clone(), image.store.clone(), image.uid, image.id.clone())
}
