//! Images that are here already, judged as a pull of each would be now. Nothing is asked of any registry, nothing is
//! written into the journal, and nothing is stopped or removed: running containers whose image would be blocked are
//! a notice.

mod judge;
mod notice;

use std::{sync::Arc, time::Duration};

use engines::{EngineId, Store};
use host::peer::Peer;
use ipc::Failure;
use policy::DecisionContext;
use steward_protocol::{StewardRequest, StewardResponse};
use tokio::sync::watch;
use wire::{ImagesReport, PresentImage, Severity, UnlistedStore};

use super::{
    conditions::Conditions,
    shared::{APART, Shared},
    steward_client::{Steward, StewardError},
    time,
};
pub(super) use judge::of_pull;
use notice::notice;

/// Containers run from images that would be blocked.
const CODE: &str = "blocked-images-in-use";
/// How often the machine is looked at while nobody asks.
const LOOK_AGAIN: Duration = Duration::from_secs(3600);

/// What is known of the images that are here.
pub(super) struct Images {
    steward: Steward,
    conditions: Arc<Conditions>,
    context: watch::Receiver<Arc<DecisionContext>>,
    /// The latest list, for everybody who asks meanwhile.
    latest: Shared<Arc<Vec<Store>>>,
}

/// What a person may see of the images that are here, as pages.
pub(super) async fn report(known: &Arc<Images>, peer: Peer) -> Result<Vec<ImagesReport>, Failure> {
    let age = if peer.uid == 0 { Duration::ZERO } else { APART };
    let stores = list(known, age).await?;
    let (images, unlisted) = judge(known, &stores);
    tell(known, &images, &unlisted);
    let theirs = |uid: Option<u32>| peer.uid == 0 || uid.is_none_or(|uid| uid == peer.uid);
    let images = images.into_iter().filter(|image| theirs(image.uid)).collect();
    let unlisted = unlisted.into_iter().filter(|store| theirs(store.uid)).collect();
    Ok(ImagesReport::pages(images, unlisted))
}

impl Images {
    pub(super) fn new(
        steward: Steward,
        conditions: Arc<Conditions>,
        context: watch::Receiver<Arc<DecisionContext>>,
    ) -> Self {
        Self { steward, conditions, context, latest: Shared::default() }
    }
}

/// Keeps the notice true: whenever the engines were looked at, which another policy makes happen, and now and then.
pub(super) async fn run(known: Arc<Images>, mut checks: watch::Receiver<()>) {
    loop {
        if let Ok(Err(_ended)) = tokio::time::timeout(LOOK_AGAIN, checks.changed()).await {
            return;
        }
        match list(&known, Duration::ZERO).await {
            Ok(stores) => {
                let (images, unlisted) = judge(&known, &stores);
                tell(&known, &images, &unlisted);
            }
            Err(error) => tracing::info!(%error, "the images that are here could not be listed"),
        }
    }
}

/// Every store, as the steward lists it; those who ask while a list is made have it together.
async fn list(known: &Arc<Images>, age: Duration) -> Result<Arc<Vec<Store>>, Failure> {
    let asking = Arc::clone(known);
    let make = async move {
        let mut stores = Vec::new();
        for engine in EngineId::ALL {
            stores.extend(of_engine(&asking, engine).await?);
        }
        Ok(Arc::new(stores))
    };
    known.latest.get(age, make).await
}

async fn of_engine(known: &Images, engine: EngineId) -> Result<Vec<Store>, StewardError> {
    let request = StewardRequest::Inventory { engine };
    match known.steward.ask(request).await {
        Ok(StewardResponse::Inventory { stores }) => Ok(stores),
        Ok(_) => Err(StewardError::Unexpected),
        Err(StewardError::Refused(failure)) => Ok(vec![Store {
            engine,
            name: engine.name().to_owned(),
            uid: 0,
            images: Vec::new(),
            problem: Some(failure.message),
        }]),
        Err(error) => Err(error),
    }
}

/// Judges everything by what is in force now: what would be blocked and is in use comes first.
fn judge(known: &Images, stores: &[Store]) -> (Vec<PresentImage>, Vec<UnlistedStore>) {
    let (situation, now) = (Arc::clone(&known.context.borrow()), time::now());
    let mut images: Vec<PresentImage> =
        stores.iter().flat_map(|store| judge::store(&situation, store, now)).collect();
    images.sort_by_cached_key(judge::order);
    let unlisted = stores.iter().filter_map(judge::unlisted).collect();
    (images, unlisted)
}

/// Raises the notice, or clears it. What cannot be listed may run on, so it clears nothing.
fn tell(known: &Images, images: &[PresentImage], unlisted: &[UnlistedStore]) {
    match notice(images) {
        Some((sentence, action)) => known.conditions.raise(CODE, Severity::Notice, sentence, Some(&action)),
        None if unlisted.is_empty() => known.conditions.clear(CODE),
        None => {}
    }
}

#[cfg(test)]
mod tests;
