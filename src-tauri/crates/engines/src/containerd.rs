//! containerd (CRI, nerdctl) reads `hosts.toml` for every pull. Each registry's file names the gateway alone, as
//! `server` and as `[host]`: with either missing containerd falls back, and a file it cannot read it ignores.

use std::path::{Path, PathBuf};

use config_edit::Format;
use config_edit::containerd_toml::{self, CERTS_D, Dump};
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::environment::DaemonProxies;
use crate::plan::{Edit, Plan, Restart, TakenOver, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::verify::Verified;
use crate::{DesiredRouting, EngineId, Facts, Found, Machine, Originals, Store, Version, Why};
use crate::{activity, arguments, docker_api, docker_packaging, systemd};

mod folders;
mod inventory;
mod verify;

use folders::files_below_default_root;
pub(crate) use folders::{PersonsFolder, Trust, docker_layout, persons_folders};

const UNIT: &str = "containerd.service";
const CONFIG: &str = "/etc/containerd/config.toml";

/// What only containerd has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainerdFacts {
    /// Its program.
    pub(crate) program: String,
    /// Its configuration file.
    pub(crate) config_file: PathBuf,
    /// First number of its version.
    pub(crate) major: u32,
    /// Whether it runs.
    pub(crate) active: bool,
    /// Start of its process, in seconds since 1970.
    pub(crate) started: Option<i64>,
    /// The folders `config_path` names, of the configuration in force after its next start.
    pub(crate) config_path: Option<String>,
    /// Whether the transfer plugin has a `config_path` of its own that is unset.
    pub(crate) transfer_unset: bool,
    /// Whether the CRI plugin is on.
    pub(crate) cri: bool,
    /// Registry tables of the kind that excludes `config_path`.
    pub(crate) old_tables: Option<String>,
    /// Whether its containers keep running while it restarts.
    pub(crate) keeps_containers: bool,
    /// Units that stop with it.
    pub(crate) needed_by: Vec<String>,
    /// Whether Docker Engine keeps its containers in it.
    pub(crate) serves_docker: bool,
    /// Proxies that it has in its environment, which is never changed.
    pub(crate) environment: DaemonProxies,
}

/// containerd of the service manager.
pub(crate) struct Containerd;

impl Adapter for Containerd {
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
        let facts = found.facts_as::<ContainerdFacts>().ok_or(Why::NotSupported)?;
        if let Some(old) = facts.old_tables.clone() {
            return Err(Unplannable::OldRegistryTables { path: facts.config_file.clone(), old });
        }
        let mut builder =
            PlanBuilder::new(EngineId::Containerd, machine, originals, &files_below_default_root(machine))?;
        let taken = folders::persons_folders(machine, originals, &roots(facts))?;
        folders::set_all(&mut builder, machine, &roots(facts), desired)?;
        set_config_path(&mut builder, facts)?;
        let interrupted = builder.was_interrupted(&facts.config_file);
        let edits = builder.build()?;
        let changed = edits.iter().any(|edit| edit.path == facts.config_file);
        let restart = if facts.cri && (changed || interrupted) {
            restart(facts, machine, desired.may_stop_containers)?
        } else {
            Restart::None
        };
        let redirects = taken.iter().filter_map(|folder| folder.redirect.clone()).collect();
        let taken_over = TakenOver { redirects, ..TakenOver::default() };
        let notes = notes(facts, &taken, &restart);
        Ok(Plan { taken_over, notes, ..Plan::new(EngineId::Containerd, edits, restart) })
    }

    fn restart_after_restore(
        &self,
        found: &Found,
        machine: &dyn Machine,
        edits: &mut Vec<Edit>,
        may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        match found.facts_as::<ContainerdFacts>() {
            Some(facts) if edits.iter().any(|edit| edit.path == facts.config_file) => {
                restart(facts, machine, may_stop_containers)
            }
            Some(_) | None => Ok(Restart::None),
        }
    }

    fn verify(&self, found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
        let Some(facts) = found.facts_as() else { return Verified::not_routed(found) };
        verify::verify(facts, machine, desired)
    }

    fn stores(&self, _engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
        inventory::stores(machine)
    }

    fn activity(&self, machine: &dyn Machine) -> Option<&'static str> {
        activity::transfer(machine)
    }

    fn marked_files(&self, _engine: EngineId, machine: &dyn Machine) -> Vec<PathBuf> {
        files_below_default_root(machine)
    }
}

/// The containerd of the service manager, if there is one.
pub(crate) fn find(machine: &dyn Machine) -> Option<Found> {
    let unit = systemd::unit(machine, UNIT)?;
    let program = unit.arguments.first().cloned().unwrap_or_else(|| "containerd".into());
    let version = Version::find_in(&machine.run(&[&program, "--version"]).stdout);
    let flags = [arguments::value(&unit.arguments, "--config"), arguments::value(&unit.arguments, "-c")];
    let config_file = flags.into_iter().flatten().next().map_or_else(|| CONFIG.into(), PathBuf::from);
    let dumped = dump(machine, &program, &config_file);
    let routable = match (&version, &dumped) {
        (None, _) => Err(Why::NoVersion(format!("`{program} --version` does not say"))),
        (Some(_), Err(words)) => Err(Why::Configuration(words.clone())),
        (Some(_), Ok(_)) => Ok(()),
    };
    let dumped = dumped.unwrap_or_default();
    let facts = ContainerdFacts {
        program,
        config_file: config_file.clone(),
        major: version.as_ref().map_or(1, |version| version.major),
        active: unit.active,
        started: systemd::started(machine, UNIT),
        environment: DaemonProxies::of(machine, &unit),
        config_path: dumped.config_path,
        transfer_unset: dumped.transfer_unset,
        cri: dumped.cri,
        old_tables: dumped.old_tables,
        keeps_containers: matches!(unit.kill_mode.as_str(), "process" | "none"),
        needed_by: unit.needed_by,
        serves_docker: docker_packaging::uses_containerd(machine),
    };
    Some(Found {
        engine: EngineId::Containerd,
        name: EngineId::Containerd.name().into(),
        version,
        unit: Some(unit.name),
        config: vec![config_file, CERTS_D.into()],
        facts: Facts::Containerd(facts),
        routable,
    })
}

/// Asks containerd itself to read its file and what that imports.
fn dump(machine: &dyn Machine, program: &str, file: &Path) -> Result<Dump, String> {
    let output = machine.run(&[program, "--config", &file.to_string_lossy(), "config", "dump"]);
    if !output.ok() {
        return Err(output.words());
    }
    containerd_toml::dump(&output.stdout)
}

/// Sets our key where nothing sets it; one that we set earlier stays.
fn set_config_path(builder: &mut PlanBuilder<'_>, facts: &ContainerdFacts) -> Result<(), Unplannable> {
    let file = facts.config_file.as_path();
    let ours = builder.has_record(file);
    if !facts.cri || (facts.config_path.is_some() && !ours) {
        return Ok(());
    }
    let persons = builder.without_ours(file)?;
    let with_transfer = facts.transfer_unset || ours;
    let text = containerd_toml::with_config_path(persons.as_deref(), facts.major, with_transfer)
        .map_err(|problem| Unplannable::Broken { path: file.into(), problem })?;
    builder.set(file, Format::Toml, text.into_bytes())
}

/// The folders whose files are ours: the first of `config_path`, since the first match wins, and nerdctl's own.
pub(crate) fn roots(facts: &ContainerdFacts) -> Vec<PathBuf> {
    let first = facts.config_path.as_deref().and_then(|paths| paths.split(':').find(|path| !path.is_empty()));
    let mut roots: Vec<PathBuf> = first.map(PathBuf::from).into_iter().collect();
    if !roots.iter().any(|root| root == Path::new(CERTS_D)) {
        roots.push(CERTS_D.into());
    }
    roots
}

/// Whether the configuration changed after the process read it.
fn is_stale(facts: &ContainerdFacts, machine: &dyn Machine) -> bool {
    let changed = machine.entry(&facts.config_file).ok().flatten().map(|entry| entry.modified);
    facts.started.zip(changed).is_some_and(|(started, changed)| changed > started)
}

fn restart(
    facts: &ContainerdFacts,
    machine: &dyn Machine,
    may_stop_containers: bool,
) -> Result<Restart, Unplannable> {
    if !facts.active {
        return Ok(Restart::None);
    }
    let stops = if !facts.keeps_containers {
        Some("the unit of containerd stops its containers with it")
    } else if facts.needed_by.iter().any(|unit| unit == "docker.service") && docker_api::would_stop(machine) {
        Some("Docker's unit restarts together with containerd and `live-restore` is off")
    } else {
        None
    };
    let running = || docker_api::running_containers(machine);
    Restart::once(UNIT, stops.map(str::to_owned), may_stop_containers, running)
}

fn notes(facts: &ContainerdFacts, taken: &[PersonsFolder], restart: &Restart) -> Vec<String> {
    let mut notes = Vec::new();
    if !facts.cri {
        notes.push("the CRI plugin is off, so only nerdctl reads these files".into());
    }
    if facts.serves_docker && matches!(restart, Restart::Once { .. }) {
        notes.push(
            "Docker keeps its containers in this containerd; they keep running while it restarts".into(),
        );
    }
    for folder in taken.iter().filter(|folder| folder.redirect.is_some()) {
        let (registry, path) = (&folder.registry, folder.path.display());
        notes.push(format!(
            "the redirect of `{registry}` in `{path}` is not followed while this engine is routed; \
             name it under `upstreams` in the policy"
        ));
    }
    notes.push("`ctr` reads these files only with `--hosts-dir`; it is a tool of root".into());
    notes
}

#[cfg(test)]
mod tests;
