//! One decision with its name, time and place: the value that every surface shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Finding, VerdictId};

/// The program that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Engine {
    /// Docker Engine.
    Docker,
    /// BuildKit, in Docker Engine or by itself.
    BuildKit,
    /// Podman.
    Podman,
    /// Buildah.
    Buildah,
    /// Skopeo.
    Skopeo,
    /// Another program on the containers/image library, such as CRI-O.
    ContainersImage,
    /// containerd.
    Containerd,
    /// A Kubernetes node's runtime, by way of CRI.
    Kubernetes,
    /// nerdctl.
    Nerdctl,
    /// A program that did not say what it is.
    Unknown,
}

impl Engine {
    /// Every engine.
    pub const ALL: [Self; 10] = [
        Self::Docker,
        Self::BuildKit,
        Self::Podman,
        Self::Buildah,
        Self::Skopeo,
        Self::ContainersImage,
        Self::Containerd,
        Self::Kubernetes,
        Self::Nerdctl,
        Self::Unknown,
    ];

    /// Whether it pulls as root for everybody who may use it, so that root is not who asked.
    pub fn serves_everybody(self) -> bool {
        match self {
            Self::Docker | Self::BuildKit | Self::Containerd | Self::Kubernetes => true,
            Self::Podman
            | Self::Buildah
            | Self::Skopeo
            | Self::ContainersImage
            | Self::Nerdctl
            | Self::Unknown => false,
        }
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "Docker Engine",
            Self::BuildKit => "BuildKit",
            Self::Podman => "Podman",
            Self::Buildah => "Buildah",
            Self::Skopeo => "Skopeo",
            Self::ContainersImage => "a containers/image client",
            Self::Containerd => "containerd",
            Self::Kubernetes => "Kubernetes",
            Self::Nerdctl => "nerdctl",
            Self::Unknown => "an unknown client",
        }
    }
}

/// The way a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Front {
    /// As a forward proxy.
    Proxy,
    /// As a registry mirror.
    Mirror,
}

/// One decision with its name, time and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// Its name.
    pub id: VerdictId,
    /// When it was made.
    pub at: Timestamp,
    /// Who asked.
    pub engine: Engine,
    /// By which way.
    pub front: Front,
    /// What was found.
    pub finding: Finding,
}
