//! The engines of this machine, with the evidence that the service would have.

use jiff::Timestamp;
use wire::{EngineReport, EnginesSummary, Routed};

use super::conditions;
use super::invented::before;
use crate::Scene;

const BLOCKED: &str = "a pull that must be blocked was blocked";
const DOCKER: &[&str] = &[
    "proxy for http",
    "proxy for https",
    "hosts without proxy",
    "registry mirrors",
    "certificate folders",
    BLOCKED,
];
const PODMAN: &[&str] = &[
    "location of docker.io",
    "location of registry.acme.example",
    "location of ghcr.io",
    "location of *.com",
    "people's own files",
    BLOCKED,
];
const CONTAINERD: &[&str] = &["config_path", "configuration", "flaws below /etc/containerd/certs.d", BLOCKED];

/// One report an engine; `proved` is when somebody had them checked.
pub(super) fn reports(scene: Scene, now: Timestamp, proved: Option<Timestamp>) -> Vec<EngineReport> {
    let proved = proved.unwrap_or_else(|| before(now, 4));
    let docker = engine("docker", "Docker Engine", "28.3.3");
    let podman = engine("podman", "Podman family", "5.4.2");
    let containerd = engine("containerd", "containerd", "2.1.4");
    match scene {
        Scene::Acme | Scene::SignIn => vec![
            routed(docker, DOCKER, proved),
            routed(podman, PODMAN, proved),
            routed(containerd, CONTAINERD, proved),
        ],
        Scene::Troubled => vec![
            repaired(docker, now, proved),
            with_a_way_round(podman, proved),
            routed(containerd, CONTAINERD, proved),
            builder(),
        ],
        Scene::Fresh => Vec::new(),
        Scene::Unenrolled => vec![docker, podman, containerd],
    }
}

/// The same, counted.
pub(super) fn summary(reports: &[EngineReport]) -> EnginesSummary {
    let count = |routed: Routed| reports.iter().filter(|report| report.routed == routed).count();
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    EnginesSummary {
        found: small(reports.len()),
        routed: small(count(Routed::Yes)),
        partly: small(count(Routed::Partly)),
    }
}

fn engine(engine: &str, name: &str, version: &str) -> EngineReport {
    EngineReport {
        engine: engine.to_owned(),
        name: name.to_owned(),
        version: Some(version.to_owned()),
        routed: Routed::No,
        why: None,
        unproved: None,
        stopped: false,
        proved_at: None,
        repaired_at: None,
        details: Vec::new(),
        conditions: Vec::new(),
        personal: Vec::new(),
    }
}

fn routed(engine: EngineReport, evidence: &[&str], proved: Timestamp) -> EngineReport {
    let details = evidence.iter().map(|&what| what.to_owned()).collect();
    EngineReport { routed: Routed::Yes, proved_at: Some(proved), details, ..engine }
}

fn repaired(docker: EngineReport, now: Timestamp, proved: Timestamp) -> EngineReport {
    let drifted = conditions::drifted(now);
    let repaired_at = Some(drifted.since);
    EngineReport { repaired_at, conditions: vec![drifted], ..routed(docker, DOCKER, proved) }
}

/// A person's own file rules that person's pulls.
fn with_a_way_round(podman: EngineReport, proved: Timestamp) -> EngineReport {
    let own = "people's own files";
    let evidence: Vec<&str> =
        PODMAN.iter().copied().filter(|what| *what != own && *what != BLOCKED).collect();
    let found = "those of bob";
    EngineReport {
        routed: Routed::Partly,
        why: Some(format!("{own}: expected `none`, found `{found}`")),
        ..routed(podman, &evidence, before(proved, 190))
    }
}

/// It was never routed, so there is no proof of it.
fn builder() -> EngineReport {
    let why = "the builder `ci-cache` pulls by itself and not through Docker Engine; remove it with `docker buildx rm`";
    EngineReport { version: None, why: Some(why.to_owned()), ..engine("docker", "buildx builder", "") }
}
