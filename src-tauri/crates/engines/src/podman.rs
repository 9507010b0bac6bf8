//! The Podman family (Podman, Buildah, Skopeo, CRI-O) reads registries.conf for every pull: a `location` there
//! is a hard redirect without fall-back. It covers the system's configuration; a person's own file can undo it,
//! which is found and said.

use std::path::{Path, PathBuf};

use config_edit::registries_conf::{self, Entry, Route};
use config_edit::{Format, Redirect, policy_json, registries_d};
use serde::{Deserialize, Serialize};

use crate::adapter::Adapter;
use crate::machine::program;
use crate::people::people;
use crate::plan::{Edit, Plan, Restart, TakenOver, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::verify::Verified;
use crate::{
    DesiredRouting, EngineId, Facts, Found, Machine, MachineError, Originals, Personal, Store, Version, Why,
};

pub(crate) mod containers_conf;
pub(crate) mod crio;
mod inventory;
mod namespaces;
mod routes;
mod signatures;
mod verify;

pub use inventory::{Storage, own_storage, store_of_person};
pub(crate) use signatures::persons as persons_signatures;

const FOLDER: &str = "/etc/containers/registries.conf.d";
const MAIN: &str = "/etc/containers/registries.conf";
/// Named late, so that no other package's file is read after it.
const OURS: &str = "zz-pullgate.conf";
const POLICY: &str = "/etc/containers/policy.json";
/// Files in homes that beat the system's configuration for their person.
const PERSONAL_FILES: [&str; 2] = [".config/containers/registries.conf", ".config/containers/policy.json"];
const PERSONAL_FOLDER: &str = ".config/containers/registries.conf.d";
pub(crate) const TOOLS: [&str; 4] = ["podman", "buildah", "skopeo", "crio"];

/// What only the Podman family has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodmanFacts {
    /// The programs that are installed.
    pub(crate) tools: Vec<String>,
    /// Processes that keep the files in memory until they are told to read them again.
    pub(crate) listeners: Vec<u32>,
    /// Files of people that undo the system's configuration for them.
    pub(crate) personal: Vec<Personal>,
    /// Mounts in people's namespaces that hide the system's configuration from their engines.
    #[serde(default)]
    pub(crate) hiding: Vec<Personal>,
}

/// The Podman family.
pub(crate) struct Podman;

impl Adapter for Podman {
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
        let facts = found.facts_as::<PodmanFacts>().ok_or(Why::NotSupported)?;
        let mut builder = PlanBuilder::new(EngineId::Podman, machine, originals, &all_ours())?;
        let entries = persons_entries(machine)?;
        let mut notes = Vec::new();
        let certificate = Path::new("/etc/containers/certs.d").join(&desired.mirror).join("ca.crt");
        builder.set(&certificate, Format::Lines, desired.mirror_ca_pem.clone().into_bytes())?;
        if desired.blocks_unlisted {
            lock(&mut builder, machine, desired, &mut notes)?;
        }
        let routes = routes::routes(&entries, desired);
        builder.set(&ours(), Format::Lines, registries_conf::text(&routes).into_bytes())?;
        let persons = signatures::persons(machine)?;
        let has_built_in = signatures::has_built_in(machine);
        let repeated = registries_d::repeated(&persons, &routes, &desired.mirror, has_built_in);
        let signatures = signatures::ours();
        if let Some(text) = repeated.text() {
            builder.set(&signatures, Format::Lines, text.into_bytes())?;
        }
        if !signatures::are_linked(&repeated, machine) {
            builder.rewrite(&signatures, Format::Lines)?;
        }
        let edits = builder.build()?;
        let restart = hang_up(facts, &edits);
        notes.extend(notes_on(&entries, facts, &routes));
        notes.extend(persons.broken.iter().map(|(path, why)| {
            format!("`{}` cannot be read, so signatures are not looked for as it says: {why}", path.display())
        }));
        let redirects = redirects(&entries);
        let taken_over = TakenOver { redirects, ..TakenOver::default() };
        Ok(Plan { taken_over, notes, ..Plan::new(EngineId::Podman, edits, restart) })
    }

    fn restart_after_restore(
        &self,
        found: &Found,
        _machine: &dyn Machine,
        edits: &mut Vec<Edit>,
        _may_stop_containers: bool,
    ) -> Result<Restart, Unplannable> {
        Ok(found.facts_as().map_or(Restart::None, |facts| hang_up(facts, edits)))
    }

    fn verify(&self, found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
        let Some(facts) = found.facts_as() else { return Verified::not_routed(found) };
        verify::verify(facts, machine, desired)
    }

    fn stores(&self, _engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
        inventory::stores(machine)
    }

    fn marked_files(&self, _engine: EngineId, _machine: &dyn Machine) -> Vec<PathBuf> {
        all_ours()
    }

    /// Signatures are linked to the names by which they are looked for.
    fn finish_apply(&self, plan: &Plan, machine: &dyn Machine) -> Result<(), MachineError> {
        let ours = signatures::ours();
        match plan.edits.iter().find(|edit| edit.path == ours) {
            Some(edit) => {
                signatures::link(machine, &registries_d::links_in(edit.after.as_deref().unwrap_or_default()))
            }
            None => Ok(()),
        }
    }
}

/// The family, if one of its programs is installed.
fn find(machine: &dyn Machine) -> Option<Found> {
    let tools: Vec<String> =
        TOOLS.iter().filter(|tool| program(machine, tool).is_some()).map(|tool| (*tool).to_owned()).collect();
    let first = tools.first()?;
    let version = Version::find_in(&machine.run(&[first, "--version"]).stdout);
    let is_listener = |arguments: &[String]| match arguments {
        [program, rest @ ..] if program.ends_with("podman") => {
            rest.iter().any(|it| it == "system") && rest.iter().any(|it| it == "service")
        }
        [program, ..] => program == "crio" || program.ends_with("/crio"),
        [] => false,
    };
    let processes = machine.processes();
    let listeners = processes.iter().filter(|it| is_listener(&it.arguments)).map(|it| it.pid).collect();
    let hiding = namespaces::hiding(machine, &processes);
    let facts = PodmanFacts { tools, listeners, personal: files_that_undo(machine), hiding };
    Some(Found {
        engine: EngineId::Podman,
        name: EngineId::Podman.name().into(),
        version,
        unit: None,
        config: vec![MAIN.into(), FOLDER.into(), POLICY.into(), signatures::FOLDER.into()],
        facts: Facts::Podman(facts),
        routable: Ok(()),
    })
}

/// Files in homes that beat the system's configuration: those that exist, root's included. A certificate in a home leads nowhere else, so it is none of them.
fn files_that_undo(machine: &dyn Machine) -> Vec<Personal> {
    let mut all = Vec::new();
    for person in people(machine) {
        let mut files = person.inside(machine, PERSONAL_FOLDER);
        files.extend(PERSONAL_FILES.iter().filter_map(|file| person.place(machine, file)));
        all.extend(Personal::of(&person, files));
    }
    all
}

/// Whoever keeps the files in memory reads changed ones again.
fn hang_up(facts: &PodmanFacts, edits: &[Edit]) -> Restart {
    if edits.is_empty() || facts.listeners.is_empty() {
        return Restart::None;
    }
    Restart::HangUp(facts.listeners.clone())
}

/// The person's entries in the order in which they are read; of equal prefixes the last one rules.
pub(crate) fn persons_entries(machine: &dyn Machine) -> Result<Vec<Entry>, Unplannable> {
    let folder = Path::new(FOLDER);
    let names = machine.names(folder)?;
    let drop_ins = names.iter().filter(|name| name.ends_with(".conf") && *name != OURS);
    let files = std::iter::once(PathBuf::from(MAIN)).chain(drop_ins.map(|name| folder.join(name)));
    let mut entries: Vec<Entry> = Vec::new();
    for file in files {
        let Some(bytes) = machine.read(&file)? else { continue };
        let broken = |problem| Unplannable::Broken { path: file.clone(), problem };
        for entry in registries_conf::read(&file, &bytes).map_err(broken)? {
            entries.retain(|earlier| earlier.prefix != entry.prefix);
            entries.push(entry);
        }
    }
    Ok(entries)
}

/// Redirects the person wrote, for the gateway to follow in their place.
pub(crate) fn redirects(entries: &[Entry]) -> Vec<Redirect> {
    entries.iter().filter_map(Entry::redirect).collect()
}

/// The second lock: names that cannot be redirected (addresses, bare hosts) are refused by policy.json, and by those
/// that CRI-O has of its own.
fn lock(
    builder: &mut PlanBuilder<'_>,
    machine: &dyn Machine,
    desired: &DesiredRouting,
    notes: &mut Vec<String>,
) -> Result<(), Unplannable> {
    let own = crio::policies(machine);
    for path in std::iter::once(Path::new(POLICY)).chain(own.iter().map(PathBuf::as_path)) {
        let Some(persons) = builder.without_ours(path)? else {
            notes.push(format!("there is no `{POLICY}`, so registries given by address are not refused"));
            continue;
        };
        let text = policy_json::locked(&persons, &desired.named(), desired.loopback_allowed)
            .map_err(|problem| Unplannable::Broken { path: path.into(), problem: problem.to_string() })?;
        if text != persons {
            builder.set(path, Format::Json, text)?;
        }
    }
    Ok(())
}

fn notes_on(entries: &[Entry], facts: &PodmanFacts, routes: &[Route]) -> Vec<String> {
    let mut notes = Vec::new();
    for entry in entries.iter().filter(|it| it.redirect().is_some()) {
        let (prefix, source) = (&entry.prefix, entry.source.display());
        let routed = routes.iter().any(|route| route.prefix == *prefix);
        let late = entry.source.file_name().is_some_and(|name| name > OURS);
        let fate = match (routed, late) {
            (true, true) => "is read after ours and beats it; rename that file",
            (true, false) => {
                "is not followed while this engine is routed; name it under `upstreams` in the policy"
            }
            (false, _) => "is left as it is",
        };
        notes.push(format!("the redirect of `{prefix}` in `{source}` {fate}"));
    }
    notes.extend(facts.personal.iter().map(|personal| {
        format!("{} can undo this for `{}`, whose they are", personal.listed(), personal.name)
    }));
    notes
}

/// Whether people have other mounts over the configuration than when these were found: no file tells of them.
pub(crate) fn hides_otherwise(found: &[Found], machine: &dyn Machine) -> bool {
    let mut of_podman = found.iter().filter_map(Found::facts_as::<PodmanFacts>);
    of_podman.any(|facts| namespaces::hiding(machine, &machine.processes()) != facts.hiding)
}

pub(crate) fn ours() -> PathBuf {
    Path::new(FOLDER).join(OURS)
}

/// The files of ours, each as a whole.
fn all_ours() -> Vec<PathBuf> {
    vec![ours(), signatures::ours()]
}

#[cfg(test)]
mod tests;
