//! The proof for the Podman family, as root: what Podman says of its registries, and a pull that must be denied.
//! A person's own files rule their own pulls: with one of them there, not everybody is routed.

use serde_json::Value;

use super::{PodmanFacts, crio, ours};
use crate::machine::program;
use crate::systemd;
use crate::verify::{CANARY, CANARY_TAG, Canary, Probe, Verified, limited};
use crate::{DesiredRouting, EngineId, Machine, Personal};

pub(super) fn verify(facts: &PodmanFacts, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
    let mut probes = Vec::new();
    if facts.tools.iter().any(|tool| tool == "podman") {
        probes.extend(locations(machine, desired));
    }
    probes.push(Probe::equal("people's own files", "none", &of_people(&facts.personal)));
    probes.push(Probe::equal("mounts that hide the configuration", "none", &of_people(&facts.hiding)));
    // Without Podman there is nobody to ask where names lead; our own file tells it.
    let leads = |probe: &&Probe| probe.what == "location of docker.io";
    let is_routed = match probes.iter().find(leads) {
        Some(probe) => probe.ok,
        None => machine.entry(&ours()).is_ok_and(|entry| entry.is_some()),
    };
    Verified::of(EngineId::Podman, probes, is_routed, || canary(facts, machine))
}

/// Everybody hears of this, so it says whose they are and not where.
fn of_people(all: &[Personal]) -> String {
    let ruling: Vec<String> = all.iter().map(|it| format!("those of {}", it.name)).collect();
    if ruling.is_empty() { "none".into() } else { ruling.join(", ") }
}

fn locations(machine: &dyn Machine, desired: &DesiredRouting) -> Vec<Probe> {
    let output = systemd::run_apart(machine, &["podman", "info", "--format", "{{json .Registries}}"]);
    let registries: Value = serde_json::from_str(&output.stdout).unwrap_or_default();
    let words = if output.ok() { String::new() } else { output.words() };
    let location = |name: &str| {
        let entry = &registries[name];
        if entry.is_null() {
            return if words.is_empty() { "nowhere".to_owned() } else { words.clone() };
        }
        let plain = entry["Insecure"] == false && entry["Mirrors"].as_array().is_none_or(Vec::is_empty);
        let location = entry["Location"].as_str().unwrap_or_default();
        if plain { location.to_owned() } else { format!("{location} with mirrors or without certificate") }
    };
    let mut leading: Vec<(String, String)> =
        desired.named().into_iter().map(|name| (name.clone(), config_edit::registry_path(&name))).collect();
    if desired.blocks_unlisted {
        leading.push(("*.com".into(), "unlisted".into()));
    }
    leading
        .iter()
        .map(|(name, path)| {
            let expected = format!("{}/{path}", desired.mirror);
            Probe::equal(&format!("location of {name}"), &expected, location(name).trim())
        })
        .collect()
}

/// CRI-O has no client of its own: with it alone, Kubernetes' tool asks it.
fn canary(facts: &PodmanFacts, machine: &dyn Machine) -> Canary {
    let image = format!("{CANARY}:{CANARY_TAG}");
    let with_transport = format!("docker://{image}");
    let commands: [&[&str]; 3] = [
        &["podman", "manifest", "inspect", &image],
        &["skopeo", "inspect", "--no-tags", &with_transport],
        &["buildah", "pull", &with_transport],
    ];
    let usable = commands.iter().find(|command| facts.tools.iter().any(|tool| tool == command[0]));
    match usable {
        Some(command) => Canary::judge(&systemd::run_apart(machine, &limited(command))),
        None if facts.tools.iter().any(|tool| tool == "crio") && program(machine, "crictl").is_some() => {
            let command = ["crictl", "--runtime-endpoint", crio::SOCKET, "pull", &image];
            Canary::pull(machine, &command)
        }
        None => {
            Canary::NotTried("none of `podman`, `skopeo`, `buildah` is installed to try a pull with".into())
        }
    }
}
