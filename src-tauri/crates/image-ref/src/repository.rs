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
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_the_repository_that_engines_mean() {
        let cases = [
            ("nginx", "docker.io/library/nginx"),
            ("library/nginx", "docker.io/library/nginx"),
            ("docker.io/nginx", "docker.io/library/nginx"),
            ("docker.io/library/nginx", "docker.io/library/nginx"),
            ("index.docker.io/nginx", "docker.io/library/nginx"),
            ("registry-1.docker.io/library/nginx", "docker.io/library/nginx"),
            ("registry.hub.docker.com/acme/tool", "docker.io/acme/tool"),
            ("docker.io./acme/tool", "docker.io/acme/tool"),
            ("acme/tool", "docker.io/acme/tool"),
            ("acme/team/tool", "docker.io/acme/team/tool"),
            ("docker.io", "docker.io/library/docker.io"),
            ("localhost", "docker.io/library/localhost"),
            ("localhost/tool", "localhost/tool"),
            ("localhost:5000/tool", "localhost:5000/tool"),
            ("127.0.0.1/tool", "127.0.0.1/tool"),
            ("[::1]:5000/tool", "[::1]:5000/tool"),
            ("a.b/c", "a.b/c"),
            ("cache:5000/c", "cache:5000/c"),
            ("cache/c", "docker.io/cache/c"),
            ("CACHE/c", "cache:443/c"),
            ("Ghcr.IO:443/acme/tool", "ghcr.io/acme/tool"),
            ("ghcr.io/tool", "ghcr.io/tool"),
            ("ghcr.io/a/b/c/d", "ghcr.io/a/b/c/d"),
            ("ghcr.io/a-b/c__d/e.f/g---h", "ghcr.io/a-b/c__d/e.f/g---h"),
            ("docker.io/a.b/c", "docker.io/a.b/c"),
        ];
        for (text, full) in cases {
            assert_eq!(Repository::parse(text).unwrap().to_string(), full, "{text}");
        }
    }

    #[test]
    fn the_familiar_name_is_the_shortest_that_means_the_same() {
        let identifier = "a".repeat(64);
        let official = format!("library/{identifier}");
        let cases = [
            ("docker.io/library/nginx", "nginx"),
            ("docker.io/acme/tool", "acme/tool"),
            ("docker.io/library/a/b", "library/a/b"),
            ("ghcr.io/a/b", "ghcr.io/a/b"),
            ("docker.io/localhost/tool", "docker.io/localhost/tool"),
            ("docker.io/a.b/c", "docker.io/a.b/c"),
            (&official, &format!("docker.io/{official}")),
        ];
        for (text, familiar) in cases {
            assert_eq!(Repository::parse(text).unwrap().familiar(), familiar, "{text}");
        }
    }

    #[test]
    fn the_namespace_is_the_first_part_of_the_path() {
        for (text, namespace) in
            [("nginx", "library"), ("acme/tool", "acme"), ("ghcr.io/a/b/c", "a"), ("ghcr.io/x", "x")]
        {
            assert_eq!(Repository::parse(text).unwrap().namespace(), namespace, "{text}");
        }
    }

    #[test]
    fn each_fault_of_a_repository_is_named_with_its_place() {
        let stray = |character, position| RepositoryError::Character { character, position };
        let separator = |part: &str| RepositoryError::Separator { part: part.into() };
        let cases = [
            ("", RepositoryError::Empty),
            ("ghcr.io/", RepositoryError::Empty),
            ("/nginx", RepositoryError::EmptyPart { position: 1 }),
            ("acme//tool", RepositoryError::EmptyPart { position: 6 }),
            ("acme/", RepositoryError::EmptyPart { position: 6 }),
            ("Nginx", RepositoryError::UpperCase { character: 'N', position: 1 }),
            ("acme/Tool", RepositoryError::UpperCase { character: 'T', position: 6 }),
            ("acme/to%6fl", stray('%', 8)),
            ("acme/tool:1", stray(':', 10)),
            ("acme/tool@sha256", stray('@', 10)),
            ("acme/tool\0", stray('\0', 10)),
            ("acme/tool ", stray(' ', 10)),
            ("acme/tøol", stray('ø', 7)),
            ("acme/../tool", separator("..")),
            ("acme/a..b", separator("a..b")),
            ("acme/a___b", separator("a___b")),
            ("acme/a._b", separator("a._b")),
            ("acme/-a", separator("-a")),
            ("acme/a_", separator("a_")),
            ("ghcr.io:x/a", RepositoryError::Registry { error: RegistryError::Port { port: "x".into() } }),
        ];
        for (text, fault) in cases {
            assert_eq!(Repository::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn sixty_four_hexadecimal_digits_are_an_image_id() {
        assert_eq!(Repository::parse(&"0123456789abcdef".repeat(4)), Err(RepositoryError::Identifier));
        let path = format!("acme/{}", "a".repeat(64));
        assert_eq!(Repository::parse(&path).unwrap().path(), path);
        assert_eq!(Repository::parse(&"a".repeat(65)).unwrap().path(), format!("library/{}", "a".repeat(65)));
    }

    #[test]
    fn a_name_has_at_most_255_characters_without_its_registry() {
        let longest = format!("acme/{}", "a".repeat(250));
        assert_eq!(Repository::parse(&format!("ghcr.io/{longest}")).unwrap().path(), longest);
        assert_eq!(Repository::parse(&format!("{longest}a")), Err(RepositoryError::TooLong { length: 256 }));
        let official = "a".repeat(248);
        assert_eq!(Repository::parse(&official), Err(RepositoryError::TooLong { length: 256 }));
    }
}
