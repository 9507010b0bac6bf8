//! Tag → digest → children → blobs: what was delivered under a tag is judged by that tag when its digest comes.

mod record;

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use image_ref::{Digest, Registry, Repository};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::sync::Notify;

pub(crate) use record::Origin;
pub use record::ProvenanceError;
use record::{GENERATION, Key, ORIGINS_PER_DIGEST};

/// Where digests come from, by repository.
#[derive(Default)]
pub(crate) struct Provenance {
    known: Mutex<Known>,
    learned: Notify,
}

type Generation = HashMap<Key, Origin>;

/// Two generations: what was not asked for since the last turn is forgotten at the next.
#[derive(Default)]
struct Known {
    young: Generation,
    old: Generation,
    /// How many of the young ones are of each owner of registries.
    shares: HashMap<String, usize>,
    /// Whether anything was learned that no record has.
    is_new: bool,
    /// When the last record was made.
    recorded: Option<Timestamp>,
}

/// What the registries of one owner have of a generation. Whoever has more makes their own older ones go, and nobody
/// else's.
const SHARE: usize = GENERATION / 4;
/// Most images are of Docker Hub.
const SHARE_OF_HUB: usize = GENERATION / 2;
/// Of one manifest; an image has some 100 layers, an index some 50 images. What stands behind them is not known.
const CHILDREN: usize = 512;
/// A record that says nothing new is made again only to say that it is no older: a record that is too old is not believed.
const SAME_RECORD: SignedDuration = SignedDuration::from_hours(1);

impl Provenance {
    /// Where a digest comes from; empty when nothing is known.
    pub(crate) fn origin(&self, repository: &Repository, digest: &Digest) -> Origin {
        let mut known = self.lock();
        let key = (repository.clone(), digest.clone());
        if !known.young.contains_key(&key) && !known.old.contains_key(&key) {
            return Origin::default();
        }
        known.renewed(key).clone()
    }

    /// A digest was delivered by permission that came from there.
    pub(crate) fn learn(&self, repository: &Repository, digest: Digest, origin: &Origin) {
        let mut known = self.lock();
        let have = known.renewed((repository.clone(), digest));
        let tags = add(&mut have.tags, &origin.tags);
        let roots = add(&mut have.roots, &origin.roots);
        known.is_new |= tags || roots;
        drop(known);
        self.learned.notify_one();
    }

    /// A manifest was delivered: everything it names has the same origin.
    pub(crate) fn learn_children(&self, repository: &Repository, manifest: &[u8], origin: &Origin) {
        for child in children(manifest).into_iter().take(CHILDREN) {
            self.learn(repository, child, origin);
        }
    }

    /// Waits until something is learned, or was since the last wait.
    pub(crate) async fn learned(&self) {
        self.learned.notified().await;
    }

    /// Everything known, for the next start; none where the last record says the same and is not old.
    pub(crate) fn record(&self, now: Timestamp) -> Option<Vec<u8>> {
        let mut known = self.lock();
        let is_fresh = known.recorded.is_some_and(|then| now.duration_since(then).abs() < SAME_RECORD);
        if !known.is_new && is_fresh || known.young.is_empty() && known.old.is_empty() {
            return None;
        }
        known.is_new = false;
        known.recorded = Some(now);
        // Pulls wait for the lock, so the writing comes after it.
        let of = |(key, origin): (&Key, &Origin)| (key.clone(), origin.clone());
        let rows: Vec<_> = known.young.iter().chain(&known.old).map(of).collect();
        drop(known);
        Some(record::write(&rows, now))
    }

    /// The last record is not to be had any longer.
    pub(crate) fn is_unwritten(&self) {
        self.lock().is_new = true;
    }

    /// Takes in what a record has of an earlier process, unless it is too old.
    ///
    /// # Errors
    /// The record cannot be read; nothing of it is believed then.
    pub(crate) fn recall(&self, bytes: &[u8], now: Timestamp) -> Result<(), ProvenanceError> {
        let rows = record::read(bytes, now)?;
        let mut known = self.lock();
        for (key, origin) in rows.into_iter().rev() {
            *known.renewed(key) = origin;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// What is known of a digest, which is young from here on.
    fn renewed(&mut self, key: Key) -> &mut Origin {
        if !self.young.contains_key(&key) {
            self.make_room(key.0.registry());
        }
        let earlier = self.old.remove(&key).unwrap_or_default();
        self.young.entry(key).or_insert(earlier)
    }

    fn make_room(&mut self, registry: &Registry) {
        let owner = owner(registry);
        let share = if registry.is_docker_hub() { SHARE_OF_HUB } else { SHARE };
        if self.shares.get(&owner).is_some_and(|have| *have >= share) {
            let is_theirs = |key: &Key| self::owner(key.0.registry()) == owner;
            self.old.retain(|key, _| !is_theirs(key));
            self.old.extend(self.young.extract_if(|key, _| is_theirs(key)));
            self.shares.remove(&owner);
        } else if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.shares.clear();
        }
        *self.shares.entry(owner).or_default() += 1;
    }
}

/// Who runs a registry, as far as its name tells: the last two labels of its host. Those of this machine are one's.
fn owner(registry: &Registry) -> String {
    let host = registry.host();
    if registry.is_loopback() {
        return "localhost".to_owned();
    }
    if host.parse::<IpAddr>().is_ok() {
        return host.to_owned();
    }
    let before_last = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    host[before_last..].to_owned()
}

/// Says whether anything was added.
fn add<T: Clone + PartialEq>(have: &mut Vec<T>, more: &[T]) -> bool {
    let before = have.len();
    for one in more {
        if !have.contains(one) && have.len() < ORIGINS_PER_DIGEST {
            have.push(one.clone());
        }
    }
    have.len() > before
}

#[derive(Deserialize)]
struct Descriptor {
    digest: String,
}

#[derive(Deserialize)]
struct Layer {
    #[serde(rename = "blobSum")]
    blob_sum: String,
}

/// Image manifests, indexes and artifacts, and Docker's first schema.
#[derive(Deserialize)]
struct Manifest {
    #[serde(default)]
    manifests: Vec<Descriptor>,
    #[serde(default)]
    layers: Vec<Descriptor>,
    #[serde(default)]
    blobs: Vec<Descriptor>,
    config: Option<Descriptor>,
    #[serde(default, rename = "fsLayers")]
    fs_layers: Vec<Layer>,
}

pub(crate) fn children(manifest: &[u8]) -> Vec<Digest> {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return Vec::new() };
    let described =
        manifest.manifests.into_iter().chain(manifest.layers).chain(manifest.blobs).chain(manifest.config);
    let digests =
        described.map(|one| one.digest).chain(manifest.fs_layers.into_iter().map(|layer| layer.blob_sum));
    digests.filter_map(|digest| Digest::parse(&digest).ok()).collect()
}

#[cfg(test)]
mod tests;
