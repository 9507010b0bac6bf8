//! The plan for Docker Engine: its file, its drop-in, the authority it shall trust, at most one restart.

use std::path::Path;

use config_edit::daemon_json::{self, Said};
use config_edit::json::Broken;
use config_edit::{Format, NO_PROXY, Proxies};

use super::{DockerFacts, ca_file, flags, live_restore};
use crate::machine::text;
use crate::plan::{Check, Plan, Restart, TakenOver, Unplannable};
use crate::plan_builder::PlanBuilder;
use crate::{DesiredRouting, EngineId, Found, Machine, Originals, Running};
use crate::{arguments, docker_packaging, drop_in};

pub(super) fn route(
    found: &Found,
    facts: &DockerFacts,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
) -> Result<Plan, Unplannable> {
    if let Some((path, variable)) = facts.overridden.clone() {
        return Err(Unplannable::Overridden { path, variable });
    }
    let file = &facts.config_file;
    flags::refuse_duplicates(&facts.arguments, facts.proxies_in_file, &facts.fragment, file)?;
    let mut builder = PlanBuilder::new(EngineId::Docker, machine, originals, &docker_packaging::ours())?;
    let persons = builder.without_ours(file)?;
    let said = daemon_json::said(persons.as_deref()).map_err(|problem| broken(file, &problem))?;
    let proxy = facts.proxies_in_file.then_some(desired.proxy.as_str());
    let routed = daemon_json::routed(persons.as_deref(), proxy).map_err(|problem| broken(file, &problem))?;
    let mut checks = Vec::new();
    if let Some(text) = routed.filter(|text| Some(text) != persons.as_ref() || proxy.is_some()) {
        if facts.proxies_in_file && !facts.snap {
            checks.push(Check {
                command: flags::validation(&facts.arguments),
                text: text.clone(),
                path: file.clone(),
            });
        }
        builder.set(file, Format::Json, text)?;
    }
    let authority_changed = builder.was_interrupted(&ca_file(desired))
        || !continues(text(machine, &ca_file(desired)).as_deref(), &desired.intercept_ca_pem);
    builder.set(&ca_file(desired), Format::Lines, desired.intercept_ca_pem.clone().into_bytes())?;
    let unit = found.unit.as_deref().unwrap_or(docker_packaging::UNIT);
    let drop_in = drop_in::text(desired, EngineId::Docker, unit, facts.certificate_folders.as_deref());
    builder.set(&facts.drop_in, Format::Lines, drop_in.into_bytes())?;
    let current = builder.current(file)?;
    let is_ours = builder.has_record(file);
    let mut edits = builder.build()?;
    if !edits.iter().any(|edit| &edit.path == file) {
        checks.clear();
    }
    let restart = match &facts.running {
        Some(running) if authority_changed || !is_routed(running, desired) => live_restore::restart(
            running,
            unit,
            (file, is_ours),
            current,
            &mut edits,
            desired.may_stop_containers,
        )?,
        Some(_) | None => Restart::None,
    };
    let environment = facts.environment.effective(EngineId::Docker, machine, originals)?;
    let taken_over = taken_over(&environment, &said, &desired.proxy);
    let notes = notes(facts, &taken_over, &restart);
    Ok(Plan { checks, taken_over, notes, ..Plan::new(EngineId::Docker, edits, restart) })
}

/// What the person's own configuration says, with our part taken out.
pub(crate) struct PersonsFile {
    pub(crate) taken_over: TakenOver,
    /// Where the proxies of it stand.
    pub(crate) place: String,
    pub(crate) insecure: Vec<String>,
}

/// What the person's own configuration says; nothing of a file that cannot be read.
pub(crate) fn persons_file(
    found: &Found,
    facts: &DockerFacts,
    machine: &dyn Machine,
    originals: &Originals,
) -> PersonsFile {
    let persons = PlanBuilder::new(EngineId::Docker, machine, originals, &docker_packaging::ours())
        .and_then(|builder| builder.without_ours(&facts.config_file))
        .unwrap_or_default();
    let said = daemon_json::said(persons.as_deref()).unwrap_or_default();
    let environment =
        facts.environment.effective(EngineId::Docker, machine, originals).unwrap_or_else(|error| {
            tracing::warn!(%error, "what Docker had in its environment before is not known");
            facts.environment.unit.clone()
        });
    let place = if said.proxies.is_empty() {
        let unit = found.unit.as_deref().unwrap_or(docker_packaging::UNIT);
        facts.environment.place_of(&environment, unit)
    } else {
        facts.config_file.display().to_string()
    };
    let flags = arguments::values(&facts.arguments, "--insecure-registry");
    let insecure = said.insecure.iter().cloned().chain(flags.iter().map(|it| (*it).to_owned())).collect();
    PersonsFile { taken_over: taken_over(&environment, &said, ""), place, insecure }
}

/// The file beats the environment, each variable by itself.
fn taken_over(environment: &Proxies, said: &Said, ours: &str) -> TakenOver {
    let theirs = |file: &Option<String>, environment: &Option<String>| {
        let value = file.clone().or_else(|| environment.clone());
        value.filter(|proxy| proxy != ours)
    };
    let file = &said.proxies;
    let proxies = Proxies {
        http: theirs(&file.http, &environment.http),
        https: theirs(&file.https, &environment.https),
        no_proxy: theirs(&file.no_proxy, &environment.no_proxy).filter(|value| value != NO_PROXY),
    };
    TakenOver { proxies, mirrors: said.mirrors.clone(), redirects: Vec::new() }
}

/// Whether the running daemon goes through the gateway and trusts it.
fn is_routed(running: &Running, desired: &DesiredRouting) -> bool {
    let folder = desired.intercept_ca_dir.to_string_lossy();
    let trusts = running.certificate_folders.as_deref().unwrap_or_default();
    running.http_proxy == desired.proxy
        && running.https_proxy == desired.proxy
        && running.no_proxy == NO_PROXY
        && running.mirrors.is_empty()
        && trusts.split(':').any(|it| it == folder)
}

/// Whether a daemon that read the one bundle at its start trusts what the other vouches for.
fn continues(before: Option<&str>, after: &str) -> bool {
    let known: Vec<&str> = before.unwrap_or_default().split("-----BEGIN ").skip(1).map(str::trim).collect();
    after.split("-----BEGIN ").skip(1).any(|certificate| known.contains(&certificate.trim()))
}

fn notes(facts: &DockerFacts, taken_over: &TakenOver, restart: &Restart) -> Vec<String> {
    let mut notes = Vec::new();
    if !taken_over.mirrors.is_empty() {
        let mirrors = config_edit::lines::without_passwords(&taken_over.mirrors.join("`, `"));
        notes.push(format!(
            "the gateway asks `{mirrors}` for Docker Hub from here on; restoring gives them back"
        ));
    }
    if let (Restart::Once { .. }, Some(running)) = (restart, &facts.running) {
        for driver in &running.remote_log_drivers {
            notes.push(format!("a running container logs by `{driver}`, which connects anew at the restart"));
        }
    }
    if facts.running.is_none() {
        notes.push("Docker is not running; the change is in force at its next start".into());
    }
    notes
}

fn broken(path: &Path, problem: &Broken) -> Unplannable {
    Unplannable::Broken { path: path.into(), problem: problem.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_with_a_known_certificate_needs_no_restart() {
        let one = "-----BEGIN CERTIFICATE-----\nMQ==\n-----END CERTIFICATE-----\n";
        let two = "-----BEGIN CERTIFICATE-----\nMg==\n-----END CERTIFICATE-----\n";
        assert!(continues(Some(one), &format!("{one}{two}")));
        assert!(!continues(Some(one), two));
        assert!(!continues(None, one));
    }
}
