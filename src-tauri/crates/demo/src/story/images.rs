//! The images that are here already, judged as a pull of each would be.

use std::sync::Arc;

use image_ref::Reference;
use policy::{Action, DecisionContext, Outcome};
use wire::{ImagesReport, PresentImage, StartedContainer, UnlistedStore};

use super::acme;
use super::invented::{DAY, before, digest, hex};
use super::session::Session;
use super::world::{World, judged};
use crate::Scene;

/// An engine's place for images.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Store {
    engine: &'static str,
    name: &'static str,
    uid: Option<u32>,
}

const DOCKER: Store = Store { engine: "docker", name: "Docker Engine", uid: None };
const PODMAN: Store = Store { engine: "podman", name: "Podman", uid: Some(acme::UID) };
const KUBERNETES: Store = Store { engine: "containerd", name: "containerd (k8s.io)", uid: None };

/// Store, name, megabytes, days since it was built, running containers.
type Stored = (Store, Option<&'static str>, u64, i64, &'static [&'static str]);

const STORED: [Stored; 17] = [
    (DOCKER, Some("nginx:1.27-alpine"), 48, 12, &["web"]),
    (DOCKER, Some("postgres:17.2"), 435, 30, &["billing-db", "checkout-db"]),
    (DOCKER, Some("redis:7-alpine"), 41, 21, &["cache"]),
    (DOCKER, Some("acme/billing:2024.47"), 212, 3, &["billing"]),
    (DOCKER, Some("registry.acme.example/payments/checkout:2.14.0"), 187, 1, &[]),
    (DOCKER, Some("localstack/localstack:4.0"), 1_180, 18, &["localstack"]),
    (DOCKER, Some("linuxserver/code-server:4.96.2"), 644, 9, &["code-server"]),
    (DOCKER, Some("centos:7"), 204, 1_250, &[]),
    (DOCKER, Some("quay.io/coreos/etcd:v3.5.17"), 58, 44, &[]),
    (DOCKER, Some("someuser/tool:latest"), 96, 400, &[]),
    (DOCKER, None, 1_420, 2, &[]),
    (PODMAN, Some("alpine:3.21"), 8, 15, &[]),
    (PODMAN, Some("axllent/mailpit:v1.21"), 27, 26, &["mail"]),
    (PODMAN, Some(LONG), 312, 61, &[]),
    (KUBERNETES, Some("registry.k8s.io/pause:3.10"), 1, 210, &["coredns-sandbox", "gateway-sandbox"]),
    (KUBERNETES, Some("registry.k8s.io/coredns/coredns:v1.11.3"), 62, 150, &["coredns"]),
    (KUBERNETES, Some(GATEWAY), 74, 5, &["gateway"]),
];

const LONG: &str = "ghcr.io/contoso-research/distributed-systems/observability-platform/\
                    service-mesh-sidecar-injector-webhook:2024.11.3-rc.1-linux-amd64-debug";

const GATEWAY: &str =
    "ghcr.io/acme/gateway@sha256:bd2f0a6c94e17358d0c9a1f46e8b37254a1f0c7be6d92835417fa0c3e8b6d159";

/// All of them, on one page: what needs eyes first.
pub(super) fn report(world: &World, session: Session) -> ImagesReport {
    let situation = world.situation(session, world.now);
    let unlisted: &[Store] = if world.scene == Scene::Troubled { &[KUBERNETES] } else { &[] };
    let is_listed = |(store, ..): &&Stored| world.scene != Scene::Fresh && !unlisted.contains(store);
    let listed = STORED.iter().filter(is_listed);
    let mut images: Vec<PresentImage> = listed.map(|stored| present(world, &situation, stored)).collect();
    images.sort_by_cached_key(order);
    ImagesReport { images, unlisted: unlisted.iter().map(silent).collect(), more: false }
}

fn present(world: &World, situation: &Arc<DecisionContext>, stored: &Stored) -> PresentImage {
    let (store, name, megabytes, days, containers) = stored;
    let situation = situation.of_asker(Some(store.uid.unwrap_or_default()));
    let reference = name.and_then(|name| Reference::parse(name).ok());
    let finding = reference.and_then(|image| judged(&situation, Action::Pull, &image, world.now));
    let of = name.unwrap_or("a build that was not finished");
    PresentImage {
        engine: store.engine.to_owned(),
        store: store.name.to_owned(),
        uid: store.uid,
        id: hex(&format!("{} {of}", store.engine)),
        image: name.map(str::to_owned),
        digest: name.map(digest),
        size: Some(megabytes * 1_000_000 + 417_000),
        created: Some(before(world.now, days * DAY)),
        containers: containers.iter().map(|name| started(name)).collect(),
        unjudged: finding.is_none().then(|| "it has no name".to_owned()),
        finding,
    }
}

fn started(name: &str) -> StartedContainer {
    StartedContainer { id: hex(name), name: Some(name.to_owned()) }
}

fn silent(store: &Store) -> UnlistedStore {
    UnlistedStore {
        engine: store.engine.to_owned(),
        store: store.name.to_owned(),
        uid: store.uid,
        problem: "`ctr --namespace k8s.io images list` says: context deadline exceeded".to_owned(),
    }
}

/// What needs eyes first, then by name.
fn order(image: &PresentImage) -> (u8, bool, Option<String>, String) {
    let rank = match image.finding.as_ref().map(|finding| finding.outcome) {
        Some(Outcome::Blocked) => 0,
        Some(Outcome::Audited) => 1,
        None => 2,
        Some(Outcome::Allowed) => 3,
    };
    (rank, image.containers.is_empty(), image.image.clone(), image.id.clone())
}
