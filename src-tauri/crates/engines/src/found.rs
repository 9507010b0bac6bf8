//! What was found: one value an engine, with its version, its unit, its files and whether it can be routed.
//! An engine that cannot be routed is found all the same and says why.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::buildkit::BuildKitFacts;
use crate::containerd::ContainerdFacts;
use crate::desktop::DesktopFacts;
use crate::docker::DockerFacts;
use crate::k3s::K3sFacts;
use crate::podman::PodmanFacts;
use crate::{EngineId, Personal};

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
    pub(crate) fn find_in(text: &str) -> Option<Self> {
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
pub(crate) enum Facts {
    /// Of Docker Engine.
    Docker(Box<DockerFacts>),
    /// Of the Podman family.
    Podman(PodmanFacts),
    /// Of containerd.
    Containerd(ContainerdFacts),
    /// Of a BuildKit daemon.
    BuildKit(BuildKitFacts),
    /// Of K3s or RKE2.
    K3s(K3sFacts),
    /// Of a desktop product.
    Desktop(DesktopFacts),
    /// Of an engine that is seen but not routed.
    Unknown,
}

/// What the engines of one kind have.
pub(crate) trait FactsOfKind: Sized {
    fn of(facts: &Facts) -> Option<&Self>;
}

macro_rules! facts_of_kinds {
    ($($kind:ident($facts:ty),)*) => {
        $(impl FactsOfKind for $facts {
            fn of(facts: &Facts) -> Option<&Self> {
                if let Facts::$kind(facts) = facts { Some(facts) } else { None }
            }
        })*
    };
}

facts_of_kinds! {
    Docker(DockerFacts),
    Podman(PodmanFacts),
    Containerd(ContainerdFacts),
    BuildKit(BuildKitFacts),
    K3s(K3sFacts),
    Desktop(DesktopFacts),
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
        "process {pid} is a rootless `{program}` of user {uid}; rootless engines are not routed from here: \
         they have a network of their own, where the gateway is not, and files that are the person's; \
         use the engine of the system"
    )]
    Rootless {
        /// Its program.
        program: String,
        /// Its process.
        pid: u32,
        /// Its owner.
        uid: u32,
    },
    /// A person's own engine that does not run.
    #[error(
        "user {uid} has a rootless `{program}` that is not running; rootless engines are not routed from here; \
         remove `{}`, or use the engine of the system", unit.display()
    )]
    RootlessStopped {
        /// Its program.
        program: String,
        /// Its owner.
        uid: u32,
        /// The unit that would start it.
        unit: PathBuf,
    },
    /// There is no unit that could be restarted.
    #[error("it has no systemd unit `{0}`, so its environment cannot be set; start it by systemd")]
    NoUnit(String),
    /// Somebody keeps its unit from ever starting.
    #[error("its unit `{0}` is masked, so it does not run and nothing is pulled by it")]
    Masked(String),
    /// It does not take its own configuration.
    #[error("its configuration cannot be read ({0}); correct it first")]
    Configuration(String),
    /// Docker Model Runner, in a container of its own.
    #[error(
        "it pulls models by itself from Docker Hub and elsewhere, and not through Docker Engine; remove it with \
         `docker model uninstall-runner`, or its models are not judged"
    )]
    ModelRunner,
    /// A builder in a container of its own.
    #[error(
        "the builder `{0}` pulls by itself and not through Docker Engine; remove it with `docker buildx rm`"
    )]
    Builder(String),
    /// A builder that could go through the gateway.
    #[error(
        "the builder `{name}` pulls by itself and not through Docker Engine; make it anew, in bash: `{command}`"
    )]
    BuilderToMakeAnew {
        /// The builder.
        name: String,
        /// The command that makes it go through the gateway.
        command: String,
    },
    /// A cluster whose nodes are containers or machines with an engine of their own.
    #[error(
        "the nodes of this {product} cluster pull by an engine of their own, where 127.0.0.1 is not this \
         machine; their pulls are not judged; delete the cluster with `{delete}`, or block its node images"
    )]
    Node {
        /// What made the cluster.
        product: String,
        /// The command that deletes it.
        delete: String,
    },
    /// The program is older than the setting it needs.
    #[error(
        "version {found} has no setting that keeps it from asking registries directly; update to {needed}"
    )]
    TooOld {
        /// What is here.
        found: String,
        /// What is needed.
        needed: String,
    },
    /// Its engine is in a virtual machine that a person's settings rule.
    #[error(
        "it runs in a virtual machine, and its settings are those of user {uid}, which are not changed from \
         here; its pulls are not judged; what to set there is in the manual, `docs/engines.md`"
    )]
    VirtualMachine {
        /// Whose settings they are.
        uid: u32,
    },
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
    pub(crate) facts: Facts,
    /// Whether it can be routed.
    pub routable: Result<(), Why>,
}

impl Found {
    /// What only its kind has, if it is of this kind.
    pub(crate) fn facts_as<T: FactsOfKind>(&self) -> Option<&T> {
        T::of(&self.facts)
    }

    /// Files of people that undo the system's configuration for them.
    pub fn personal_files(&self) -> &[Personal] {
        self.facts_as::<PodmanFacts>().map_or(&[], |facts| &facts.personal)
    }

    /// Mounts in people's namespaces that hide the system's configuration from their engines.
    pub fn hiding_mounts(&self) -> &[Personal] {
        self.facts_as::<PodmanFacts>().map_or(&[], |facts| &facts.hiding)
    }

    /// Folders of people with contexts that lead their `docker` elsewhere.
    pub fn docker_contexts(&self) -> &[Personal] {
        self.facts_as::<DockerFacts>().map_or(&[], |facts| &facts.contexts)
    }

    /// Whether it is installed and does not run, so that nothing is pulled by it now: its unit is down or masked, or a
    /// person's own engine was not started.
    pub fn is_stopped(&self) -> bool {
        match (&self.facts, self.routable.as_ref().err()) {
            (_, Some(Why::Masked(_) | Why::RootlessStopped { .. })) => true,
            // One that runs without a unit is found as a further daemon.
            (_, Some(Why::NoUnit(_))) => self.engine == EngineId::Docker,
            (Facts::Docker(facts), _) => !facts.active,
            (Facts::Containerd(facts), _) => !facts.active,
            (Facts::BuildKit(facts), _) => facts.pid.is_none(),
            (Facts::K3s(facts), _) => !facts.active,
            (Facts::Podman(_) | Facts::Desktop(_) | Facts::Unknown, _) => false,
        }
    }
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
