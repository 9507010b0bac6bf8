//! Patterns over repositories: `*` stands for one segment of a path or a part of it, `**` for any depth.
//!
//! A pattern begins with a registry. Without one it means Docker Hub, as in the names that people type; `**` in
//! that place means every registry. At the end `**` stands for at least one segment, so that `acme/**` is what
//! lies under `acme`.

mod wild;

use std::fmt;
use std::str::FromStr;

use image_ref::{Registry, Repository};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::hosts::HostPattern;

pub(crate) use wild::text_matches;

const LONGEST: usize = 512;
const DEEP: &str = "**";

/// A pattern over repositories: `docker.io/evil/**`, `localstack/localstack`, `*.acme.example/**`, `**`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Glob {
    host: Option<HostPattern>,
    path: Vec<String>,
}

impl Glob {
    /// Reads a pattern: `docker.io/evil/**`, `localstack/localstack`, `*.acme.example/**`, `**`.
    pub fn parse(text: &str) -> Result<Self, GlobError> {
        if text == DEEP {
            return Ok(Self { host: None, path: vec![DEEP.to_owned()] });
        }
        if let Some(rest) = text.strip_prefix("**/") {
            let mut path = vec![DEEP.to_owned()];
            path.extend(segments(rest)?);
            return Ok(Self { host: None, path });
        }
        match text.split_once('/') {
            Some((host, path)) if is_host(host) => Self::under(&parse_host(host)?, path),
            None if is_host(text) && !text.contains('*') && !text.contains(':') => {
                Err(GlobError::RegistryAlone { text: text.to_owned() })
            }
            Some(_) | None => Self::under(&parse_host("docker.io")?, text),
        }
    }

    /// A pattern over the paths of a registry or domain.
    pub fn under(host: &HostPattern, path: &str) -> Result<Self, GlobError> {
        let mut path = segments(path)?;
        let hub = host.exact().is_some_and(Registry::is_docker_hub);
        if let ([single], true) = (path.as_slice(), hub) {
            if single == "*" {
                return Err(GlobError::Ambiguous);
            }
            if single != DEEP {
                path.insert(0, "library".to_owned());
            }
        }
        Ok(Self { host: Some(host.clone()), path })
    }

    /// The registry or domain that is meant; `None` for every one.
    pub fn host(&self) -> Option<&HostPattern> {
        self.host.as_ref()
    }

    /// Whether the repository is meant.
    pub fn matches(&self, repository: &Repository) -> bool {
        if self.host.as_ref().is_some_and(|host| !host.matches(repository.registry())) {
            return false;
        }
        let found: Vec<&str> = repository.path().split('/').collect();
        wild::path_matches(&self.path, &found)
    }

    /// The repository, when exactly one is meant.
    pub fn literal(&self) -> Option<Repository> {
        let registry = self.host.as_ref()?.exact()?.clone();
        let path = self.path.join("/");
        if path.contains('*') { None } else { Repository::new(registry, &path).ok() }
    }
}

fn is_host(text: &str) -> bool {
    let upper = |letter: char| letter.is_ascii_uppercase();
    text.contains(['.', ':', '[']) || text.contains(upper) || text == "localhost"
}

fn parse_host(text: &str) -> Result<HostPattern, GlobError> {
    HostPattern::parse(text).map_err(|error| GlobError::Host { problem: error.to_string() })
}

fn segments(path: &str) -> Result<Vec<String>, GlobError> {
    if path.len() > LONGEST {
        return Err(GlobError::TooLong { length: path.len() });
    }
    if path.contains([':', '@']) {
        return Err(GlobError::TagOrDigest);
    }
    path.split('/').map(|segment| check_segment(segment).map(|()| segment.to_owned())).collect()
}

fn check_segment(segment: &str) -> Result<(), GlobError> {
    if segment.is_empty() {
        return Err(GlobError::EmptySegment);
    }
    if segment.contains(DEEP) && segment != DEEP {
        return Err(GlobError::PartlyDeep { segment: segment.to_owned() });
    }
    let known = |letter: &char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '_' | '-' | '*')
    };
    match segment.chars().find(|letter| !known(letter)) {
        Some(letter) => Err(GlobError::Letter { letter }),
        None => Ok(()),
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(host) = &self.host {
            write!(f, "{host}/")?;
        }
        f.write_str(&self.path.join("/"))
    }
}

impl FromStr for Glob {
    type Err = GlobError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Glob {
    type Error = GlobError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Glob> for String {
    fn from(glob: Glob) -> Self {
        glob.to_string()
    }
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// The registry is not one.
    #[error("{problem}")]
    Host {
        /// What is wrong.
        problem: String,
    },
    /// A registry without a path.
    #[error("`{text}` is a registry without a repository; write `{text}/**` for everything in it")]
    RegistryAlone {
        /// The registry.
        text: String,
    },
    /// `*` alone on Docker Hub.
    #[error(
        "`*` alone could mean two things; write `docker.io/library/*` for official images, `docker.io/**` for \
         all of Docker Hub, or `**` for everything"
    )]
    Ambiguous,
    /// A tag or digest.
    #[error("a pattern names repositories only; tags go into `tags`, digests into `digests`")]
    TagOrDigest,
    /// Nothing between two slashes, or a slash at an end.
    #[error("a segment is empty; write one slash between segments and none at the end")]
    EmptySegment,
    /// `**` beside other characters.
    #[error("`{segment}` mixes `**` with other characters; `**` stands alone between slashes")]
    PartlyDeep {
        /// The segment.
        segment: String,
    },
    /// A character that repositories do not have.
    #[error(
        "`{letter}` does not occur in repository names, which have lower-case letters, digits, `.`, `_`, `-`"
    )]
    Letter {
        /// The character.
        letter: char,
    },
    /// Too long.
    #[error("a pattern may have {LONGEST} characters, this one has {length}")]
    TooLong {
        /// How many there are.
        length: usize,
    },
}

#[cfg(test)]
mod tests;
