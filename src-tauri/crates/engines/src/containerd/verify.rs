//! The proof for containerd: the configuration in force, every `hosts.toml` read strictly, a pull that must be
//! denied. `crictl` asks the daemon; `ctr` resolves by the same files in its own process.

use std::path::Path;

use config_edit::hosts_toml;

use super::{ContainerdFacts, folders, is_stale, roots};
use crate::machine::{program, text};
use crate::verify::{CANARY, CANARY_TAG, Canary, Probe, Verified};
use crate::{DesiredRouting, EngineId, Machine};

pub(super) fn verify(facts: &ContainerdFacts, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
    if !facts.active {
        return Verified::not_running(EngineId::Containerd);
    }
    let roots = roots(facts);
    let mut probes = Vec::new();
    if facts.cri {
        let expected = roots.first().map(|root| root.display().to_string()).unwrap_or_default();
        let seen = facts.config_path.as_deref().and_then(|paths| paths.split(':').next()).unwrap_or_default();
        probes.push(Probe::equal("config_path", &expected, seen));
        let seen = if is_stale(facts, machine) { "changed after the start" } else { "as at the start" };
        probes.push(Probe::equal("configuration", "as at the start", seen));
    }
    let reads_ours = probes.iter().all(|probe| probe.ok);
    for root in &roots {
        probes.push(Probe::flaws(root, &flaws(machine, root, desired)));
    }
    let is_routed = reads_ours && roots.first().is_some_and(|root| is_routed(machine, root, desired));
    Verified::of(EngineId::Containerd, probes, is_routed, || canary(facts, machine, &roots))
}

/// Whether the registry of the pull that must be denied leads to the gateway.
fn is_routed(machine: &dyn Machine, root: &Path, desired: &DesiredRouting) -> bool {
    let expected = folders::expected(machine, root, desired);
    let file = expected.iter().find(|(file, _)| file.parent().is_some_and(|it| it.ends_with("docker.io")));
    file.is_some_and(|(file, gateway)| {
        text(machine, file).is_some_and(|text| hosts_toml::flaw(&text, gateway).is_none())
    })
}

fn flaws(machine: &dyn Machine, root: &Path, desired: &DesiredRouting) -> Vec<String> {
    let flaw = |file: &Path, gateway: &str| match text(machine, file) {
        Some(text) => hosts_toml::flaw(&text, gateway),
        None => Some("it is missing".into()),
    };
    let expected = folders::expected(machine, root, desired);
    expected
        .iter()
        .filter_map(|(file, gateway)| Some(format!("{}: {}", file.display(), flaw(file, gateway)?)))
        .collect()
}

fn canary(facts: &ContainerdFacts, machine: &dyn Machine, roots: &[std::path::PathBuf]) -> Canary {
    let image = format!("{CANARY}:{CANARY_TAG}");
    if facts.cri && program(machine, "crictl").is_some() {
        let endpoint = "unix:///run/containerd/containerd.sock";
        return Canary::pull(machine, &["crictl", "--runtime-endpoint", endpoint, "pull", &image]);
    }
    let Some(root) = roots.first().filter(|_| program(machine, "ctr").is_some()) else {
        return Canary::NotTried("neither `crictl` nor `ctr` is installed to try a pull with".into());
    };
    let root = root.to_string_lossy();
    Canary::pull(machine, &["ctr", "images", "pull", "--hosts-dir", &root, &image])
}
