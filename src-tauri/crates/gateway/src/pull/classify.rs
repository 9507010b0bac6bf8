//! Step 2. What a request asks of the policy: which image, and by which of its names.

use image_ref::{Digest, Repository, Tag};

use super::{
    path::Object,
    request::{PullRequest, Subject},
};
use crate::{
    gate::Gate,
    operation::{Operation, Reference},
};

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
