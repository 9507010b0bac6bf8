//! A repository: a registry and the path of an image in it.
//!
//! Decides where the host ends in a name, by the rule that engines share: the part before the first slash is a
//! host if it has a dot, a colon or an upper-case letter, or is `localhost`; all else lives on Docker Hub.

use std::fmt;

use crate::registry::{Registry, RegistryError};
use crate::text::{excerpt, textual};

const OFFICIAL: &str = "library/";
const LONGEST: usize = 255;
const IDENTIFIER: usize = 64;

/// A repository in its normal form, printed as `docker.io/library/nginx`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Repository {
    registry: Registry,
    path: String,
}

impl Repository {
    /// The repository at a path of a registry; on Docker Hub a path of one part is an official image's.
    pub fn new(registry: Registry, path: &str) -> Result<Self, RepositoryError> {
        check_path(path)?;
        let official = registry.is_docker_hub() && !path.contains('/');
        let path = if official { format!("{OFFICIAL}{path}") } else { path.to_owned() };
        if path.len() > LONGEST {
            return Err(RepositoryError::TooLong { length: path.len() });
        }
        Ok(Self { registry, path })
    }

    /// Reads a full name, or one as people type it: `nginx`, `acme/tool`, `ghcr.io/a/b`.
    pub fn parse(text: &str) -> Result<Self, RepositoryError> {
        if is_identifier(text) { Err(RepositoryError::Identifier) } else { Self::of_name(text) }
    }

    /// Reads a name that is known to stand in a longer reference, where engines look for no image id.
    pub(crate) fn of_name(text: &str) -> Result<Self, RepositoryError> {
        match split_host(text) {
            Some((host, path)) => {
                let registry = Registry::parse(host).map_err(|error| RepositoryError::Registry { error })?;
                Self::new(registry, path)
            }
            None => Self::new(Registry::docker_hub(), text),
        }
    }

    /// The registry that serves the repository.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The whole path, as in `library/nginx`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The first part of the path.
    pub fn namespace(&self) -> &str {
        self.path.split('/').next().unwrap_or(&self.path)
    }

    /// The name as people type it: the shortest that still parses to this repository.
    pub fn familiar(&self) -> String {
        if !self.registry.is_docker_hub() {
            return self.to_string();
        }
        let short = self.path.strip_prefix(OFFICIAL).filter(|name| !name.contains('/'));
        let short = short.unwrap_or(&self.path);
        if is_identifier(short) || split_host(short).is_some() { self.to_string() } else { short.to_owned() }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.path)
    }
}

textual!(Repository, RepositoryError);

/// Why a text is not a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepositoryError {
    /// The host in front of the path is not one.
    #[error("{error}")]
    Registry {
        /// What is wrong with it.
        error: RegistryError,
    },
    /// There is no path.
    #[error("the repository has no name")]
    Empty,
    /// The path is longer than registries accept.
    #[error("the repository's name has {length} characters; at most {LONGEST} are possible")]
    TooLong {
        /// How many characters it has.
        length: usize,
    },
    /// A name that engines read as an image id.
    #[error("a name of {IDENTIFIER} hexadecimal digits is an image id, not a repository")]
    Identifier,
    /// An upper-case letter.
    #[error("the repository's name has {character:?} at position {position}; it must be in lower case")]
    UpperCase {
        /// The letter.
        character: char,
        /// Its place in the path, counted from one.
        position: usize,
    },
    /// A character no path can have.
    #[error(
        "the repository's name has {character:?} at position {position}; it has only lower-case letters, digits, `.`, `_`, `-` and `/`"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place in the path, counted from one.
        position: usize,
    },
    /// Nothing between two slashes, or at either end.
    #[error(
        "the repository's name has an empty part at position {position}; write one `/` between two parts"
    )]
    EmptyPart {
        /// Where the part should be, counted from one.
        position: usize,
    },
    /// Separators that are doubled or stand at an edge.
    #[error(
        "the part `{part}` of the repository's name must begin and end with a letter or digit, with `.`, `_`, `__` or hyphens between"
    )]
    Separator {
        /// The part.
        part: String,
    },
}

/// Cuts a name at the end of its host, if it begins with one.
fn split_host(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.split_once('/')?;
    let is_host = first == "localhost" || first.contains(['.', ':']) || first.chars().any(char::is_uppercase);
    is_host.then_some((first, rest))
}

/// Whether engines would read the whole text as an image id.
pub(crate) fn is_identifier(text: &str) -> bool {
    text.len() == IDENTIFIER && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_path(path: &str) -> Result<(), RepositoryError> {
    if path.is_empty() {
        return Err(RepositoryError::Empty);
    }
    for (character, position) in path.chars().zip(1..) {
        match character {
            'a'..='z' | '0'..='9' | '.' | '_' | '-' | '/' => {}
            'A'..='Z' => return Err(RepositoryError::UpperCase { character, position }),
            _ => return Err(RepositoryError::Character { character, position }),
        }
    }
    let mut position = 1;
    for part in path.split('/') {
        if part.is_empty() {
            return Err(RepositoryError::EmptyPart { position });
        }
        if !is_well_separated(part) {
            return Err(RepositoryError::Separator { part: excerpt(part) });
        }
        position += part.len() + 1;
    }
    Ok(())
}

/// Whether a part is runs of letters and digits with `.`, `_`, `__` or hyphens between.
fn is_well_separated(part: &str) -> bool {
    let separator = |c: char| matches!(c, '.' | '_' | '-');
    let possible = |run: &str| matches!(run, "." | "_" | "__") || run.chars().all(|c| c == '-');
    !part.starts_with(separator) && !part.ends_with(separator) && part.split(|c| !separator(c)).all(possible)
}

#[cfg(test)]
mod tests;
