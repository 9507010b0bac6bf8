//! What lies in the engines of this machine already: every image with its names, and the running containers that
//! were started from it. It reads and asks; it starts no engine, and stops and removes nothing.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EngineId, Facts, Found, Why};

pub use fit::fit;

const NOT_ASKED: &str = "its images are not listed; `crictl images` shows them";

/// A place where one engine keeps images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Store {
    /// The family of its engine.
    pub engine: EngineId,
    /// Its name for people: `Docker Engine`, `containerd (k8s.io)`.
    pub name: String,
    /// Whose it is; 0 for the engines that run as root.
    pub uid: u32,
    /// What is in it.
    pub images: Vec<StoredImage>,
    /// Why nothing of it is listed, or not everything, as a sentence without a full stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// An image in a store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredImage {
    /// What the engine calls it, whatever its names are.
    pub id: String,
    /// What registries call its content, if the engine knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Every name that it could be pulled by, with a tag, a digest or both; none of an image without a name.
    #[serde(default)]
    pub names: Vec<String>,
    /// What it takes on disk, in bytes, with what it shares with others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// When it was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// The running containers that were started from it.
    #[serde(default)]
    pub containers: Vec<RunningContainer>,
}

/// A running container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunningContainer {
    /// What the engine calls it.
    pub id: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The name of the image as it was started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// Engines of one kind that nobody is asked about.
pub(crate) fn unlisted(engine: EngineId, found: Vec<Found>) -> Vec<Store> {
    found.into_iter().filter(|found| found.engine == engine).filter_map(of_unlisted).collect()
}

/// An engine that nobody is asked about.
pub(crate) fn of_unlisted(found: Found) -> Option<Store> {
    let why = match (found.routable, &found.facts) {
        (Err(why), _) => why,
        // What a BuildKit daemon keeps are results of builds, and no images with names.
        (Ok(()), Facts::BuildKit(_)) => return None,
        (Ok(()), _) => return Some(Store::unlisted(found.engine, &found.name, 0, NOT_ASKED.into())),
    };
    let uid = if let Why::Rootless { uid, .. }
    | Why::RootlessStopped { uid, .. }
    | Why::VirtualMachine { uid } = &why
    {
        *uid
    } else {
        0
    };
    Some(Store::unlisted(found.engine, &found.name, uid, why.to_string()))
}

impl Store {
    pub(crate) fn listed(engine: EngineId, name: &str, listed: Result<Vec<StoredImage>, String>) -> Self {
        match listed {
            Ok(images) => Self { engine, name: name.to_owned(), uid: 0, images, problem: None },
            Err(problem) => Self::unlisted(engine, name, 0, problem),
        }
    }

    pub(crate) fn unlisted(engine: EngineId, name: &str, uid: u32, problem: String) -> Self {
        Self { engine, name: name.to_owned(), uid, images: Vec::new(), problem: Some(problem) }
    }
}

/// The names that tell something: where a tag names a repository, its digest says nothing more.
pub(crate) fn distinct_names(mut names: Vec<String>) -> Vec<String> {
    let tagged = names.iter().filter(|name| !name.contains('@')).map(|name| repository(name).to_owned());
    let tagged: BTreeSet<String> = tagged.collect();
    names.retain(|name| !name.contains('@') || !tagged.contains(repository(name)));
    names
}

/// A name without its tag and digest.
fn repository(name: &str) -> &str {
    let name = name.split('@').next().unwrap_or(name);
    match name.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        Some(_) | None => name,
    }
}

/// A moment in seconds since 1970; the beginning itself is what reproducible builds say instead of one.
pub(crate) fn timestamp(seconds: i64) -> Option<Timestamp> {
    Timestamp::from_second(seconds).ok().filter(|_| seconds > 0)
}

mod fit {
    //! A list that fits: what is in use comes first, then what is newest. What is left out is said.

    use super::{Store, StoredImage};

    /// Leaves out images, so that all stores together take at most so many bytes of JSON, their heads aside.
    pub fn fit(stores: &mut [Store], bytes: usize) {
        let mut room = bytes;
        let mut waiting: Vec<Vec<StoredImage>> =
            stores.iter_mut().map(|store| std::mem::take(&mut store.images)).collect();
        for in_use in [true, false] {
            for (store, waiting) in stores.iter_mut().zip(&mut waiting) {
                let (mut turn, later) = std::mem::take(waiting)
                    .into_iter()
                    .partition::<Vec<_>, _>(|image| !in_use || !image.containers.is_empty());
                turn.sort_by_key(|image| std::cmp::Reverse(image.created));
                *waiting = later;
                let all = turn.len();
                let fits = turn.iter().take_while(|image| takes(image, &mut room)).count();
                store.images.extend(turn.into_iter().take(fits));
                if fits < all {
                    leave_out(store, all - fits);
                }
            }
        }
    }

    /// Whether there is room for it; the first for which there is none ends the list.
    fn takes(image: &StoredImage, room: &mut usize) -> bool {
        let size = serde_json::to_vec(image).map_or(usize::MAX, |json| json.len().saturating_add(1));
        let left = room.checked_sub(size);
        *room = left.unwrap_or(0);
        left.is_some()
    }

    fn leave_out(store: &mut Store, count: usize) {
        let what = if count == 1 {
            "one further image is".to_owned()
        } else {
            format!("{count} further images are")
        };
        let sentence =
            format!("{what} not listed, since the list would be too long; remove what nobody uses");
        store.problem = Some(match store.problem.take() {
            Some(problem) => format!("{problem}; {sentence}"),
            None => sentence,
        });
    }
}

#[cfg(test)]
mod tests;
