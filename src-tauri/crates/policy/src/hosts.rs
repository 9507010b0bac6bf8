//! Which registries a rule is for: one host, or every host under a domain.

use std::fmt;
use std::str::FromStr;

use image_ref::Registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One registry (`ghcr.io`, `registry.acme.example:5000`) or all under a domain (`*.acme.example`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct HostPattern(Kind);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Exact(Registry),
    Under { domain: String },
}

impl HostPattern {
    /// Reads a host, or a domain after `*.`.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let Some(domain) = text.strip_prefix("*.") else {
            if text.contains('*') {
                return Err(HostError::Wildcard { text: text.to_owned() });
            }
            return match Registry::parse(text) {
                Ok(registry) => Ok(Self(Kind::Exact(registry))),
                Err(error) => Err(HostError::Host { problem: error.to_string() }),
            };
        };
        if domain.contains(['*', ':', '[']) {
            return Err(HostError::Wildcard { text: text.to_owned() });
        }
        match Registry::parse(domain) {
            Err(error) => Err(HostError::Host { problem: error.to_string() }),
            Ok(registry) if registry.is_docker_hub() => Err(HostError::DockerHub),
            Ok(registry) => Ok(Self(Kind::Under { domain: registry.host().to_owned() })),
        }
    }

    /// One registry.
    pub fn of(registry: Registry) -> Self {
        Self(Kind::Exact(registry))
    }

    /// Whether the registry is meant.
    pub fn matches(&self, registry: &Registry) -> bool {
        match &self.0 {
            Kind::Exact(exact) => exact == registry,
            Kind::Under { domain } => registry
                .host()
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        }
    }

    /// The registry, when exactly one is meant.
    pub fn exact(&self) -> Option<&Registry> {
        match &self.0 {
            Kind::Exact(registry) => Some(registry),
            Kind::Under { .. } => None,
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Exact(registry) => f.write_str(registry.as_str()),
            Kind::Under { domain } => write!(f, "*.{domain}"),
        }
    }
}

impl FromStr for HostPattern {
    type Err = HostError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for HostPattern {
    type Error = HostError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<HostPattern> for String {
    fn from(pattern: HostPattern) -> Self {
        pattern.to_string()
    }
}

/// Why a text names no host.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not a host.
    #[error("{problem}")]
    Host {
        /// What is wrong.
        problem: String,
    },
    /// A wildcard elsewhere than in front.
    #[error("`{text}` has a wildcard where none may be; write one host, or `*.` and a domain without a port")]
    Wildcard {
        /// The text.
        text: String,
    },
    /// A wildcard over the hosts of Docker Hub.
    #[error("the hosts of Docker Hub are one registry; write `docker.io`")]
    DockerHub,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, host: &str) -> bool {
        HostPattern::parse(pattern).unwrap().matches(&Registry::parse(host).unwrap())
    }

    #[test]
    fn a_host_means_itself_and_its_aliases() {
        assert!(matches("GHCR.io", "ghcr.io:443"));
        assert!(matches("docker.io", "registry-1.docker.io"));
        assert!(!matches("ghcr.io", "ghcr.io:5000"));
        assert!(!matches("ghcr.io", "evil-ghcr.io"));
    }

    #[test]
    fn a_domain_means_every_host_under_it_and_not_itself() {
        assert!(matches("*.acme.example", "a.acme.example"));
        assert!(matches("*.acme.example", "a.b.acme.example:5000"));
        assert!(!matches("*.acme.example", "acme.example"));
        assert!(!matches("*.acme.example", "evilacme.example"));
    }

    #[test]
    fn a_misplaced_wildcard_is_refused() {
        for text in ["*", "**", "a.*.example", "*.acme.example:5000", "*.*.example", "*.docker.io"] {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }
}
