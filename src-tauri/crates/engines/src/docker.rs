//! Docker Engine: its daemon goes through the proxy front. From version 23 on the proxy stands in the daemon's
//! own file, before that in its environment; the interception authority always comes by the environment.

use std::path::{Path, PathBuf};

use config_edit::NO_PROXY;
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::docker_packaging::{self, Packaging};
use crate::environment::DaemonProxies;
use crate::machine::program;
use crate::plan::{Edit, Plan, Restart, Unplannable};
use crate::systemd::Unit;
use crate::verify::Verified;
use crate::{
    DesiredRouting, EngineId, Facts, Found, Machine, Originals, Personal, Running, Store, Version, Why,
};
use crate::{activity, arguments, docker_api, drop_in, systemd};

mod contexts;
mod flags;
mod inventory;
mod live_restore;
mod plan;
mod verify;

pub(crate) use plan::persons_file;

pub(crate) const CA_FILE: &str = "pullgate-intercept.pem";

/// What only Docker Engine has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DockerFacts {
    /// The daemon's configuration file.
    pub(crate) config_file: PathBuf,
    /// Its program and arguments.
    pub(crate) arguments: Vec<String>,
    /// The file of its unit.
    pub(crate) fragment: PathBuf,
    /// Whether the file can hold the proxy.
    pub(crate) proxies_in_file: bool,
    /// The file that sets its environment.
    pub(crate) drop_in: PathBuf,
    /// Whether it is the snap, which is confined to folders of its own.
    pub(crate) snap: bool,
    /// Proxies that it has in its environment.
    pub(crate) environment: DaemonProxies,
    /// The person's own certificate folders.
    pub(crate) certificate_folders: Option<String>,
    /// A file and a variable that beat ours.
    pub(crate) overridden: Option<(PathBuf, String)>,
    /// Whether its unit is up.
    #[serde(default)]
    pub(crate) active: bool,
    /// What the running daemon says.
    pub(crate) running: Option<Running>,
    /// Folders of people with contexts that lead their `docker` elsewhere.
    pub(crate) contexts: Vec<Personal>,
}

/// Docker Engine.
pub(crate) struct Docker;

impl Adapter for Docker {
    fn find(&self, machine: &dyn Machine) -> Vec<Found> {
        find(machine).into_iter().collect()
    }

    fn plan(
        &self,
        found: &Found,
        machine: &dyn Machine,
        originals: &Originals,
        desired: &DesiredRouting,
    ) -> Result<Plan, Unplannable> {
        let facts = found.facts_as::<DockerFacts>().ok_or(Why::NotSupported)?;
        plan::route(found, facts, machine, originals, &readable(facts, desired))
    }

    fn restart_after_restore(
        &self,
        found: &Found,
        machine: &dyn Machine,
        edits: &mut Vec<Edit>,
        may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        let facts = found.facts_as::<DockerFacts>();
        let running = facts.and_then(|facts| Some((facts, facts.running.as_ref()?)));
        let Some((facts, running)) = running.filter(|(_, running)| running.no_proxy == NO_PROXY) else {
            return Ok(Restart::None);
        };
        let (file, unit) = (&facts.config_file, found.unit.as_deref().unwrap_or(docker_packaging::UNIT));
        live_restore::restart(running, unit, (file, false), machine.read(file)?, edits, may_stop_containers)
    }

    fn verify(&self, found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
        let Some(facts) = found.facts_as() else { return Verified::not_routed(found) };
        verify::verify(facts, machine, &readable(facts, desired))
    }

    fn stores(&self, _engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
        inventory::stores(machine)
    }

    fn activity(&self, machine: &dyn Machine) -> Option<&'static str> {
        docker_api::is_building(machine).then_some("a build").or_else(|| activity::transfer(machine))
    }

    fn marked_files(&self, _engine: EngineId, _machine: &dyn Machine) -> Vec<PathBuf> {
        docker_packaging::ours()
    }

    fn environment(&self, machine: &dyn Machine) -> Option<DaemonProxies> {
        docker_packaging::unit(machine).map(|unit| DaemonProxies::of(machine, &unit))
    }
}

/// The daemon of the service manager, if there is one.
fn find(machine: &dyn Machine) -> Option<Found> {
    let Some((packaging, mut unit)) = docker_packaging::find(machine) else { return without_unit(machine) };
    if let Some(program) = packaging.program {
        unit.arguments = vec![program.to_owned()];
    }
    let running = if unit.active { docker_api::ask(machine, unit.main_pid) } else { None };
    let version = docker_api::version(machine, unit.active, &unit.arguments);
    let mut facts = facts(machine, packaging, &unit, version.as_ref(), running);
    facts.contexts = contexts::of_people(machine);
    let said = unit.arguments.first().cloned().unwrap_or_default();
    let routable = version.as_ref().map(|_| ()).ok_or(Why::NoVersion(format!("`{said}` does not say")));
    Some(Found {
        engine: EngineId::Docker,
        name: packaging.name.into(),
        version,
        unit: Some(unit.name),
        config: vec![facts.config_file.clone(), facts.drop_in.clone()],
        facts: Facts::Docker(Box::new(facts)),
        routable,
    })
}

fn without_unit(machine: &dyn Machine) -> Option<Found> {
    program(machine, "dockerd")?;
    Some(Found {
        engine: EngineId::Docker,
        name: EngineId::Docker.name().into(),
        version: None,
        unit: None,
        config: Vec::new(),
        facts: Facts::Unknown,
        routable: Err(match systemd::is_masked(machine, docker_packaging::UNIT) {
            true => Why::Masked(docker_packaging::UNIT.into()),
            false => Why::NoUnit(docker_packaging::UNIT.into()),
        }),
    })
}

fn facts(
    machine: &dyn Machine,
    packaging: &Packaging,
    unit: &Unit,
    version: Option<&Version>,
    running: Option<Running>,
) -> DockerFacts {
    let proxies_in_file = version.is_some_and(|version| version.major >= 23);
    let config_file = arguments::value(&unit.arguments, "--config-file");
    DockerFacts {
        config_file: config_file.map_or_else(|| packaging.config_file.into(), PathBuf::from),
        arguments: unit.arguments.clone(),
        fragment: unit.fragment.clone(),
        proxies_in_file,
        drop_in: drop_in::path(&unit.name),
        snap: packaging.certificates.is_some(),
        environment: DaemonProxies::of(machine, unit),
        certificate_folders: drop_in::persons_certificate_folders(&unit.environment),
        overridden: drop_in::overridden(unit, proxies_in_file),
        active: unit.active,
        running,
        contexts: Vec::new(),
    }
}

/// The desired routing with certificates where this packaging can read them.
fn readable(facts: &DockerFacts, desired: &DesiredRouting) -> DesiredRouting {
    let folder = docker_packaging::certificates(facts.snap);
    DesiredRouting {
        intercept_ca_dir: folder.unwrap_or_else(|| desired.intercept_ca_dir.clone()),
        ..desired.clone()
    }
}

fn ca_file(desired: &DesiredRouting) -> PathBuf {
    Path::new(&desired.intercept_ca_dir).join(CA_FILE)
}

#[cfg(test)]
mod tests;
