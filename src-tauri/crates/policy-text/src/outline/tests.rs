use policy::fixture;
use serde_json::{Value, json};

use super::*;

/// The usual policy with sections replaced, as headings with their lines.
fn said(change: Value) -> Vec<(&'static str, Vec<String>)> {
    let outline = of(change);
    let group = |group: &Group| (group.kind.heading(outline.audit), group.lines.iter().map(shown).collect());
    outline.groups.iter().map(group).collect()
}

fn of(change: Value) -> Outline {
    outline(&serde_json::from_value(fixture::document(change)).unwrap())
}

fn shown(line: &Line) -> String {
    let until = line.until.map(|end| format!(" until {end}")).unwrap_or_default();
    format!("{}{until}", line.text)
}

/// The lines under one heading.
fn under(heading: &str, change: Value) -> Vec<String> {
    let found = said(change).into_iter().find(|(name, _)| *name == heading);
    found.map(|(_, lines)| lines).unwrap_or_default()
}

fn group(heading: &'static str, lines: &[&str]) -> (&'static str, Vec<String>) {
    (heading, lines.iter().map(ToString::to_string).collect())
}

#[test]
fn a_usual_policy_is_said_in_three_groups() {
    assert_eq!(
        said(json!({})),
        [
            group(
                "Allowed",
                &[
                    "your organization's images (acme) on Docker Hub",
                    "Docker Official Images on Docker Hub",
                    "verified publisher images on Docker Hub",
                    "ghcr.io: acme/**",
                ]
            ),
            group("Allowed, and recorded", &["sponsored open source images on Docker Hub"]),
            group("Blocked", &["community images on Docker Hub", "quay.io", "every other registry"]),
        ]
    );
    assert_eq!(of(json!({})).opening(), None);
}

#[test]
fn a_policy_that_only_records_says_what_would_be_blocked() {
    let audit = json!({ "mode": "audit", "registries": { "default": "block", "entries": [
        { "host": "docker.io", "action": "allow" } ] } });
    let outline = of(audit.clone());
    assert!(outline.audit);
    assert_eq!(outline.opening(), Some("Nothing is blocked: what would be is recorded"));
    assert_eq!(
        said(audit).last().unwrap(),
        &group("Would be blocked", &["community images on Docker Hub", "every other registry"])
    );
}

#[test]
fn classes_are_not_said_where_docker_hub_is_closed() {
    let entries = json!([{ "host": "ghcr.io", "action": "allow" }]);
    let closed = json!({ "registries": { "default": "block", "entries": entries } });
    assert_eq!(said(closed), [group("Allowed", &["ghcr.io"]), group("Blocked", &["every other registry"])]);
    let entries = json!([{ "host": "docker.io", "action": "block" }]);
    let closed_by_name = json!({ "registries": { "default": "allow", "entries": entries } });
    assert_eq!(
        said(closed_by_name),
        [group("Allowed", &["every other registry"]), group("Blocked", &["docker.io"])]
    );
}

#[test]
fn a_part_of_docker_hub_is_said_beside_its_classes() {
    let entries = json!([{ "host": "docker.io", "paths": ["library/*"], "action": "allow" }]);
    let lines = under("Allowed", json!({ "registries": { "default": "block", "entries": entries } }));
    assert!(lines.contains(&"docker.io: library/*".to_owned()), "{lines:?}");
    assert!(lines.contains(&"Docker Official Images on Docker Hub".to_owned()), "{lines:?}");
}

#[test]
fn without_a_section_on_registries_only_docker_hub_is_open() {
    let mut text = fixture::document(json!({}));
    text.as_object_mut().unwrap().remove("registries");
    let outline = outline(&serde_json::from_value(text).unwrap());
    let blocked: Vec<_> = outline.groups.last().unwrap().lines.iter().map(shown).collect();
    assert_eq!(blocked, ["community images on Docker Hub", "every registry but Docker Hub"]);
}

#[test]
fn an_exception_that_ends_is_distinguished_from_one_that_does_not() {
    let exceptions = json!({
        "deny": [{ "match": "library/centos", "reason": "no longer\nmaintained" }],
        "allow": [
            { "match": "docker/dockerfile", "reason": "BuildKit reads Dockerfiles with it" },
            { "match": "someuser/tool", "tags": ["1.*", "2.*"], "groups": ["qa"],
              "expires": "2026-12-01T00:00:00Z" }
        ],
        "exemptions": [
            { "group": "platform", "hubRole": "owner" },
            { "group": "audit", "reason": "they look", "expires": "2026-12-24T12:00:00Z" }
        ]
    });
    let allowed = under("Allowed", exceptions.clone());
    assert_eq!(
        allowed.get(4..).unwrap(),
        [
            "docker.io/docker/dockerfile · BuildKit reads Dockerfiles with it",
            "every image, for the group platform and the role owner on Docker Hub",
        ]
    );
    assert_eq!(
        under("Exceptions that end", exceptions.clone()),
        [
            "docker.io/someuser/tool with tags 1.*, 2.* for the groups qa until 2026-12-01T00:00:00Z",
            "every image, for the group audit · they look until 2026-12-24T12:00:00Z",
        ]
    );
    assert_eq!(
        under("Blocked", exceptions).first().unwrap(),
        "docker.io/library/centos · no longer maintained"
    );
}

#[test]
fn what_to_use_instead_stands_beside_what_is_blocked() {
    let instead = json!({
        "deny": [{ "match": "centos", "reason": "no longer maintained", "instead": "rockylinux:9" }],
        "registries": { "default": "block", "entries": [
            { "host": "quay.io", "action": "block", "instead": "registry.acme.example/quay" } ] }
    });
    let lines = [
        "docker.io/library/centos · no longer maintained · instead: rockylinux:9",
        "quay.io · instead: registry.acme.example/quay",
        "every other registry",
    ];
    assert_eq!(under("Blocked", instead), lines);
}

#[test]
fn demands_on_tags_and_digests_come_last() {
    let pins = json!({ "pins": [
        { "match": "docker.io/library/**", "require": "tag", "forbidTags": ["latest", "edge"] },
        { "match": "docker.io/acme/app", "digests": [fixture::DIGEST] },
        { "match": "docker.io/acme/two", "digests": [fixture::DIGEST, fixture::DIGEST.replace('9', "8")] },
        { "match": "ghcr.io/**", "require": "digest" },
        { "match": "ghcr.io/acme/**", "require": "blessing" }
    ] });
    assert_eq!(
        said(pins).last().unwrap(),
        &group(
            "Versions",
            &[
                "docker.io/library/**: a version tag or a digest; no tag latest, edge",
                "docker.io/acme/app: the listed digest",
                "docker.io/acme/two: one of 2 listed digests",
                "ghcr.io/**: a digest",
                "ghcr.io/acme/**: `blessing`",
            ]
        )
    );
}

#[test]
fn pushes_are_said_where_not_all_of_them_pass() {
    let entries = json!([
        { "match": "docker.io/acme/*", "action": "allow" }, { "match": "ghcr.io/acme/*", "action": "audit" }
    ]);
    let push = json!({ "push": { "default": "block", "entries": entries } });
    assert_eq!(under("Allowed", push.clone()).last().unwrap(), "pushes to docker.io/acme/*");
    assert_eq!(under("Allowed, and recorded", push.clone()).last().unwrap(), "pushes to ghcr.io/acme/*");
    assert_eq!(under("Blocked", push).last().unwrap(), "every other push");
    let open = json!({ "push": { "default": "allow" } });
    assert_eq!(said(open), said(json!({})));
}

#[test]
fn a_word_of_a_later_version_blocks() {
    let later = json!({ "hub": { "classes": { "official": "ponder", "community": "allow" } } });
    assert_eq!(under("Blocked", later.clone()).first().unwrap(), "Docker Official Images on Docker Hub");
    let allowed = under("Allowed", later);
    assert_eq!(allowed, ["community images on Docker Hub", "ghcr.io: acme/**"]);
}
