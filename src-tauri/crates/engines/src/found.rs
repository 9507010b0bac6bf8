//! What was found: one value an engine, with its version, its unit, its files and whether it can be routed.
//! An engine that cannot be routed is found all the same and says why.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{ContainerdFacts, DockerFacts, PodmanFacts};

/// The engines that can be routed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EngineId {
    /// Docker Engine and the BuildKit inside it.
    Docker,
    /// Podman, Buildah, Skopeo and CRI-O.
    Podman,
    /// containerd with its CRI plugin, and nerdctl.
    Containerd,
}

impl EngineId {
    /// All of them, in the order in which they are routed.
    pub const ALL: [Self; 3] = [Self::Docker, Self::Podman, Self::Containerd];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Containerd => "containerd",
        }
    }

    /// Its everyday name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "Docker Engine",
            Self::Podman => "Podman family",
            Self::Containerd => "containerd",
        }
    }
}

impl fmt::Display for EngineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for EngineId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|engine| engine.as_str() == text);
        known.ok_or_else(|| format!("`{text}` is not an engine; use `docker`, `podman` or `containerd`"))
    }
}

/// A version as engines print it; only its first two numbers decide anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// As printed.
    pub text: String,
}

impl Version {
    /// The first word of `text` that looks like a version, `v` and a trailing comma aside.
    pub fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(|word| {
            let word = word.trim_start_matches('v').trim_end_matches(',');
            let mut numbers = word.split(|c: char| !c.is_ascii_digit());
            let major = numbers.next()?.parse().ok()?;
            let minor = numbers.next()?.parse().ok()?;
            Some(Self { major, minor, text: word.to_owned() })
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What only this kind of engine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Facts {
    /// Of Docker Engine.
    Docker(Box<DockerFacts>),
    /// Of the Podman family.
    Podman(PodmanFacts),
    /// Of containerd.
    Containerd(ContainerdFacts),
    /// Of an engine that is seen but not routed.
    Unknown,
}

/// Why an engine that is here cannot be routed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    /// There is no adapter for it.
    #[error("this kind of engine is not routed; its pulls are not judged")]
    NotSupported,
    /// A further daemon beside the one of the service manager.
    #[error(
        "process {pid} is a further `{program}` beside the service; stop it, or its pulls are not judged"
    )]
    Second {
        /// Its program.
        program: String,
        /// Its process.
        pid: u32,
    },
    /// It belongs to a person, who can always configure it.
    #[error(
        "process {pid} is a rootless `{program}` of user {uid}; rootless engines are not routed from here"
    )]
    Rootless {
        /// Its program.
        program: String,
        /// Its process.
        pid: u32,
        /// Its owner.
        uid: u32,
    },
    /// Its configuration is the package manager's.
    #[error(
        "it is installed as a snap, which keeps its own configuration; install the distribution's package"
    )]
    Snap,
    /// There is no unit that could be restarted.
    #[error("it has no systemd unit `{0}`, so its environment cannot be set; start it by systemd")]
    NoUnit(String),
    /// It does not take its own configuration.
    #[error("its configuration cannot be read ({0}); correct it first")]
    Configuration(String),
    /// A builder in a container of its own.
    #[error(
        "the builder `{0}` pulls by itself and not through Docker Engine; remove it with `docker buildx rm`"
    )]
    Builder(String),
    /// Its version could not be learned.
    #[error("its version cannot be told ({0}); check that it starts")]
    NoVersion(String),
}

/// An engine on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Which family it belongs to.
    pub engine: EngineId,
    /// Its everyday name.
    pub name: String,
    /// Its version, when it could be told.
    pub version: Option<Version>,
    /// Its systemd unit.
    pub unit: Option<String>,
    /// The configuration files that rule it.
    pub config: Vec<PathBuf>,
    /// What only its kind has.
    pub facts: Facts,
    /// Whether it can be routed.
    pub routable: Result<(), Why>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_engines_print() {
        let numbers = |text| Version::find_in(text).map(|v| (v.major, v.minor, v.text));
        assert_eq!(
            numbers("Docker version 26.1.5+dfsg1, build 411e817"),
            Some((26, 1, "26.1.5+dfsg1".into()))
        );
        assert_eq!(numbers("20.10.27"), Some((20, 10, "20.10.27".into())));
        assert_eq!(
            numbers("containerd github.com/containerd/containerd v2.0.0-rc.1 abc"),
            Some((2, 0, "2.0.0-rc.1".into()))
        );
        assert_eq!(numbers("podman version 5.4.2"), Some((5, 4, "5.4.2".into())));
        assert_eq!(numbers("no version here"), None);
    }
}
