//! The proof for K3s and RKE2: the files that they wrote for their containerd at the start, and a pull that must be
//! denied.

use std::path::Path;

use config_edit::toml;
use toml_edit::{Item, TableLike};

use super::K3sFacts;
use crate::machine::text;
use crate::verify::{CANARY, CANARY_TAG, Canary, Probe, Verified};
use crate::{DesiredRouting, EngineId, Machine};

pub(super) fn verify(
    engine: EngineId,
    facts: &K3sFacts,
    machine: &dyn Machine,
    desired: &DesiredRouting,
) -> Verified {
    if !facts.active {
        return Verified::not_running(engine);
    }
    let mut flaws = Vec::new();
    let names = machine.names(&facts.hosts).unwrap_or_default();
    let has_default = names.iter().any(|name| name == "_default");
    let flaw_of = |name: &String| flaw(machine, &facts.hosts.join(name).join("hosts.toml"), desired);
    // The image that must be denied is one of Docker Hub.
    let mut leading = names.iter().filter(|name| ["_default", "docker.io"].contains(&name.as_str()));
    let is_routed = has_default && leading.all(|name| flaw_of(name).is_none());
    if !has_default {
        flaws.push("`_default` is missing".to_owned());
    }
    for name in names.iter().filter(|name| **name != desired.mirror) {
        flaws.extend(flaw_of(name));
    }
    let probes = vec![Probe::flaws(&facts.hosts, &flaws)];
    Verified::of(engine, probes, is_routed, || canary(facts, machine))
}

/// Where a file leads elsewhere than to the gateway.
fn flaw(machine: &dyn Machine, file: &Path, desired: &DesiredRouting) -> Option<String> {
    let name = file.display();
    let Some(text) = text(machine, file) else { return Some(format!("{name}: it is missing")) };
    let document = match toml::parse(&text) {
        Ok(document) => document,
        Err(problem) => return Some(format!("{name}: {problem}")),
    };
    let gateway = format!("https://{}", desired.mirror);
    let leads_there = |url: &str| url == gateway || url.starts_with(&format!("{gateway}/"));
    let hosts = document.get("host").and_then(Item::as_table_like).map(TableLike::iter);
    let mut leading: Vec<String> = hosts.into_iter().flatten().map(|(url, _)| url.to_owned()).collect();
    leading.extend(document.get("server").and_then(Item::as_str).map(str::to_owned));
    if leading.is_empty() {
        return Some(format!("{name}: it names no host"));
    }
    let elsewhere = leading.into_iter().find(|url| !leads_there(url));
    elsewhere.map(|url| format!("{name}: `{url}` is asked"))
}

fn canary(facts: &K3sFacts, machine: &dyn Machine) -> Canary {
    let image = format!("{CANARY}:{CANARY_TAG}");
    let command = facts.crictl.iter().map(String::as_str).chain(["pull", &image]);
    Canary::pull(machine, &command.collect::<Vec<_>>())
}
