//! What an engine asks for: the question that [`decide`](crate::decide()) answers.

use image_ref::{Digest, Repository, Tag};
use serde::{Deserialize, Serialize};

/// Which way content would move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Content comes to this machine.
    Pull,
    /// Content leaves this machine.
    Push,
}

/// What of a repository is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A tag.
    Tag(&'a Tag),
    /// A digest. For a child manifest or a blob this is the digest the client began with, not the child's own.
    Digest {
        /// The content's name.
        digest: &'a Digest,
        /// Its provenance: the tags that were seen to name it. Empty when nothing is known.
        known_as: &'a [Tag],
    },
    /// The repository as a whole: lists of tags, uploads. Never content.
    Repository,
}

/// One question to the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessRequest<'a> {
    /// Bring content in.
    Pull {
        /// The repository as the engine named it.
        repository: &'a Repository,
        /// What of it.
        target: Target<'a>,
    },
    /// Send content out.
    Push {
        /// The repository as the engine named it.
        repository: &'a Repository,
        /// What of it.
        target: Target<'a>,
    },
    /// A pull through the route of unlisted registries, where the engine does not say which registry it meant.
    Unlisted {
        /// The repository path, without its registry.
        path: &'a str,
    },
    /// The `/v2/` ping, which names no image.
    Ping,
    /// A search for names.
    Search,
    /// Traffic that is not of a registry, such as `ADD https://…` of a build.
    Plain,
}
