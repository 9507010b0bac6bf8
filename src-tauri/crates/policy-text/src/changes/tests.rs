use policy::Policy;
use policy::fixture::policy;
use serde_json::{Value, json};

use crate::changes;

fn said(before: Value, after: Value) -> Option<String> {
    changes(&policy(before), &policy(after))
}

fn allow(names: &[&str]) -> Value {
    let rules: Vec<Value> = names.iter().map(|name| json!({ "match": name })).collect();
    json!({ "allow": rules })
}

#[test]
fn nothing_is_said_when_nothing_changes_for_people() {
    assert_eq!(said(json!({}), json!({ "serial": 1043, "issued": "2026-11-22T07:00:00Z" })), None);
    assert_eq!(said(json!({}), json!({ "reporting": { "url": "https://collector.acme.example/" } })), None);
    let reworded = json!({ "allow": [{ "match": "a/b", "reason": "other words", "by": "secops" }] });
    assert_eq!(said(allow(&["a/b"]), reworded), None);
    assert_eq!(said(json!({}), allow(&["nginx", "acme/tool"])), None);
}

#[test]
fn images_that_change_sides_are_named_or_counted() {
    let line = said(allow(&["x/y"]), allow(&["a/b", "c/d", "e/f"]));
    assert_eq!(line.as_deref(), Some("3 images are newly allowed, `x/y` is no longer"));
    assert_eq!(said(json!({}), allow(&["a/b"])).as_deref(), Some("`a/b` is newly allowed"));
    assert_eq!(said(allow(&["a/b"]), json!({})).as_deref(), Some("`a/b` is no longer allowed"));
    let denied = json!({ "deny": [{ "match": "bitnami/**" }] });
    assert_eq!(said(json!({}), denied).as_deref(), Some("`docker.io/bitnami/**` is no longer allowed"));
}

#[test]
fn an_exception_that_a_deny_rule_undoes_is_not_announced() {
    let both = json!({ "allow": [{ "match": "a/b" }], "deny": [{ "match": "a/**" }] });
    assert_eq!(said(json!({}), both), None);
}

#[test]
fn classes_registries_and_the_mode_are_said() {
    let classes = json!({ "organizations": ["acme"], "classes": {
        "organization": "allow", "official": "allow", "verifiedPublisher": "block", "sponsoredOss": "audit",
        "community": "block" } });
    let line = said(json!({}), json!({ "mode": "audit", "hub": classes }));
    assert_eq!(line.as_deref(), Some("rules only record from now on, verified publisher images are blocked"));
    let closed =
        json!({ "classes": { "official": "allow", "verifiedPublisher": "allow", "sponsoredOss": "audit" } });
    let line = said(json!({}), json!({ "hub": closed }));
    assert_eq!(line.as_deref(), Some("your organization's images are blocked"));
    let registries = json!({ "default": "block", "entries": [
        { "host": "docker.io", "action": "allow" }, { "host": "ghcr.io", "action": "allow" },
        { "host": "quay.io", "action": "allow" } ] });
    let line = said(json!({}), json!({ "registries": registries }));
    assert_eq!(line.as_deref(), Some("other parts of `ghcr.io` are allowed, `quay.io` is allowed"));
}

#[test]
fn a_catalog_that_moves_a_publisher_is_noticed() {
    let parse = |class: &str| {
        let catalog = format!(
            r#"{{ "schema": 1, "asOf": "2026-11-01T00:00:00Z", "namespaces": {{ "bitnami": "{class}" }} }}"#
        );
        let document = policy::fixture::document(json!({})).to_string();
        Policy::parse(document.as_bytes(), Some(catalog.as_bytes()), "acme").unwrap()
    };
    let line = changes(&parse("verifiedPublisher"), &parse("community"));
    assert_eq!(line.as_deref(), Some("`bitnami/*` is no longer allowed"));
}

#[test]
fn a_sign_in_is_reported_where_the_policy_decides_about_it() {
    let (not_needed, needed) =
        (json!({ "signIn": { "required": false } }), json!({ "signIn": { "required": true } }));
    assert_eq!(said(json!({}), not_needed.clone()).as_deref(), Some("no sign-in is needed"));
    assert_eq!(said(not_needed, json!({})).as_deref(), Some("a sign-in is needed"));
    assert_eq!(said(json!({}), needed), None, "without a word of the policy the enrollment decides");
}

#[test]
fn the_line_is_never_long() {
    let entries: Vec<Value> = (0..40)
        .map(|at| json!({ "host": format!("registry{at}.a-long-domain.example"), "action": "allow" }))
        .collect();
    let after = json!({
        "registries": { "default": "allow", "entries": entries }, "mode": "audit",
        "signIn": { "required": true }, "pins": [{ "match": "a/**", "require": "tag" }],
        "push": { "default": "block" },
        "hub": { "classes": { "official": "block", "community": "allow" } }
    });
    let line = said(json!({}), after).unwrap();
    assert!(line.chars().count() <= 140, "{line}");
    assert_eq!(
        line,
        "rules only record from now on, 5 classes of images have other rules, 43 registries \
         have other rules, more has changed"
    );
}
