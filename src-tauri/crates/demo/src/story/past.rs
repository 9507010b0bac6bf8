//! What happened on this machine in the last days, and what goes on happening.

use jiff::Timestamp;
use policy::Engine::{BuildKit, Containerd, Docker, Podman, Skopeo};
use policy::Entry;

use super::happening::{Answer, Happening};
use super::invented::{DAY, HOUR, before};
use super::session::Session;
use super::world::World;
use crate::Scene;

/// Each with how many minutes ago it was, the latest first.
const PAST: [(i64, Happening); 26] = [
    (2, Happening::pull(Podman, "someuser/tool:latest").times(3)),
    (6, Happening::pull(Docker, "nginx:1.27-alpine")),
    (25, Happening::pull(Docker, "quay.io/coreos/etcd:v3.5.17")),
    (52, Happening::pull(BuildKit, "docker/dockerfile:1")),
    (53, Happening::pull(BuildKit, "python:3.13-slim")),
    (71, Happening::pull(BuildKit, "centos:7")),
    (2 * HOUR, Happening::pull(BuildKit, "postgres:latest").times(2)),
    (3 * HOUR + 40, Happening::push(Docker, "docker.io/ada/prototype:wip")),
    (4 * HOUR, Happening::push(Docker, "registry.acme.example/payments/checkout:2.14.0")),
    (5 * HOUR, Happening::pull(Podman, GOLANG)),
    (8 * HOUR, Happening::pull(Docker, "grafana/grafana:11.4.0").answered(Answer::TooMany)),
    (9 * HOUR, Happening::pull(Docker, "acme/billing:2024.47")),
    (21 * HOUR, Happening::pull(Docker, "linuxserver/code-server:4.96.2")),
    (26 * HOUR, Happening::pull(Containerd, LONG)),
    (27 * HOUR, Happening::pull(Containerd, "registry.k8s.io/pause:3.10")),
    (31 * HOUR, Happening::pull(Podman, "gcr.io/distroless/static-debian12:nonroot")),
    (2 * DAY - HOUR, Happening::pull(Docker, "axllent/mailpit:v1.21").times(2)),
    (2 * DAY, Happening::pull(Docker, "registry.acme.example/data/warehouse:7").answered(Answer::Expired)),
    (2 * DAY + 2 * HOUR, Happening::pull(Docker, "returntocorp/semgrep:1.99")),
    (2 * DAY + 5 * HOUR, Happening::pull(BuildKit, "wiremock/wiremock:3.9.1")),
    (3 * DAY, Happening::pull(Skopeo, "golang:1.19")),
    (3 * DAY + 4 * HOUR, Happening::pull(Docker, "registry.acme.example/ci/runner:edge")),
    (4 * DAY, Happening::pull(BuildKit, "harbor.acme.example/dockerhub-proxy/squidfunk/mkdocs-material:9")),
    (4 * DAY + HOUR, Happening::pull(Docker, "nginx:1.72").answered(Answer::Unknown)),
    (5 * DAY, Happening::pull(Docker, "localstack/localstack:latest").times(4)),
    (6 * DAY, Happening::pull(Podman, "bitnamilegacy/kafka:3.6")),
];

const GOLANG: &str = "golang@sha256:e0b5c3f41d2a7986f0c4b8d91e6a3752b9f8d04c61e7a2953b0d8c4f7a1e6925";
const LONG: &str = "ghcr.io/contoso-research/distributed-systems/observability-platform/\
                    service-mesh-sidecar-injector-webhook:2024.11.3-rc.1-linux-amd64-debug";

/// What happens while somebody looks on, again and again.
const NEXT: [Happening; 6] = [
    Happening::pull(Docker, "hobbyist/ffmpeg-with-everything:nightly"),
    Happening::pull(BuildKit, "quay.io/prometheus/node-exporter:v1.8.2"),
    Happening::pull(Podman, "postgres:latest"),
    Happening::push(Docker, "docker.io/ada/prototype:latest"),
    Happening::pull(Containerd, "gcr.io/kaniko-project/executor:debug"),
    Happening::pull(Docker, "bitnamilegacy/redis:7.2"),
];

/// What was recorded, the latest first.
pub(super) fn entries(world: &World) -> Vec<Entry> {
    match world.scene {
        Scene::Acme | Scene::Troubled | Scene::SignIn => {}
        Scene::Fresh | Scene::Unenrolled => return Vec::new(),
    }
    let recorded = (0..).zip(&PAST).filter_map(|(number, (minutes, happening))| {
        let last = before(world.now, *minutes);
        happening.entry(number, world, Session::of(world.scene, world.now, last), last)
    });
    recorded.collect()
}

/// What happens next, after so many that were told.
pub(super) fn next(world: &World, session: Session, shown: u64, now: Timestamp) -> Option<Entry> {
    let number = shown + PAST.len() as u64;
    let place = usize::try_from(shown).ok()? % NEXT.len();
    NEXT.get(place)?.entry(number, world, session, now)
}
