//! Docker Engine: its daemon goes through the proxy front. From version 23 on the proxy stands in the daemon's
//! own file, before that in its environment; the interception authority always comes by the environment.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::machine::program;
use crate::plan::{Plan, Proxies, Unplannable};
use crate::systemd::{self, Unit};
use crate::verify::Verified;
use crate::{EngineId, Facts, Found, Machine, Originals, Version, Why, Wish};

mod daemon_json;
mod drop_in;
mod flags;
mod live_restore;
mod plan;
mod running;
mod verify;

pub(crate) use flags::value as flag;
pub(crate) use live_restore::live_restore_is;
pub(crate) use plan::persons_file;
pub(crate) use running::SOCKET;
pub use running::{ImageStore, Running};

pub(crate) const UNIT: &str = "docker.service";
const DAEMON_JSON: &str = "/etc/docker/daemon.json";
/// Sorted behind the names people and Docker's manual use, so that it is read after them.
const DROP_IN: &str = "/etc/systemd/system/docker.service.d/zz-pullgate.conf";
/// The two files whose every text of ours can be told from a person's.
pub(crate) const OURS: [&str; 2] = [DAEMON_JSON, DROP_IN];
/// A value that matches nothing: an empty one would let `NO_PROXY` of the environment through.
pub(crate) const NO_PROXY: &str = "pullgate.invalid";
const CA_FILE: &str = "pullgate-intercept.pem";

/// What only Docker Engine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockerFacts {
    /// The daemon's configuration file.
    pub config_file: PathBuf,
    /// Its program and arguments.
    pub arguments: Vec<String>,
    /// The file of its unit.
    pub fragment: PathBuf,
    /// Whether the file can hold the proxy.
    pub proxies_in_file: bool,
    /// Proxies the person set in the environment.
    pub environment: Proxies,
    /// The person's own certificate folders.
    pub certificate_folders: Option<String>,
    /// A file and a variable that beat ours.
    pub overridden: Option<(PathBuf, String)>,
    /// What the running daemon says.
    pub running: Option<Running>,
}

/// The daemon of the service manager, if there is one.
pub(crate) fn find(machine: &dyn Machine) -> Option<Found> {
    let Some(unit) = systemd::unit(machine, UNIT) else { return without_unit(machine) };
    let running = if unit.active { running::ask(machine, unit.main_pid) } else { None };
    let version = running::version(machine, unit.active, &unit.arguments);
    let facts = facts(&unit, version.as_ref(), running);
    let said = unit.arguments.first().cloned().unwrap_or_default();
    let routable = version.as_ref().map(|_| ()).ok_or(Why::NoVersion(format!("`{said}` does not say")));
    Some(Found {
        engine: EngineId::Docker,
        name: EngineId::Docker.name().into(),
        version,
        unit: Some(unit.name),
        config: vec![facts.config_file.clone(), DROP_IN.into()],
        facts: Facts::Docker(Box::new(facts)),
        routable,
    })
}

fn without_unit(machine: &dyn Machine) -> Option<Found> {
    let why = if systemd::unit(machine, "snap.docker.dockerd.service").is_some() {
        Why::Snap
    } else {
        program(machine, "dockerd")?;
        Why::NoUnit(UNIT.into())
    };
    Some(Found {
        engine: EngineId::Docker,
        name: EngineId::Docker.name().into(),
        version: None,
        unit: None,
        config: Vec::new(),
        facts: Facts::Unknown,
        routable: Err(why),
    })
}

fn facts(unit: &Unit, version: Option<&Version>, running: Option<Running>) -> DockerFacts {
    let proxies_in_file = version.is_some_and(|version| version.major >= 23);
    let config_file = flags::value(&unit.arguments, "--config-file");
    DockerFacts {
        config_file: config_file.map_or_else(|| DAEMON_JSON.into(), PathBuf::from),
        arguments: unit.arguments.clone(),
        fragment: unit.fragment.clone(),
        proxies_in_file,
        environment: drop_in::persons_proxies(&unit.environment),
        certificate_folders: drop_in::persons_certificate_folders(&unit.environment),
        overridden: drop_in::overridden(&unit.environment, proxies_in_file),
        running,
    }
}

pub(crate) fn plan(
    found: &Found,
    facts: &DockerFacts,
    machine: &dyn Machine,
    originals: &Originals,
    wish: &Wish,
) -> Result<Plan, Unplannable> {
    plan::route(found, facts, machine, originals, wish)
}

pub(crate) fn plan_restore(
    machine: &dyn Machine,
    originals: &Originals,
    may_stop_containers: bool,
) -> Result<Plan, Unplannable> {
    plan::give_back(find(machine), machine, originals, may_stop_containers)
}

pub(crate) fn verify(facts: &DockerFacts, machine: &dyn Machine, wish: &Wish) -> Verified {
    verify::verify(facts, machine, wish)
}

/// Whether the daemon keeps its containers in the machine's containerd.
pub(crate) fn uses_containerd(machine: &dyn Machine) -> bool {
    let unit = systemd::unit(machine, UNIT);
    unit.is_some_and(|unit| flags::value(&unit.arguments, "--containerd").is_some())
}

/// How many containers run under a daemon that is up.
pub(crate) fn running_containers(machine: &dyn Machine) -> u64 {
    asked(machine).map_or(0, |running| running.containers)
}

/// Whether a restart of the daemon now would stop containers.
pub(crate) fn would_stop(machine: &dyn Machine) -> bool {
    asked(machine).is_some_and(|running| running.containers > 0 && !running.live_restore)
}

/// Running builders with an engine of their own.
pub(crate) fn builders(machine: &dyn Machine) -> Vec<String> {
    let unit = systemd::unit(machine, UNIT).filter(|unit| unit.active);
    unit.map(|_| running::builders(machine)).unwrap_or_default()
}

fn asked(machine: &dyn Machine) -> Option<Running> {
    let unit = systemd::unit(machine, UNIT).filter(|unit| unit.active)?;
    running::ask(machine, unit.main_pid)
}

fn ca_file(wish: &Wish) -> PathBuf {
    Path::new(&wish.intercept_ca_dir).join(CA_FILE)
}

#[cfg(test)]
mod tests;
