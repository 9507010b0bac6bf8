//! The policy in force.

use insta::assert_snapshot;
use serde_json::{Value, json};
use wire::{PolicyChange, PolicyReport, PolicyState, Response};

use super::cases;
use crate::tests::sample;

fn report(state: PolicyState, document: Option<Value>) -> Response {
    let warnings =
        document.iter().map(|_| "`/allow`: build helpers are missing: docker/dockerfile".into()).collect();
    Response::Policy(Box::new(PolicyReport { state, document, sentences: Vec::new(), warnings }))
}

fn rich() -> Value {
    json!({
        "schema": "1.0", "organization": "acme", "serial": 1042, "issued": "2026-11-22T06:00:00Z",
        "hub": {
            "organizations": ["acme", "acme-labs"],
            "classes": { "organization": "allow", "official": "allow", "verifiedPublisher": "allow",
                "sponsoredOss": "audit", "community": "block" }
        },
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": "ghcr.io", "paths": ["acme/**", "astral-sh/uv"], "action": "allow" },
            { "host": "quay.io", "action": "audit" }
        ] },
        "deny": [{ "match": "docker.io/library/centos", "reason": "no longer maintained" }],
        "allow": [
            { "match": "docker.io/docker/dockerfile", "reason": "BuildKit reads Dockerfiles with it" },
            { "match": "docker.io/someuser/tool", "tags": ["1.*"], "groups": ["qa"],
              "expires": "2026-12-01T00:00:00Z" }
        ],
        "exemptions": [{ "group": "platform", "reason": "they build the base images" }],
        "pins": [{ "match": "docker.io/library/**", "require": "tag", "forbidTags": ["latest"] }],
        "push": { "default": "block", "entries": [{ "match": "docker.io/acme/*", "action": "allow" }] }
    })
}

#[test]
fn the_policy_in_force_is_said_in_words() {
    let unusable = PolicyState::Unusable {
        why: "line 3, column 7: expected `,`".into(),
        source: "file:///etc/pullgate/policy/".into(),
    };
    let stale = match sample::current() {
        PolicyState::Current { stamp, confirmed, source, .. } => {
            let signed_by = vec!["1f2e3d4c5b6a7988".into()];
            let change =
                Some(PolicyChange { at: sample::ago(7), sentence: "3 images are newly allowed".into() });
            PolicyState::Current {
                stamp,
                confirmed,
                source,
                named: Some("https://policy.acme.example/pullgate/".into()),
                distrusted: Some("an earlier enrollment believed it and the present one does not".into()),
                signed_by,
                stale_since: Some(sample::ago(600)),
                change,
            }
        }
        other @ (PolicyState::Absent | PolicyState::Unusable { .. } | PolicyState::Other) => other,
    };
    let mut audit = rich();
    audit["mode"] = "audit".into();
    let fields = audit.as_object_mut().unwrap();
    fields.retain(|key, _| {
        !["registries", "deny", "allow", "exemptions", "pins", "push"].contains(&key.as_str())
    });
    assert_snapshot!(cases(
        "policy show",
        [
            ("rich", report(sample::current(), Some(rich()))),
            ("stale, and only recording", report(stale, Some(audit))),
            ("newer than this command", report(sample::current(), Some(json!({ "schema": "7.0" })))),
            ("unusable", report(unusable, None)),
            ("absent", report(PolicyState::Absent, None)),
        ]
    ));
}
