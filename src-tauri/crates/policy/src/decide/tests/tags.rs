//! Tags, digests and what is known of them.

use super::*;

fn by_tag(digest_only: &str) -> DecisionContext {
    situation(json!({ "digestOnly": digest_only, "allow": [
        { "id": "four", "match": "localstack/localstack", "tags": ["4.*", "stable"] }
    ] }))
}

fn digest(situation: &DecisionContext, known_as: &[&str]) -> Finding {
    ask(situation, Action::Pull, &format!("localstack/localstack@{DIGEST}"), known_as)
}

#[test]
fn an_allow_rule_with_tags_allows_these_alone() {
    let situation = by_tag("block");
    assert_eq!(pull(&situation, "localstack/localstack:4.2").outcome, Outcome::Allowed);
    let tags = vec!["4.*".to_owned(), "stable".to_owned()];
    let other = pull(&situation, "localstack/localstack:3.0");
    assert_eq!(other.reason, Reason::AllowOtherTag { tags });
    assert_eq!(other.instead, Some("localstack/localstack:stable".to_owned()));
}

#[test]
fn a_digest_with_provenance_has_its_tags_verdict() {
    let situation = by_tag("block");
    assert_eq!(digest(&situation, &["4.2"]).outcome, Outcome::Allowed);
    assert_eq!(digest(&situation, &["3.0"]).outcome, Outcome::Blocked);
    assert_eq!(digest(&situation, &["3.0", "4.2"]).outcome, Outcome::Allowed);
}

#[test]
fn a_digest_without_provenance_is_judged_by_digest_only_where_tags_matter() {
    assert_eq!(digest(&by_tag("block"), &[]).reason, Reason::DigestUnproven);
    assert_eq!(digest(&by_tag("allow"), &[]).reason, Reason::DigestAllowed);
    let official = ask(&by_tag("block"), Action::Pull, &format!("nginx@{DIGEST}"), &[]);
    assert_eq!(official.reason, Reason::ClassAllowed);
}

#[test]
fn a_pin_that_forbids_tags_asks_for_the_digests_tag() {
    let pinned = |digest_only: &str, known_as: &[&str]| {
        let situation = situation(json!({ "digestOnly": digest_only, "pins": [
            { "id": "p", "match": "nginx", "forbidTags": ["latest", "*-rc*"] }
        ] }));
        ask(&situation, Action::Pull, &format!("nginx@{DIGEST}"), known_as).reason
    };
    assert_eq!(pinned("block", &[]), Reason::DigestUnproven);
    assert_eq!(pinned("allow", &[]), Reason::ClassAllowed);
    let forbidden = vec!["latest".to_owned(), "*-rc*".to_owned()];
    assert_eq!(pinned("block", &["latest"]), Reason::TagForbidden { forbidden });
    assert_eq!(pinned("block", &["1.27"]), Reason::ClassAllowed);
}

#[test]
fn a_pin_that_requires_a_tag_or_digest_takes_a_digest() {
    let require = |what: &str, image: &str| {
        let situation = situation(json!({ "pins": [{ "id": "p", "match": "nginx", "require": what }] }));
        pull(&situation, image).reason
    };
    assert_eq!(require("tag", "nginx"), Reason::TagRequired);
    assert_eq!(require("tag", "nginx:1.27"), Reason::ClassAllowed);
    assert_eq!(require("tag", &format!("nginx@{DIGEST}")), Reason::ClassAllowed);
    assert_eq!(require("digest", "nginx:1.27"), Reason::DigestRequired);
    assert_eq!(require("digest", &format!("nginx@{DIGEST}")), Reason::ClassAllowed);
}

#[test]
fn a_list_of_tags_is_not_held_back_by_rules_for_tags() {
    let situation = by_tag("block");
    let repository = image_ref::Repository::parse("localstack/localstack").unwrap();
    let ask = AccessRequest::Pull { repository: &repository, target: Target::Repository };
    assert_eq!(finding(&decide(&situation, &ask, now())).outcome, Outcome::Allowed);
}

#[test]
fn a_version_is_named_only_where_the_policy_names_one_that_passes() {
    let instead = |allow: Value| {
        let situation = situation(json!({
            "allow": allow, "pins": [{ "match": "nginx", "require": "tag", "forbidTags": ["1.2*"] }]
        }));
        pull(&situation, "nginx").instead
    };
    assert_eq!(instead(json!([])), None);
    assert_eq!(instead(json!([{ "match": "nginx", "tags": ["1.*", "1.25", "latest"] }])), None);
    let named = instead(json!([{ "match": "nginx", "tags": ["1.25", "1.30"] }]));
    assert_eq!(named.as_deref(), Some("nginx:1.30"));
}
