//! What fuzzing gives to this crate: the files of persons, which are edited and given back byte for byte.

use config_edit::json;

use crate::machine::memory::Memory;
use crate::machine::simulated;
use crate::{
    DesiredRouting, EngineId, Originals, ProcessEnvironment, ProxyAnswers, apply, find_one, plan, restore,
};

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[
    ("docker-daemon-json", docker_daemon_json),
    ("containerd-config-toml", containerd_config_toml),
    ("containerd-hosts-toml", containerd_hosts_toml),
    ("podman-registries-conf", podman_registries_conf),
    ("podman-policy-json", podman_policy_json),
    ("process-environment", process_environment),
];

const ORIGINALS: &str = "/var/lib/x/originals";

fn docker_daemon_json(input: &[u8]) {
    // What no daemon could have started with is refused before anything is written.
    if json::Document::parse_bytes(input).is_ok() {
        comes_back(EngineId::Docker, "/etc/docker/daemon.json", input);
    }
}

fn containerd_config_toml(input: &[u8]) {
    comes_back(EngineId::Containerd, "/etc/containerd/config.toml", input);
}

fn containerd_hosts_toml(input: &[u8]) {
    comes_back(EngineId::Containerd, "/etc/containerd/certs.d/quay.io/hosts.toml", input);
}

fn podman_registries_conf(input: &[u8]) {
    comes_back(EngineId::Podman, "/etc/containers/registries.conf", input);
}

fn podman_policy_json(input: &[u8]) {
    comes_back(EngineId::Podman, "/etc/containers/policy.json", input);
}

/// An engine that is routed and given back again has the files that it had; one that cannot be routed keeps them.
fn comes_back(engine: EngineId, path: &str, input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let machine = simulated::machine(&[(path, text)], 0);
    let before = machine.etc();
    let originals = Originals::at(ORIGINALS);
    let Some(found) = find_one(engine, &machine) else { return };
    let planned = plan(&found, &machine, &originals, &desired());
    assert!(machine.etc() == before, "a plan touches nothing");
    let Ok(planned) = planned else { return };
    if apply(&planned, &machine, &originals).is_ok() {
        is_settled(engine, &machine, &originals);
    }
    let restored = restore(engine, &machine, &originals, false);
    assert!(restored.is_ok(), "{restored:?}");
    assert!(machine.etc() == before, "{path} is not what it was: {:?}", machine.text(path));
}

/// What is routed needs no more.
fn is_settled(engine: EngineId, machine: &Memory, originals: &Originals) {
    if let Some(Ok(again)) =
        find_one(engine, machine).map(|found| plan(&found, machine, originals, &desired()))
    {
        assert!(again.edits.is_empty(), "{}", again.diff());
    }
}

fn desired() -> DesiredRouting {
    let certificate = "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n";
    DesiredRouting {
        proxy: "http://127.0.0.1:859".into(),
        mirror: "127.0.0.1:858".into(),
        mirror_ca_pem: certificate.into(),
        intercept_ca_dir: "/var/lib/pullgate-steward/intercept".into(),
        intercept_ca_pem: certificate.into(),
        registries: vec!["quay.io".into(), "registry.acme.example:5000".into()],
        blocks_unlisted: true,
        judges_unlisted: true,
        loopback_allowed: true,
        may_stop_containers: false,
        proxies: ProxyAnswers::default(),
    }
}

/// Whatever a process was started with, it has a way out.
fn process_environment(input: &[u8]) {
    if let Some(process) = ProcessEnvironment::read("podman", input) {
        process.egress(None);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
