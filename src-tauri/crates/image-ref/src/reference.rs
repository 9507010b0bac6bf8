//! A reference: a repository with a tag, a digest, both or neither.

use std::fmt;

use crate::digest::{Digest, DigestError};
use crate::repository::{Repository, RepositoryError, is_identifier};
use crate::tag::{Tag, TagError};
use crate::text::textual;

/// A reference in its normal form, printed as `docker.io/library/nginx:1.27@sha256:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    repository: Repository,
    tag: Option<Tag>,
    digest: Option<Digest>,
}

impl Reference {
    /// The reference to a repository by tag, digest, both or neither.
    pub fn new(repository: Repository, tag: Option<Tag>, digest: Option<Digest>) -> Self {
        Self { repository, tag, digest }
    }

    /// Reads a full reference, or one as people type it.
    pub fn parse(text: &str) -> Result<Self, ReferenceError> {
        if text.is_empty() {
            return Err(ReferenceError::Empty);
        }
        if is_identifier(text) {
            return Err(RepositoryError::Identifier.into());
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        let (name, tag) = split_tag(rest);
        let repository = Repository::of_name(name)?;
        let tag = tag.map(Tag::parse).transpose()?;
        Ok(Self { repository, tag, digest })
    }

    /// The repository.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The tag, if one was written.
    pub fn tag(&self) -> Option<&Tag> {
        self.tag.as_ref()
    }

    /// The digest, if one was written.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The tag, or `latest`: what engines ask for when there is no digest.
    pub fn tag_or_latest(&self) -> Tag {
        self.tag.clone().unwrap_or_else(Tag::latest)
    }

    /// The reference as people type it, with the repository's familiar name.
    pub fn familiar(&self) -> String {
        self.written(&self.repository.familiar())
    }

    fn written(&self, name: &str) -> String {
        let tag = self.tag.iter().map(|tag| format!(":{tag}"));
        let digest = self.digest.iter().map(|digest| format!("@{digest}"));
        std::iter::once(name.to_owned()).chain(tag).chain(digest).collect()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written(&self.repository.to_string()))
    }
}

textual!(Reference, ReferenceError);

/// Why a text is not a reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// There is no text.
    #[error("the image reference is empty")]
    Empty,
    /// The name before tag and digest is not a repository.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// What follows the last colon is not a tag.
    #[error(transparent)]
    Tag(#[from] TagError),
    /// What follows the `@` is not a digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

/// Cuts off the tag: what follows a colon after the last slash, so that a port stays with its host.
fn split_tag(text: &str) -> (&str, Option<&str>) {
    let name_start = text.rfind('/').map_or(0, |slash| slash + 1);
    match text.get(name_start..).and_then(|last| last.find(':')) {
        Some(colon) => {
            let (name, tag) = text.split_at(name_start + colon);
            (name, tag.get(1..))
        }
        None => (text, None),
    }
}

#[cfg(test)]
mod tests;
