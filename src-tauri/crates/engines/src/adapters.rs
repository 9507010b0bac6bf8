//! The table of adapters: one for each family of engines.

use crate::EngineId;
use crate::adapter::Adapter;
use crate::buildkit::BuildKit;
use crate::containerd::Containerd;
use crate::desktop::Desktop;
use crate::docker::Docker;
use crate::k3s::K3s;
use crate::podman::Podman;

/// Every family, in the order in which engines are found.
pub(crate) const ADAPTERS: [&dyn Adapter; 6] = [&Docker, &Podman, &Containerd, &BuildKit, &K3s, &Desktop];

/// The adapter of an engine's family.
pub(crate) fn adapter(engine: EngineId) -> &'static dyn Adapter {
    match engine {
        EngineId::Docker => &Docker,
        EngineId::Podman => &Podman,
        EngineId::Containerd => &Containerd,
        EngineId::Buildkit => &BuildKit,
        EngineId::K3s | EngineId::Rke2 => &K3s,
        EngineId::DockerDesktop
        | EngineId::RancherDesktop
        | EngineId::Colima
        | EngineId::Lima
        | EngineId::Orbstack
        | EngineId::PodmanMachine => &Desktop,
    }
}
