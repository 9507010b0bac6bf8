use std::collections::BTreeSet;
use std::fmt::Write;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::{document, parse, policy, pull, situation};
use crate::{
    DecisionContext, LoadedPolicy, Outcome, Policy, Refusal, STARTER, STARTER_CATALOG, Warning, schema,
};

fn refused(change: Value) -> String {
    parse(&document(change)).unwrap_err().to_string()
}

#[test]
fn every_refusal_names_the_place_and_what_to_do() {
    let mut page = String::new();
    for change in [
        json!({ "schema": "2.0" }),
        json!({ "schema": "0.9" }),
        json!({ "schema": "one" }),
        json!({ "schema": 2 }),
        json!({ "organization": "other" }),
        json!({ "serial": -1 }),
        json!({ "issued": "yesterday" }),
        json!({ "alow": [] }),
        json!({ "deny": [{ "match": "evil/**", "tag": "1" }] }),
        json!({ "mode": "watch" }),
        json!({ "hub": { "classes": { "official": "alow" } } }),
        json!({ "hub": { "organizations": ["library"] } }),
        json!({ "hub": { "organizations": ["Acme"] } }),
        json!({ "hub": {}, "registries": null }),
        json!({ "deny": [{ "match": "ghcr.io" }] }),
        json!({ "deny": [{ "id": "a b", "match": "x/y" }] }),
        json!({ "deny": [{ "id": "hub", "match": "x/y" }] }),
        json!({ "deny": [{ "id": "community", "match": "x/y" }] }),
        json!({ "deny": [{ "match": "x/y", "reason": "two\nlines" }] }),
        json!({ "deny": [{ "match": "x/y", "instead": "a b" }] }),
        json!({ "deny": [{ "match": "x/*", "instead": "x/z:1" }] }),
        json!({ "allow": [{ "match": "x/y", "tags": [] }] }),
        json!({ "allow": [{ "match": "x/y", "tags": ["a b"] }] }),
        json!({ "allow": [{ "match": "x/y", "expires": "2027-02-30T00:00:00Z" }] }),
        json!({ "pins": [{ "match": "x/y" }] }),
        json!({ "pins": [{ "match": "x/y", "digests": ["sha256:12"] }] }),
        json!({ "exemptions": [{}] }),
        json!({ "registries": { "entries": [{ "host": "a.*.example", "action": "allow" }] } }),
        json!({ "registries": { "entries": [{ "host": "ghcr.io", "paths": ["a//b"], "action": "allow" }] } }),
        json!({ "registries": { "entries": [{ "host": "ghcr.io" }] } }),
        json!({ "registries": { "entries": [{ "host": "ghcr.io", "action": "allow", "instead": "quay.io" }] } }),
        json!({ "registries": { "entries": [{ "host": "quay.io", "action": "block", "instead": "https://a" }] } }),
        json!({ "registries": { "entries": [{ "host": "quay.io", "action": "block", "instead": "quay.io/b" }] } }),
        json!({ "refreshSeconds": 1 }),
        json!({ "staleAfter": "2026-11-22T06:00:00Z" }),
        json!({ "messages": { "requestUrl": "https://it.acme.example/?i={img}" } }),
        json!({ "messages": { "requestUrl": "http://it.acme.example/" } }),
        json!({ "messages": { "instead": { "someuser/a b": "nginx" } } }),
        json!({ "messages": { "instead": { "vault": "https://hub.docker.com/r/hashicorp/vault" } } }),
        json!({ "messages": { "instead": { "nginx": "docker.io/library/nginx" } } }),
        json!({ "upstreams": [{ "for": "docker.io", "to": "https://harbor.example/hub/" }] }),
        json!({ "reporting": { "url": "https://a b" } }),
        json!({ "catalog": { "url": "catalog.json", "sha256": "12" } }),
    ] {
        writeln!(page, "{change}\n  {}\n", refused(change.clone())).unwrap();
    }
    insta::assert_snapshot!(page);
}

#[test]
fn bytes_that_are_not_a_document_are_refused_at_their_place() {
    let refuse = |bytes: &[u8]| Policy::parse(bytes, None, "acme").unwrap_err().to_string();
    let good = document(json!({})).to_string();
    assert_eq!(refuse(b""), "line 1, column 0: EOF while parsing a value");
    assert_eq!(refuse(b"{\n \"schema\": \"1.0\",\n}"), "line 3, column 1: trailing comma");
    assert_eq!(
        refuse(format!("{good} x").as_bytes()),
        format!("line 1, column {}: trailing characters", good.len() + 2)
    );
    assert_eq!(
        refuse(br#"{ "schema": "1.0", "hub": { "classes": {}, "classes": {} } }"#),
        "`/hub/classes`: this key is there twice; keep one, since readers differ in which one holds"
    );
    assert_eq!(
        refuse(br#"{ "x-a": [{ "b~c/d": 1, "b~c/d": 1 }] }"#),
        "`/x-a/0/b~0c~1d`: this key is there twice; keep one, since readers differ in which one holds"
    );
    assert_eq!(refuse(b"{}"), "`/schema`: missing; write `\"schema\": \"1.0\"`");
    assert_eq!(refuse(b"[]").split(':').next(), Some("`/`"));
    assert!(matches!(
        Policy::parse(&vec![b' '; 16 * 1024 * 1024 + 1], None, "acme"),
        Err(Refusal::TooLarge { .. })
    ));
    assert!(refuse("[".repeat(100_000).as_bytes()).contains("recursion limit"));
}

#[test]
fn notes_under_x_are_kept_out_of_the_way() {
    let with_notes =
        document(json!({ "x-note": { "any": 1 }, "deny": [{ "match": "a/b", "x-ticket": "SEC-1" }] }));
    assert_eq!(parse(&with_notes).unwrap().document().deny.len(), 1);
}

#[test]
fn a_later_minor_version_is_read_with_warnings() {
    let newer = document(json!({
        "schema": "1.7", "mode": "learn", "futures": true, "deny": [{ "match": "a/b", "severity": 3 }]
    }));
    let policy = parse(&newer).unwrap();
    let about = |path: &str| policy.warnings().iter().any(|warning| warning.path == path);
    assert!(about("/schema") && about("/mode"), "{:?}", policy.warnings());
    assert_eq!(parse(&document(json!({ "schema": 1 }))).unwrap().document().schema.to_string(), "1.0");
}

#[test]
fn a_catalog_that_is_named_must_come_along() {
    let sha256 = "0".repeat(64);
    let text = document(json!({ "catalog": { "url": "catalog.json", "sha256": sha256 } })).to_string();
    let Err(Refusal::Value { path, .. }) = Policy::parse(text.as_bytes(), None, "acme") else { panic!() };
    assert_eq!(path, "/catalog");
    let old_spelling = text.replace("\"catalog\"", "\"catalogue\"");
    assert!(
        Policy::parse(
            old_spelling.as_bytes(),
            Some(br#"{ "schema": 1, "asOf": "2026-11-01T00:00:00Z" }"#),
            "acme"
        )
        .is_ok()
    );
}

#[test]
fn the_starter_policy_is_accepted_and_only_its_missing_catalog_is_remarked() {
    let policy = Policy::parse(STARTER.as_bytes(), None, "acme").unwrap();
    let paths: Vec<&str> = policy.warnings().iter().map(|of| of.path.as_str()).collect();
    assert_eq!(paths, ["/catalog"]);
    let policy = Policy::parse(STARTER.as_bytes(), Some(STARTER_CATALOG.as_bytes()), "acme").unwrap();
    assert_eq!(policy.warnings(), []);
}

#[test]
fn a_missing_catalog_is_not_remarked_where_publishers_are_treated_alike() {
    let same = json!({ "hub": { "classes": { "official": "allow", "verifiedPublisher": "block" } } });
    let text = document(same).to_string();
    let policy = Policy::parse(text.as_bytes(), None, "acme").unwrap();
    assert!(policy.warnings().iter().all(|of| of.path != "/catalog"), "{:?}", policy.warnings());
}

/// Whether the starter policy lets an image pass, with its own catalog.
fn starts(image: &str) -> Outcome {
    let policy = Policy::parse(STARTER.as_bytes(), None, "acme").unwrap();
    let situation = DecisionContext { held: LoadedPolicy::Current(policy.into()), ..situation(json!({})) };
    pull(&situation, image).outcome
}

#[test]
fn the_images_that_tools_of_today_pull_by_themselves_pass_the_starter_policy() {
    for image in [
        "testcontainers/ryuk:0.14.0",
        "testcontainers/sshd:1.4.0",
        "testcontainers/vncrecorder:1.3.0",
        "testcontainers/vnc-recorder:1.3.0",
        "alpine/socat:1.7.4.3-r0",
        "alpine:3.17",
        "kindest/node:v1.31.0",
        "envoyproxy/envoy:v1.36.2",
        "ghcr.io/k3d-io/k3d-tools:5.8.3",
        "ghcr.io/k3d-io/k3d-proxy:5.8.3",
        "rancher/k3s:v1.33.4-k3s1",
        "rancher/mirrored-pause:3.6",
        "ghcr.io/k3s-io/klipper-helm:v0.9.7",
        "mcr.microsoft.com/devcontainers/base:ubuntu",
        "mcr.microsoft.com/devcontainers/typescript-node:22",
        "catthehacker/ubuntu:act-latest",
        "ghcr.io/catthehacker/ubuntu:full-latest",
        "node:16-buster-slim",
        "moby/buildkit:buildx-stable-1",
        "tonistiigi/binfmt:latest",
        "tonistiigi/xx:1.6.1",
        "docker/dockerfile:1",
        "docker/model-runner:latest",
        "docker/desktop-kubernetes:v1",
        "mcp/fetch:latest",
        "localstack/localstack:4",
    ] {
        assert_eq!(starts(image), Outcome::Allowed, "{image}");
    }
    for image in ["someuser/tool:1", "ghcr.io/someuser/ubuntu:1", "mcr.microsoft.com/azure-cli:2.80.0"] {
        assert_eq!(starts(image), Outcome::Blocked, "{image}");
    }
}

#[test]
fn a_document_is_printed_as_it_is_read() {
    let read = policy(json!({ "deny": [{ "id": "d1", "match": "evil/**", "ref": "SEC-88" }] }));
    let printed = serde_json::to_value(read.document()).unwrap();
    assert_eq!(parse(&printed).unwrap().document(), read.document());
}

fn paths(change: Value) -> Vec<String> {
    policy(change).warnings().iter().map(|Warning { path, .. }| path.clone()).collect()
}

#[test]
fn build_helpers_that_are_left_out_are_named() {
    let policy = policy(json!({ "allow": [{ "match": "moby/buildkit" }, { "match": "docker/dockerfile" }] }));
    let named: Vec<_> = policy.warnings().iter().filter_map(|of| of.message.split('`').nth(1)).collect();
    assert_eq!(named, ["tonistiigi/binfmt"]);
}

#[test]
fn what_its_author_has_probably_not_meant_is_remarked() {
    let helpers = json!([
        { "match": "docker/dockerfile" }, { "match": "moby/buildkit" }, { "match": "tonistiigi/binfmt" },
        { "match": "quay.io/a/b" }, { "match": "evil/tool" },
        { "match": "someuser/old", "expires": "2026-11-20T00:00:00Z" }
    ]);
    let found = paths(json!({
        "allow": helpers, "deny": [{ "id": "d1", "match": "evil/**" }],
        "messages": { "byRule": { "d1": "No.", "community": "No.", "d2": "No." } }
    }));
    assert_eq!(found, ["/allow/5/expires", "/allow/3/match", "/allow/4/match", "/messages/byRule/d2"]);
    let shut = paths(json!({ "registries": { "default": "block" } }));
    assert!(shut.contains(&"/registries".to_owned()), "{shut:?}");
    let forgotten =
        paths(json!({ "hub": { "organizations": ["acme"], "classes": { "official": "allow" } } }));
    assert!(forgotten.contains(&"/hub/classes".to_owned()), "{forgotten:?}");
}

#[test]
fn a_replacement_that_would_be_blocked_itself_is_remarked() {
    let found = paths(json!({
        "deny": [
            { "match": "centos", "instead": "rockylinux:9" }, { "match": "evil/**", "instead": "quay.io/a/b" }
        ],
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": "ghcr.io", "action": "block", "instead": "docker.io/acme" },
            { "host": "quay.io", "action": "block", "instead": "gcr.io/quay" }
        ] }
    }));
    let remarked = found.iter().filter(|path| path.ends_with("/instead"));
    assert_eq!(remarked.collect::<Vec<_>>(), ["/deny/1/instead", "/registries/entries/2/instead"]);
}

#[test]
fn the_manual_shows_documents_that_are_accepted_and_every_key() {
    let manual = include_str!("../../../../../docs/policy.md");
    let blocks: Vec<&str> =
        manual.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [shown, catalog, _trust] = blocks.as_slice() else { panic!("three documents") };
    assert!(Policy::parse(shown.as_bytes(), Some(catalog.as_bytes()), "acme").is_ok());
    let table = manual.split("## Keys").nth(1).and_then(|rest| rest.split("## ").next()).unwrap();
    let shown: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split(" | ").next())
        .flat_map(|keys| keys.split(['`', ',', ' ']))
        .filter(|key| !key.is_empty())
        .collect();
    let schema = schema();
    let keys = schema.pointer("/properties").and_then(Value::as_object).unwrap();
    assert_eq!(shown, keys.keys().map(String::as_str).filter(|key| *key != "$schema").collect());
}

#[test]
fn every_registry_that_the_policy_names_is_known_to_routing() {
    let policy = policy(json!({
        "deny": [{ "match": "gcr.io/evil/**" }, { "match": "**/xmrig" }],
        "upstreams": [{ "for": "docker.io", "to": "https://harbor.acme.example/v2/hub/" }]
    }));
    let named: Vec<String> = policy.registries().iter().map(ToString::to_string).collect();
    assert_eq!(named, ["docker.io", "gcr.io", "ghcr.io", "harbor.acme.example", "quay.io"]);
    assert!(!policy.lets_unlisted_registries_pass());
}

/// `podman pull quay.io/a/xmrig` went round `deny: **/xmrig` where registries are allowed by default.
#[test]
fn rules_for_every_registry_lead_more_registries_than_the_policy_names() {
    let judged = |change| {
        let policy = policy(change);
        let remarked = policy.warnings().iter().any(|it| it.path == "/registries/default");
        (policy.judges_unlisted_registries(), remarked)
    };
    let open = json!({ "default": "allow" });
    assert_eq!(judged(json!({ "registries": open, "deny": [{ "match": "**/xmrig" }] })), (true, true));
    assert_eq!(
        judged(json!({ "registries": open, "deny": [{ "match": "quay.io/evil/**" }] })),
        (false, false)
    );
    assert_eq!(judged(json!({ "registries": open, "mode": "audit" })), (true, false));
    assert_eq!(judged(json!({ "deny": [{ "match": "**/xmrig" }] })), (false, false));
}

#[test]
fn the_schema_is_made_from_the_types() {
    insta::assert_json_snapshot!(schema());
}

proptest! {
    #[test]
    fn no_bytes_bring_reading_down(at in 0_usize..STARTER.len(), with in any::<Vec<u8>>(), without in 0_usize..40) {
        let mut bytes = STARTER.as_bytes().to_vec();
        let end = (at + without).min(bytes.len());
        bytes.splice(at..end, with.iter().copied());
        if let Err(refusal) = Policy::parse(&bytes, None, "acme") {
            prop_assert!(!refusal.to_string().is_empty());
        }
        let _ = Policy::parse(&with, Some(&bytes), "acme");
    }
}

#[test]
fn a_large_policy_answers_as_a_small_one() {
    let allow: Vec<Value> = (0..20_000).map(|at| json!({ "match": format!("someuser/tool{at}") })).collect();
    let policy = policy(json!({ "allow": allow }));
    let repository = image_ref::Repository::parse("someuser/tool19999").unwrap();
    assert_eq!(policy.compiled().allow.find(&repository), [19_999]);
}
