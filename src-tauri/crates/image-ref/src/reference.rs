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
mod tests {
    use super::*;
    use crate::registry::RegistryError;

    const SHA256: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_reference_is_a_repository_with_tag_and_digest() {
        let digested = |name: &str| format!("{name}@{SHA256}");
        let sha512 = format!("sha512:{}", "0".repeat(128));
        let cases = [
            ("nginx".to_owned(), "docker.io/library/nginx".to_owned()),
            ("nginx:1.27".to_owned(), "docker.io/library/nginx:1.27".to_owned()),
            (digested("nginx"), digested("docker.io/library/nginx")),
            (digested("nginx:1.27"), digested("docker.io/library/nginx:1.27")),
            ("localhost:5000".to_owned(), "docker.io/library/localhost:5000".to_owned()),
            ("localhost:5000/a".to_owned(), "localhost:5000/a".to_owned()),
            ("localhost:5000/a:B".to_owned(), "localhost:5000/a:B".to_owned()),
            (digested("[::1]:5000/a:b"), digested("[::1]:5000/a:b")),
            (format!("GHCR.io/a/b@{sha512}"), format!("ghcr.io/a/b@{sha512}")),
            (format!("{}:1", "a".repeat(64)), format!("docker.io/library/{}:1", "a".repeat(64))),
        ];
        for (text, full) in cases {
            assert_eq!(Reference::parse(&text).unwrap().to_string(), full, "{text}");
        }
    }

    #[test]
    fn the_parts_of_a_reference_can_be_asked_for() {
        let reference = Reference::parse(&format!("acme/tool:v1@{SHA256}")).unwrap();
        assert_eq!(reference.repository(), &Repository::parse("acme/tool").unwrap());
        assert_eq!(reference.tag(), Some(&Tag::parse("v1").unwrap()));
        assert_eq!(reference.digest(), Some(&Digest::parse(SHA256).unwrap()));
        assert_eq!(reference.familiar(), format!("acme/tool:v1@{SHA256}"));
    }

    #[test]
    fn without_a_tag_engines_ask_for_latest() {
        assert_eq!(Reference::parse("nginx").unwrap().tag_or_latest(), Tag::latest());
        assert_eq!(Reference::parse("nginx:1").unwrap().tag_or_latest(), Tag::parse("1").unwrap());
        assert_eq!(Reference::parse("nginx").unwrap().tag(), None);
    }

    #[test]
    fn each_fault_of_a_reference_is_named() {
        let port = RepositoryError::Registry { error: RegistryError::Port { port: "bar".into() } };
        let cases = [
            ("".to_owned(), ReferenceError::Empty),
            (":1".to_owned(), RepositoryError::Empty.into()),
            ("nginx:".to_owned(), TagError::Empty.into()),
            ("nginx:1:2".to_owned(), TagError::Character { character: ':', position: 2 }.into()),
            ("nginx@".to_owned(), DigestError::Empty.into()),
            (format!("@{SHA256}"), RepositoryError::Empty.into()),
            (
                format!("nginx@{SHA256}@{SHA256}"),
                DigestError::Character { character: '@', position: 72 }.into(),
            ),
            (format!("nginx@{SHA256}:1"), DigestError::Character { character: ':', position: 72 }.into()),
            ("foo:bar/baz".to_owned(), port.into()),
            (
                "https://ghcr.io/a".to_owned(),
                RepositoryError::Registry { error: RegistryError::Port { port: "".into() } }.into(),
            ),
            (SHA256.replace("sha256:", ""), RepositoryError::Identifier.into()),
        ];
        for (text, fault) in cases {
            assert_eq!(Reference::parse(&text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn serialized_it_is_the_full_text() {
        let reference = Reference::parse("nginx:1.27").unwrap();
        assert_eq!(serde_json::to_value(&reference).unwrap(), "docker.io/library/nginx:1.27");
        assert_eq!(serde_json::from_value::<Reference>("nginx:1.27".into()).unwrap(), reference);
        let fault = serde_json::from_value::<Reference>("Nginx".into()).unwrap_err().to_string();
        assert_eq!(fault, "the repository's name has 'N' at position 1; it must be in lower case");
    }
}
