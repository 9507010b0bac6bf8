//! A BuildKit daemon of its own: its mirrors always fall back to the registry, so it goes through the proxy front, by
//! the environment of its unit.

use std::path::PathBuf;

use config_edit::{Format, NO_PROXY};
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::environment::DaemonProxies;
use crate::machine::{text, variable};
use crate::plan::{Containers, Edit, Plan, Restart, TakenOver, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::verify::{Probe, Verified};
use crate::{DesiredRouting, EngineId, Facts, Found, Machine, Originals, Version, Why, drop_in, systemd};

mod canary;
mod clients;

const UNITS: [&str; 2] = ["buildkit.service", "buildkitd.service"];
const CA_FILE: &str = "pullgate-intercept.pem";
const SOCKET: &str = "unix:///run/buildkit/buildkitd.sock";
const HTTPS: &str = "proxy for https";

/// What only a BuildKit daemon has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BuildKitFacts {
    /// Its process, if it runs.
    pub(crate) pid: Option<u32>,
    /// The address that it is started with.
    pub(crate) address: String,
    /// The file that sets its environment.
    pub(crate) drop_in: PathBuf,
    /// Proxies that it has in its environment.
    pub(crate) environment: DaemonProxies,
    /// The person's own certificate folders.
    pub(crate) certificate_folders: Option<String>,
    /// A file and a variable that beat ours.
    pub(crate) overridden: Option<(PathBuf, String)>,
}

/// A BuildKit daemon of its own.
pub(crate) struct BuildKit;

impl Adapter for BuildKit {
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
        let facts = found.facts_as::<BuildKitFacts>().ok_or(Why::NotSupported)?;
        if let Some((path, variable)) = facts.overridden.clone() {
            return Err(Unplannable::Overridden { path, variable });
        }
        let mut builder = PlanBuilder::new(EngineId::Buildkit, machine, originals, &ours())?;
        let ca = desired.intercept_ca_dir.join(CA_FILE);
        // Docker's adapter writes the same file; whoever comes first keeps the record of it.
        if text(machine, &ca).as_deref() != Some(&desired.intercept_ca_pem) || builder.has_record(&ca) {
            builder.set(&ca, Format::Lines, desired.intercept_ca_pem.clone().into_bytes())?;
        }
        let unit = found.unit.as_deref().unwrap_or(UNITS[0]);
        let drop_in = drop_in::text(desired, EngineId::Buildkit, unit, facts.certificate_folders.as_deref());
        builder.set(&facts.drop_in, Format::Lines, drop_in.into_bytes())?;
        let edits = builder.build()?;
        let routed = probes(facts, machine, desired).iter().all(|probe| probe.ok);
        let restart = restart(found, facts, !routed);
        let mut notes = vec!["a build that runs there ends with the restart".to_owned()];
        let proxies = facts.environment.effective(EngineId::Buildkit, machine, originals)?;
        notes.retain(|_| restart != Restart::None);
        let taken_over = TakenOver { proxies, ..TakenOver::default() };
        Ok(Plan { taken_over, notes, ..Plan::new(EngineId::Buildkit, edits, restart) })
    }

    fn restart_after_restore(
        &self,
        found: &Found,
        _machine: &dyn Machine,
        edits: &mut Vec<Edit>,
        _may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        Ok(found.facts_as().map_or(Restart::None, |facts| restart(found, facts, !edits.is_empty())))
    }

    fn verify(&self, found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
        let Some(facts) = found.facts_as() else { return Verified::not_routed(found) };
        verify(facts, machine, desired)
    }

    fn activity(&self, machine: &dyn Machine) -> Option<&'static str> {
        is_building(machine).then_some("a build")
    }

    fn marked_files(&self, _engine: EngineId, _machine: &dyn Machine) -> Vec<PathBuf> {
        ours()
    }

    fn environment(&self, machine: &dyn Machine) -> Option<DaemonProxies> {
        let unit = UNITS.iter().find_map(|name| systemd::unit(machine, name))?;
        Some(DaemonProxies::of(machine, &unit))
    }
}

/// The daemon of the service manager, if there is one.
fn find(machine: &dyn Machine) -> Option<Found> {
    let unit = UNITS.iter().find_map(|name| systemd::unit(machine, name))?;
    let program = unit.arguments.first().cloned().unwrap_or_else(|| "buildkitd".into());
    let address = addresses(&unit.arguments).into_iter().find(|it| it.starts_with("unix://"));
    let facts = BuildKitFacts {
        pid: unit.active.then_some(unit.main_pid),
        address: address.unwrap_or_else(|| SOCKET.to_owned()),
        drop_in: drop_in::path(&unit.name),
        environment: DaemonProxies::of(machine, &unit),
        certificate_folders: drop_in::persons_certificate_folders(&unit.environment),
        overridden: drop_in::overridden(&unit, false),
    };
    Some(Found {
        engine: EngineId::Buildkit,
        name: EngineId::Buildkit.name().into(),
        version: Version::find_in(&machine.run(&[&program, "--version"]).stdout),
        unit: Some(unit.name),
        config: vec![facts.drop_in.clone(), "/etc/buildkit/buildkitd.toml".into()],
        facts: Facts::BuildKit(facts),
        routable: Ok(()),
    })
}

fn verify(facts: &BuildKitFacts, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
    if facts.pid.is_none() {
        return Verified::not_running(EngineId::Buildkit);
    }
    let probes = probes(facts, machine, desired);
    let is_routed = probes.iter().any(|probe| probe.what == HTTPS && probe.ok);
    Verified::of(EngineId::Buildkit, probes, is_routed, || canary::pull(&facts.address, machine))
}

/// Whether a client is connected to a running daemon: it is as long as its build lasts, and a build whose client goes
/// away ends.
fn is_building(machine: &dyn Machine) -> bool {
    let unit = UNITS.iter().find_map(|name| systemd::unit(machine, name)).filter(|unit| unit.active);
    unit.is_some_and(|unit| clients::are_connected(machine, unit.main_pid, &addresses(&unit.arguments)))
}

/// Where it listens; a socket of the service manager is the usual one.
fn addresses(arguments: &[String]) -> Vec<String> {
    let after_flag = arguments.iter().zip(arguments.iter().skip(1)).filter(|(flag, _)| *flag == "--addr");
    let joined = arguments.iter().filter_map(|it| it.strip_prefix("--addr=")).map(str::to_owned);
    let named = after_flag.map(|(_, address)| address.clone()).chain(joined);
    let mut addresses: Vec<String> = named.filter(|address| !address.starts_with("fd://")).collect();
    if addresses.is_empty() {
        addresses.push(SOCKET.to_owned());
    }
    addresses
}

fn restart(found: &Found, facts: &BuildKitFacts, needed: bool) -> Restart {
    match &found.unit {
        Some(unit) if needed && facts.pid.is_some() => {
            Restart::Once { unit: unit.clone(), containers: Containers::Kept }
        }
        Some(_) | None => Restart::None,
    }
}

/// What the process was started with; none of one that does not run.
fn probes(facts: &BuildKitFacts, machine: &dyn Machine, desired: &DesiredRouting) -> Vec<Probe> {
    let Some(pid) = facts.pid else { return Vec::new() };
    let value = |name: &str| variable(machine, pid, name).unwrap_or_default();
    vec![
        Probe::equal("proxy for http", &desired.proxy, &value("HTTP_PROXY")),
        Probe::equal(HTTPS, &desired.proxy, &value("HTTPS_PROXY")),
        Probe::equal("hosts without proxy", NO_PROXY, &value("NO_PROXY")),
        Probe::certificate_folders(&desired.intercept_ca_dir, &value("SSL_CERT_DIR")),
    ]
}

/// The file whose every text of ours can be told from a person's.
fn ours() -> Vec<PathBuf> {
    UNITS.iter().map(|unit| drop_in::path(unit)).collect()
}

/// The process of the service manager's daemon.
pub(crate) fn main_pid(machine: &dyn Machine) -> Option<u32> {
    UNITS.iter().find_map(|name| systemd::unit(machine, name)).map(|unit| unit.main_pid)
}

#[cfg(test)]
mod tests;
