//! The packagings of Docker Engine: their units, and where they keep what is changed. The snap is confined: it reads
//! only what lies in its own folders, certificates too.

use std::path::PathBuf;

use super::DockerFacts;
use crate::systemd::{self, Unit};
use crate::{Machine, Wish, drop_in};

pub(super) const UNIT: &str = "docker.service";

/// One packaging.
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) unit: &'static str,
    pub(super) config_file: &'static str,
    /// The daemon's program, where its unit starts another one that starts it.
    pub(super) program: Option<&'static str>,
    /// The folder for certificates, where the daemon cannot read the usual one.
    pub(super) certificates: Option<&'static str>,
    /// Where the daemon keeps containers unless its file says otherwise.
    data_root: &'static str,
}

const PLACES: [Place; 2] = [
    Place {
        name: "Docker Engine",
        unit: UNIT,
        config_file: "/etc/docker/daemon.json",
        program: None,
        certificates: None,
        data_root: "/var/lib/docker",
    },
    Place {
        name: "Docker Engine (snap)",
        unit: "snap.docker.dockerd.service",
        config_file: "/var/snap/docker/current/config/daemon.json",
        program: Some("/snap/docker/current/bin/dockerd"),
        certificates: Some("/var/snap/docker/common/pullgate"),
        data_root: "/var/snap/docker/common/var-lib-docker",
    },
];

/// The packaging that is installed, the distribution's before the snap.
pub(super) fn find(machine: &dyn Machine) -> Option<(&'static Place, Unit)> {
    PLACES.iter().find_map(|place| Some((place, systemd::unit(machine, place.unit)?)))
}

/// The daemon's unit.
pub(crate) fn unit(machine: &dyn Machine) -> Option<Unit> {
    find(machine).map(|(_, unit)| unit)
}

/// The files whose every text of ours can be told from a person's.
pub(crate) fn ours() -> Vec<PathBuf> {
    PLACES.iter().flat_map(|place| [place.config_file.into(), drop_in::path(place.unit)]).collect()
}

/// Each packaging's configuration file, and where it keeps containers unless that file says otherwise.
pub(crate) fn stores() -> impl Iterator<Item = (&'static str, &'static str)> {
    PLACES.iter().map(|place| (place.config_file, place.data_root))
}

/// The wish with certificates where this packaging can read them.
pub(super) fn wish(facts: &DockerFacts, wish: &Wish) -> Wish {
    let own = PLACES.iter().find(|place| place.certificates.is_some() == facts.snap);
    let folder = own.and_then(|place| place.certificates).map(PathBuf::from);
    Wish { intercept_ca_dir: folder.unwrap_or_else(|| wish.intercept_ca_dir.clone()), ..wish.clone() }
}
