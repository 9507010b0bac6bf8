//! Step 2. What a request asks of the policy: which image, and by which of its names.

use image_ref::{Digest, Repository, Tag};
use policy::{Ask, Target};

use super::{PullRequest, Subject, path::Object};
use crate::gate::Gate;

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

/// Tells what a request asks for, by the name it has where it goes.
pub(super) fn classify(gate: &Gate, request: &PullRequest) -> Operation {
    match &request.subject {
        // Answered before anybody asks.
        Subject::Ping | Subject::Token => Operation::Ping,
        Subject::Catalog => Operation::Search,
        Subject::Plain => Operation::Plain,
        Subject::Unlisted { path } => Operation::Unlisted { path: path.clone() },
        Subject::Content { repository, object } => {
            let target = reference_to(gate, repository, object);
            let repository = repository.clone();
            if request.is_push() {
                Operation::Push { repository, target }
            } else {
                Operation::Pull { repository, target }
            }
        }
    }
}

pub(super) fn reference_to(gate: &Gate, repository: &Repository, object: &Object) -> Reference {
    match object {
        Object::ManifestByTag(tag) => {
            let subject = subject_of(tag).map(|digest| by_digest(gate, repository, &digest, true));
            subject.filter(Reference::is_known).unwrap_or_else(|| Reference::Tag(tag.clone()))
        }
        Object::ManifestByDigest(digest) | Object::Referrers(digest) => {
            by_digest(gate, repository, digest, true)
        }
        Object::Blob(digest) => by_digest(gate, repository, digest, false),
        Object::Tags | Object::Uploads | Object::Upload(_) => Reference::Repository,
    }
}

pub(super) fn by_digest(
    gate: &Gate,
    repository: &Repository,
    digest: &Digest,
    is_manifest: bool,
) -> Reference {
    let origin = gate.provenance.origin(repository, digest);
    Reference::Digest { digest: digest.clone(), tags: origin.tags, roots: origin.roots, is_manifest }
}

/// Signatures, attestations and bills of material are tagged `sha256-<hex>.sig` and follow their subject, where that came
/// by here. Whoever may push can give any image such a tag, so one whose subject nobody has pulled is a tag like any other.
fn subject_of(tag: &Tag) -> Option<Digest> {
    let (digest, kind) = tag.as_str().split_once('.')?;
    let (algorithm, hex) = digest.split_once('-')?;
    let known = ["sig", "att", "sbom"].contains(&kind);
    known.then(|| Digest::parse(&format!("{algorithm}:{hex}")).ok())?
}

impl Operation {
    /// The question with each digest it may be judged by, the likeliest first.
    pub(super) fn access_requests(&self) -> Vec<Ask<'_>> {
        match self {
            Self::Ping => vec![Ask::Ping],
            Self::Search => vec![Ask::Search],
            Self::Plain => vec![Ask::Plain],
            Self::Unlisted { path } => vec![Ask::Unlisted { path }],
            Self::Pull { repository, target } => {
                target.targets().into_iter().map(|target| Ask::Pull { repository, target }).collect()
            }
            Self::Push { repository, target } => {
                target.targets().into_iter().map(|target| Ask::Push { repository, target }).collect()
            }
        }
    }

    /// A decision is journaled where an image is named by its tag, or by a digest that nothing is known of.
    pub(super) fn is_recorded(&self) -> bool {
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
    fn is_known(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signature_tags_follow_their_subject() {
        let hex = "a".repeat(64);
        for (tag, is_subject) in [
            (format!("sha256-{hex}.sig"), true),
            (format!("sha256-{hex}.att"), true),
            (format!("sha256-{hex}"), false),
            (format!("sha256-{hex}.latest"), false),
            ("sha256-12.sig".to_owned(), false),
            ("1.0".to_owned(), false),
        ] {
            assert_eq!(subject_of(&Tag::parse(&tag).unwrap()).is_some(), is_subject, "{tag}");
        }
    }
}
