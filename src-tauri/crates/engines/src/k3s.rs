//! K3s and RKE2 write the files of their own containerd at every start, from `registries.yaml`. There every registry
//! leads to the mirror front, and a setting keeps them from adding the registry itself as the last resort.

use std::path::{Path, PathBuf};

use config_edit::{Format, registries_yaml};
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::arguments::value as flag;
use crate::environment::DaemonProxies;
use crate::plan::{Edit, Plan, Restart, TakenOver, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::verify::Verified;
use crate::{DesiredRouting, EngineId, Facts, Found, Machine, Originals, Version, Why, docker_api, systemd};

mod verify;

/// Where a distribution keeps what is changed.
struct Place {
    engine: EngineId,
    units: [&'static str; 2],
    program: &'static str,
    folder: &'static str,
    data: &'static str,
    crictl: &'static [&'static str],
}

const PLACES: [Place; 2] = [
    Place {
        engine: EngineId::K3s,
        units: ["k3s.service", "k3s-agent.service"],
        program: "k3s",
        folder: "/etc/rancher/k3s",
        data: "/var/lib/rancher/k3s",
        crictl: &["k3s", "crictl"],
    },
    Place {
        engine: EngineId::Rke2,
        units: ["rke2-server.service", "rke2-agent.service"],
        program: "rke2",
        folder: "/etc/rancher/rke2",
        data: "/var/lib/rancher/rke2",
        crictl: &[
            "/var/lib/rancher/rke2/bin/crictl",
            "--config",
            "/var/lib/rancher/rke2/agent/etc/crictl.yaml",
        ],
    },
];

/// The first minor version of Kubernetes 1 in which every release has the setting.
const SINCE: u32 = 30;
const SETTING: &str = "# Written by Pullgate: images come through the gateway on this machine and nowhere else.\n\
                       disable-default-registry-endpoint: true\n";

/// What only K3s and RKE2 have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct K3sFacts {
    /// Whether it runs.
    pub(crate) active: bool,
    /// The file that says where registries lead.
    pub(crate) registries: PathBuf,
    /// The folder of its configuration.
    pub(crate) folder: PathBuf,
    /// The folder with the files it writes for its containerd.
    pub(crate) hosts: PathBuf,
    /// Whether its containers keep running while it restarts.
    pub(crate) keeps_containers: bool,
    /// The command that pulls by its containerd.
    pub(crate) crictl: Vec<String>,
    /// Proxies that its containerd has in its environment, which is never changed.
    pub(crate) environment: DaemonProxies,
}

/// K3s and RKE2.
pub(crate) struct K3s;

impl Adapter for K3s {
    /// Each of the two that is installed with a unit.
    fn find(&self, machine: &dyn Machine) -> Vec<Found> {
        PLACES.iter().filter_map(|place| found(machine, place)).collect()
    }

    fn plan(
        &self,
        found: &Found,
        machine: &dyn Machine,
        originals: &Originals,
        desired: &DesiredRouting,
    ) -> Result<Plan, Unplannable> {
        let facts = found.facts_as::<K3sFacts>().ok_or(Why::NotSupported)?;
        let mut builder = PlanBuilder::new(found.engine, machine, originals, &ours(found.engine))?;
        let file = &facts.registries;
        let ca = facts.folder.join("pullgate-mirror.pem");
        let persons = builder.without_ours(file)?;
        let broken = |problem: String| Unplannable::Broken { path: file.clone(), problem };
        let text = persons.as_deref().map(std::str::from_utf8).transpose();
        let text = text.map_err(|_| broken("it is not UTF-8 text".into()))?;
        let routed = registries_yaml::routed(text, &desired.mirror, &ca).map_err(broken)?;
        builder.set(&ca, Format::Lines, desired.mirror_ca_pem.clone().into_bytes())?;
        builder.set(file, Format::Yaml, routed.text.into_bytes())?;
        builder.set(&setting(facts), Format::Lines, SETTING.as_bytes().to_vec())?;
        let edits = builder.build()?;
        let restart = restart(found, machine, !edits.is_empty(), desired.may_stop_containers)?;
        let taken_over = TakenOver { redirects: routed.redirects, ..TakenOver::default() };
        Ok(Plan { taken_over, notes: routed.notes, ..Plan::new(found.engine, edits, restart) })
    }

    fn restart_after_restore(
        &self,
        found: &Found,
        machine: &dyn Machine,
        edits: &mut Vec<Edit>,
        may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        restart(found, machine, !edits.is_empty(), may_stop_containers)
    }

    fn verify(&self, found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
        let Some(facts) = found.facts_as() else { return Verified::not_routed(found) };
        verify::verify(found.engine, facts, machine, desired)
    }

    fn marked_files(&self, engine: EngineId, _machine: &dyn Machine) -> Vec<PathBuf> {
        ours(engine)
    }
}

fn found(machine: &dyn Machine, place: &Place) -> Option<Found> {
    let unit = place.units.iter().find_map(|name| systemd::unit(machine, name))?;
    let program = unit.arguments.first().cloned().unwrap_or_else(|| place.program.into());
    let version = Version::find_in(&machine.run(&[&program, "--version"]).stdout);
    let data = flag(&unit.arguments, "--data-dir").or(flag(&unit.arguments, "-d")).unwrap_or(place.data);
    let registries = flag(&unit.arguments, "--private-registry").map(PathBuf::from);
    let facts = K3sFacts {
        active: unit.active,
        registries: registries.unwrap_or_else(|| Path::new(place.folder).join("registries.yaml")),
        folder: place.folder.into(),
        hosts: Path::new(data).join("agent/etc/containerd/certs.d"),
        keeps_containers: matches!(unit.kill_mode.as_str(), "process" | "none"),
        crictl: place.crictl.iter().map(|word| (*word).to_owned()).collect(),
        environment: DaemonProxies::by(machine, &unit, names),
    };
    let routable = match &version {
        None => Err(Why::NoVersion(format!("`{program} --version` does not say"))),
        Some(version) if (version.major, version.minor) < (1, SINCE) => {
            Err(Why::TooOld { found: version.text.clone(), needed: format!("1.{SINCE}") })
        }
        Some(_) => Ok(()),
    };
    Some(Found {
        engine: place.engine,
        name: place.engine.name().into(),
        version,
        unit: Some(unit.name),
        config: vec![facts.registries.clone(), setting(&facts)],
        facts: Facts::K3s(facts),
        routable,
    })
}

fn restart(
    found: &Found,
    machine: &dyn Machine,
    needed: bool,
    may_stop_containers: bool,
) -> Result<Restart, Unplannable> {
    let (Some(facts), Some(unit)) = (found.facts_as::<K3sFacts>(), &found.unit) else {
        return Ok(Restart::None);
    };
    if !needed || !facts.active {
        return Ok(Restart::None);
    }
    let stops = (!facts.keeps_containers).then(|| format!("the unit `{unit}` stops its containers with it"));
    Restart::once(unit, stops, may_stop_containers, || docker_api::running_containers(machine))
}

/// Both hand `CONTAINERD_HTTPS_PROXY` to their containerd as `HTTPS_PROXY`, before one of their own.
fn names(variable: &str) -> Vec<String> {
    vec![format!("CONTAINERD_{variable}"), variable.to_owned()]
}

fn setting(facts: &K3sFacts) -> PathBuf {
    facts.folder.join("config.yaml.d/zz-pullgate.yaml")
}

/// The files whose every text of ours can be told from a person's.
fn ours(engine: EngineId) -> Vec<PathBuf> {
    let places = PLACES.iter().filter(|place| place.engine == engine).map(|place| Path::new(place.folder));
    places.flat_map(|it| [it.join("registries.yaml"), it.join("config.yaml.d/zz-pullgate.yaml")]).collect()
}

/// The processes of the service manager's servers and agents.
pub(crate) fn main_pids(machine: &dyn Machine) -> Vec<u32> {
    let units = PLACES.iter().flat_map(|place| place.units);
    units.filter_map(|name| systemd::unit(machine, name)).map(|unit| unit.main_pid).collect()
}

#[cfg(test)]
mod tests;
