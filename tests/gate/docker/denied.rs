//! What is blocked stops at once, in every way, and the terminal says why.

use std::fmt::Write;

use acceptance::internet::Image;
use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::Desk;

on_both_stores![
    a_community_image_is_denied,
    a_deny_listed_image_is_denied,
    a_tag_outside_the_allow_rule_is_denied,
    an_image_whose_exception_ended_is_denied,
    an_unlisted_registry_is_denied,
    another_path_of_an_allowed_registry_is_denied,
    an_unproven_digest_of_a_repository_allowed_by_tag_is_denied,
    a_private_image_of_another_organization_is_denied_with_its_login,
    what_is_denied_arrives_when_the_policy_allows_it,
];

fn a_community_image_is_denied(desk: &mut Desk) {
    every_way_stops(desk, "community", "docker.io/someuser/dockerfile:1");
}

fn a_deny_listed_image_is_denied(desk: &mut Desk) {
    every_way_stops(desk, "deny_listed", "docker.io/evil/miner:1");
}

fn a_tag_outside_the_allow_rule_is_denied(desk: &mut Desk) {
    every_way_stops(desk, "other_tag", "docker.io/localstack/localstack:3.9");
}

fn an_image_whose_exception_ended_is_denied(desk: &mut Desk) {
    every_way_stops(desk, "exception_ended", "docker.io/old/expired:1");
}

fn an_unlisted_registry_is_denied(desk: &mut Desk) {
    every_way_stops(desk, "unlisted_registry", "quay.io/coreos/etcd:1");
}

fn another_path_of_an_allowed_registry_is_denied(desk: &mut Desk) {
    desk.laptop.internet().publish(&Image::new("ghcr.io/other/app", &["1"]));
    every_way_stops(desk, "other_path", "ghcr.io/other/app:1");
}

fn an_unproven_digest_of_a_repository_allowed_by_tag_is_denied(desk: &mut Desk) {
    let image = Image::new("docker.io/localstack/localstack", &["4.9"]).edition(9);
    let digest = desk.laptop.internet().publish(&image).index;
    every_way_stops(desk, "unproven_digest", &format!("docker.io/localstack/localstack@{digest}"));
}

fn a_private_image_of_another_organization_is_denied_with_its_login(desk: &mut Desk) {
    desk.laptop.internet().publish(&Image::new("docker.io/rival/tool", &["1"]).private());
    desk.logged_in("", || {
        for flavor in Flavor::DOCKER {
            desk.stops(flavor, "docker.io/rival/tool:1");
        }
    });
}

fn what_is_denied_arrives_when_the_policy_allows_it(desk: &mut Desk) {
    desk.laptop.internet().publish(&Image::new("ghcr.io/other/app", &["1"]));
    desk.rule(json!({
        "hub": { "classes": { "official": "allow", "community": "allow" } },
        "registries": { "default": "allow" }, "deny": [], "allow": [],
    }));
    for image in [
        "docker.io/someuser/dockerfile:1",
        "docker.io/evil/miner:1",
        "docker.io/localstack/localstack:3.9",
        "docker.io/old/expired:1",
        "quay.io/coreos/etcd:1",
        "ghcr.io/other/app:1",
    ] {
        let asked = desk.arrives(Flavor::DockerPull, image).asked;
        assert!(asked.manifests > 0 && asked.blobs > 0, "{image}: {asked:?}");
    }
}

fn every_way_stops(desk: &Desk, name: &str, image: &str) {
    let mut text = String::new();
    for flavor in Flavor::DOCKER {
        let outcome = desk.stops(flavor, image);
        writeln!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
    }
    desk.snapshot(&format!("denied_{name}"), &text);
}
