//! Tag → digest → children → blobs: what was delivered under a tag is judged by that tag when its digest comes.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use image_ref::{Digest, Repository, Tag};
use serde::Deserialize;

/// Where digests come from, by repository.
#[derive(Default)]
pub(crate) struct Provenance(Mutex<Known>);

/// What is known of one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origin {
    /// The tags it was delivered under.
    pub(crate) tags: Vec<Tag>,
    /// The digests a client began with when it was delivered below them.
    pub(crate) roots: Vec<Digest>,
}

type Generation = HashMap<(Repository, Digest), Origin>;

/// Two generations: what was not asked for since the last turn is forgotten at the next.
#[derive(Default)]
struct Known {
    young: Generation,
    old: Generation,
}

/// A generation of digests, some 300 bytes each; a large image has some hundred.
const GENERATION: usize = 4 * 1024;
const ORIGINS_PER_DIGEST: usize = 16;

impl Provenance {
    /// Where a digest comes from; empty when nothing is known.
    pub(crate) fn origin(&self, repository: &Repository, digest: &Digest) -> Origin {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (repository.clone(), digest.clone());
        if let Some(origin) = known.young.get(&key) {
            return origin.clone();
        }
        let Some(origin) = known.old.remove(&key) else { return Origin::default() };
        known.young.insert(key, origin.clone());
        origin
    }

    /// A digest was delivered by permission that came from there.
    pub(crate) fn learn(&self, repository: &Repository, digest: Digest, origin: &Origin) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.young.len() >= GENERATION {
            known.old = std::mem::take(&mut known.young);
        }
        let key = (repository.clone(), digest);
        let earlier = known.old.remove(&key).unwrap_or_default();
        let have = known.young.entry(key).or_insert(earlier);
        add(&mut have.tags, &origin.tags);
        add(&mut have.roots, &origin.roots);
    }

    /// A manifest was delivered: everything it names has the same origin.
    pub(crate) fn learn_children(&self, repository: &Repository, manifest: &[u8], origin: &Origin) {
        for child in children(manifest) {
            self.learn(repository, child, origin);
        }
    }
}

fn add<T: Clone + PartialEq>(have: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !have.contains(one) && have.len() < ORIGINS_PER_DIGEST {
            have.push(one.clone());
        }
    }
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

fn children(manifest: &[u8]) -> Vec<Digest> {
    let Ok(manifest) = serde_json::from_slice::<Manifest>(manifest) else { return Vec::new() };
    let described =
        manifest.manifests.into_iter().chain(manifest.layers).chain(manifest.blobs).chain(manifest.config);
    let digests =
        described.map(|one| one.digest).chain(manifest.fs_layers.into_iter().map(|layer| layer.blob_sum));
    digests.filter_map(|digest| Digest::parse(&digest).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(letter: char) -> Digest {
        Digest::parse(&format!("sha256:{}", letter.to_string().repeat(64))).unwrap()
    }

    #[test]
    fn a_tag_stands_behind_everything_its_manifest_names() {
        let repository = Repository::parse("acme/tool").unwrap();
        let by_tag = Origin { tags: vec![Tag::parse("1.0").unwrap()], roots: vec![digest('a')] };
        let known = Provenance::default();
        let index = format!(r#"{{"manifests":[{{"digest":"{}"}}]}}"#, digest('a'));
        known.learn_children(&repository, index.as_bytes(), &by_tag);
        let origin = known.origin(&repository, &digest('a'));
        let image = format!(
            r#"{{"config":{{"digest":"{}"}},"layers":[{{"digest":"{}","size":1}}]}}"#,
            digest('b'),
            digest('c')
        );
        known.learn_children(&repository, image.as_bytes(), &origin);
        assert_eq!(known.origin(&repository, &digest('c')), by_tag);
        let other = Repository::parse("acme/other").unwrap();
        assert_eq!(
            known.origin(&other, &digest('c')),
            Origin::default(),
            "another repository is another story"
        );
        assert_eq!(known.origin(&repository, &digest('d')), Origin::default());
    }

    #[test]
    fn what_is_no_manifest_teaches_nothing() {
        for text in ["", "[]", "{\"manifests\":1}", "{\"layers\":[{\"digest\":\"sha256:xyz\"}]}", "{}"] {
            assert_eq!(children(text.as_bytes()), [], "{text}");
        }
    }
}
