//! The packagings of Docker Engine: their units, and where they keep what is changed. The snap is confined: it reads
//! only what lies in its own folders, certificates too.

use std::path::PathBuf;

use crate::systemd::{self, Unit};
use crate::{Machine, arguments, drop_in};

pub(crate) const UNIT: &str = "docker.service";

/// One packaging.
pub(crate) struct Packaging {
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) config_file: &'static str,
    /// The daemon's program, where its unit starts another one that starts it.
    pub(crate) program: Option<&'static str>,
    /// The folder for certificates, where the daemon cannot read the usual one.
    pub(crate) certificates: Option<&'static str>,
    /// Where the daemon keeps containers unless its file says otherwise.
    data_root: &'static str,
}

const PACKAGINGS: [Packaging; 2] = [
    Packaging {
        name: "Docker Engine",
        unit: UNIT,
        config_file: "/etc/docker/daemon.json",
        program: None,
        certificates: None,
        data_root: "/var/lib/docker",
    },
    Packaging {
        name: "Docker Engine (snap)",
        unit: "snap.docker.dockerd.service",
        config_file: "/var/snap/docker/current/config/daemon.json",
        program: Some("/snap/docker/current/bin/dockerd"),
        certificates: Some("/var/snap/docker/common/pullgate"),
        data_root: "/var/snap/docker/common/var-lib-docker",
    },
];

/// The packaging that is installed, the distribution's before the snap.
pub(crate) fn find(machine: &dyn Machine) -> Option<(&'static Packaging, Unit)> {
    PACKAGINGS.iter().find_map(|it| Some((it, systemd::unit(machine, it.unit)?)))
}

/// The daemon's unit.
pub(crate) fn unit(machine: &dyn Machine) -> Option<Unit> {
    find(machine).map(|(_, unit)| unit)
}

/// The files whose every text of ours can be told from a person's.
pub(crate) fn ours() -> Vec<PathBuf> {
    PACKAGINGS.iter().flat_map(|it| [it.config_file.into(), drop_in::path(it.unit)]).collect()
}

/// Each packaging's configuration file, and where it keeps containers unless that file says otherwise.
pub(crate) fn stores() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACKAGINGS.iter().map(|it| (it.config_file, it.data_root))
}

/// The folder for certificates, where it is or is not the snap that runs and that cannot read the usual one.
pub(crate) fn certificates(snap: bool) -> Option<PathBuf> {
    let own = PACKAGINGS.iter().find(|it| it.certificates.is_some() == snap);
    own.and_then(|it| it.certificates).map(PathBuf::from)
}

/// Whether the daemon keeps its containers in the machine's containerd.
pub(crate) fn uses_containerd(machine: &dyn Machine) -> bool {
    unit(machine).is_some_and(|unit| arguments::value(&unit.arguments, "--containerd").is_some())
}
