//! The words for engines.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of engine that there is an adapter for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngineId {
    /// Docker Engine and the BuildKit inside it.
    Docker,
    /// Podman, Buildah, Skopeo and CRI-O.
    Podman,
    /// containerd with its CRI plugin, and nerdctl.
    Containerd,
    /// A BuildKit daemon of its own.
    Buildkit,
    /// K3s.
    K3s,
    /// RKE2.
    Rke2,
    /// Docker Desktop.
    DockerDesktop,
    /// Rancher Desktop.
    RancherDesktop,
    /// Colima.
    Colima,
    /// Lima.
    Lima,
    /// OrbStack.
    Orbstack,
    /// The virtual machine of Podman and Podman Desktop.
    PodmanMachine,
}

impl EngineId {
    /// All of them, in the order in which they are routed.
    pub const ALL: [Self; 12] = [
        Self::Docker,
        Self::Podman,
        Self::Containerd,
        Self::Buildkit,
        Self::K3s,
        Self::Rke2,
        Self::DockerDesktop,
        Self::RancherDesktop,
        Self::Colima,
        Self::Lima,
        Self::Orbstack,
        Self::PodmanMachine,
    ];

    /// The word for it on the command line.
    pub fn as_str(self) -> &'static str {
        self.words().0
    }

    /// Its everyday name.
    pub fn name(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Docker => ("docker", "Docker Engine"),
            Self::Podman => ("podman", "Podman family"),
            Self::Containerd => ("containerd", "containerd"),
            Self::Buildkit => ("buildkit", "BuildKit"),
            Self::K3s => ("k3s", "K3s"),
            Self::Rke2 => ("rke2", "RKE2"),
            Self::DockerDesktop => ("docker-desktop", "Docker Desktop"),
            Self::RancherDesktop => ("rancher-desktop", "Rancher Desktop"),
            Self::Colima => ("colima", "Colima"),
            Self::Lima => ("lima", "Lima"),
            Self::Orbstack => ("orbstack", "OrbStack"),
            Self::PodmanMachine => ("podman-machine", "Podman machine"),
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
        known.ok_or_else(|| {
            let words = Self::ALL.map(Self::as_str).join("`, `");
            format!("`{text}` is not an engine; use one of `{words}`")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_is_known_by_its_word_in_records_and_on_the_command_line() {
        for engine in EngineId::ALL {
            assert_eq!(engine.as_str().parse(), Ok(engine));
            assert_eq!(serde_json::to_value(engine).unwrap(), engine.as_str());
        }
        assert!("moby".parse::<EngineId>().unwrap_err().ends_with("`orbstack`, `podman-machine`"));
    }
}
