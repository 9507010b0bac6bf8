//! What a request asks of the policy, independent of the connection it came by: which image, and by which of its names.

use image_ref::{Digest, Repository, Tag};
use policy::{AccessRequest, Target};

/// A question to the policy that outlives its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Pull { repository: Repository, target: Reference },
    Push { repository: Repository, target: Reference },
    Unlisted { path: String },
    Ping,
    Search,
    Plain,
}

/// The name that content is asked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reference {
    Tag(Tag),
    Digest {
        digest: Digest,
        tags: Vec<Tag>,
        /// The digests it was delivered below; content is judged by what the client began with.
        roots: Vec<Digest>,
        is_manifest: bool,
    },
    Repository,
}

impl Operation {
    /// The question with each digest it may be judged by, the likeliest first.
    pub(crate) fn access_requests(&self) -> Vec<AccessRequest<'_>> {
        match self {
            Self::Ping => vec![AccessRequest::Ping],
            Self::Search => vec![AccessRequest::Search],
            Self::Plain => vec![AccessRequest::Plain],
            Self::Unlisted { path } => vec![AccessRequest::Unlisted { path }],
            Self::Pull { repository, target } => target
                .targets()
                .into_iter()
                .map(|target| AccessRequest::Pull { repository, target })
                .collect(),
            Self::Push { repository, target } => target
                .targets()
                .into_iter()
                .map(|target| AccessRequest::Push { repository, target })
                .collect(),
        }
    }

    /// A decision is journaled where an image is named by its tag, or by a digest that nothing is known of.
    pub(crate) fn is_recorded(&self) -> bool {
        match self {
            Self::Ping | Self::Search | Self::Plain => false,
            Self::Unlisted { .. } => true,
            Self::Pull { target, .. } => match target {
                Reference::Tag(_) => true,
                Reference::Digest { tags, roots, is_manifest, .. } => {
                    *is_manifest && tags.is_empty() && roots.is_empty()
                }
                Reference::Repository => false,
            },
            Self::Push { target, .. } => matches!(target, Reference::Tag(_)),
        }
    }
}

impl Reference {
    /// Whether anything is known of where it comes from.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Digest { tags, roots, .. } if !tags.is_empty() || !roots.is_empty())
    }

    fn targets(&self) -> Vec<Target<'_>> {
        match self {
            Self::Tag(tag) => vec![Target::Tag(tag)],
            Self::Repository => vec![Target::Repository],
            Self::Digest { digest, tags, roots, .. } if roots.is_empty() => {
                vec![Target::Digest { digest, known_as: tags }]
            }
            Self::Digest { tags, roots, .. } => {
                roots.iter().map(|digest| Target::Digest { digest, known_as: tags }).collect()
            }
        }
    }
}
