//! What crosses rows: aliases, suggestions, words, traffic without an image, and laws over all of it.

use image_ref::Repository;
use proptest::prelude::*;

use super::*;

#[test]
fn a_path_of_the_organizations_cache_is_judged_as_what_it_stands_for() {
    let situation = situation(json!({
        "deny": [{ "id": "d1", "match": "evil/**" }],
        "upstreams": [{ "for": "docker.io", "to": "https://harbor.acme.example/v2/hub-proxy/" }]
    }));
    let nginx = pull(&situation, "harbor.acme.example/hub-proxy/library/nginx:1");
    assert_eq!(answer(&nginx), expect(Outcome::Allowed, RuleKind::Class, "official"));
    assert_eq!(nginx.image.judged_as, Some(Repository::parse("nginx").unwrap()));
    assert_eq!(
        pull(&situation, "harbor.acme.example/hub-proxy/someuser/tool:1").reason,
        Reason::ClassBlocked
    );
    assert_eq!(answer(&pull(&situation, "harbor.acme.example/hub-proxy/evil/x:1")).2, "d1");
    assert_eq!(pull(&situation, "harbor.acme.example/team/x:1").reason, Reason::RegistryUnlisted);
}

#[test]
fn only_what_a_list_says_is_named_to_use_instead() {
    let words = json!({
        "allow": [{ "match": "ghcr.io/acme/nginx" }, { "match": "acme/base" }],
        "messages": { "instead": { "someuser/base": "acme/base", "fan/tool": "ghcr.io/acme/tool" } }
    });
    let situation = situation(words);
    assert_eq!(pull(&situation, "someuser/tool:3").instead, Some("bitnami/tool".to_owned()));
    assert_eq!(pull(&situation, "quay.io/old/nginx").instead, Some("nginx".to_owned()));
    assert_eq!(
        pull(&situation, "someuser/base").instead,
        Some("acme/base".to_owned()),
        "the policy's own word"
    );
    assert_eq!(pull(&situation, "fan/tool").instead, Some("ghcr.io/acme/tool".to_owned()));
    assert_eq!(ask(&situation, Action::Push, "quay.io/old/nginx:1", &[]).instead, None);
}

#[test]
fn the_word_of_the_rule_that_blocks_goes_before_every_list() {
    let situation = situation(json!({
        "deny": [
            { "match": "centos", "instead": "rockylinux:9" },
            { "match": "fan/**", "instead": "someuser/tool" },
            { "match": "someuser/base", "instead": "ghcr.io/acme/base" }
        ],
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
            { "host": "quay.io", "action": "block", "instead": "ghcr.io/acme/quay" },
            { "host": "gcr.io", "action": "block", "instead": "ghcr.io/other" }
        ] },
        "messages": { "instead": { "someuser/base": "nginx", "fan/tool": "nginx" } }
    }));
    let instead = |image: &str| pull(&situation, image).instead;
    assert_eq!(instead("centos:7").as_deref(), Some("rockylinux:9"));
    assert_eq!(instead("someuser/base").as_deref(), Some("ghcr.io/acme/base"));
    assert_eq!(instead("fan/tool").as_deref(), Some("nginx"), "what the rule names would be blocked");
    assert_eq!(instead("quay.io/coreos/etcd:v3.5").as_deref(), Some("ghcr.io/acme/quay/coreos/etcd:v3.5"));
    assert_eq!(instead("quay.io/coreos/etcd").as_deref(), Some("ghcr.io/acme/quay/coreos/etcd"));
    let digest = format!("ghcr.io/acme/quay/a/b@{DIGEST}");
    assert_eq!(instead(&format!("quay.io/a/b@{DIGEST}")), Some(digest));
    assert_eq!(instead("gcr.io/a/b:1"), None);
}

#[test]
fn a_place_in_the_organizations_cache_is_judged_as_what_it_stands_for() {
    let situation = situation(json!({
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "block", "paths": ["library/*"], "instead": "harbor.acme.example/hub" },
            { "host": "docker.io", "action": "allow" }
        ] },
        "deny": [{ "match": "someuser/tool", "instead": "harbor.acme.example/hub/acme/tool" }],
        "upstreams": [{ "for": "docker.io", "to": "https://harbor.acme.example/v2/hub/" }]
    }));
    let instead = pull(&situation, "someuser/tool").instead;
    assert_eq!(instead.as_deref(), Some("harbor.acme.example/hub/acme/tool"));
    assert_eq!(pull(&situation, "nginx:1").instead, None, "it stands for what is blocked");
}

#[test]
fn an_image_of_the_same_last_name_is_never_named_to_use_instead() {
    let situation = situation(json!({ "allow": [{ "match": "acme/node" }, { "match": "library/nginx" }] }));
    for image in ["kindest/node:v1.31.0", "quay.io/someuser/nginx", "catthehacker/ubuntu:act-latest"] {
        assert_eq!(pull(&situation, image).instead, None, "{image}");
    }
}

#[test]
fn what_would_be_blocked_itself_is_not_named_to_use_instead() {
    assert_eq!(pull(&situation(json!({})), "someuser/gone").instead, None);
}

#[test]
fn a_denial_carries_the_organizations_words_and_a_filled_request_link() {
    let situation = situation(json!({ "messages": {
        "support": "Ask in #container-help",
        "requestUrl": "https://it.acme.example/?image={image}&rule={rule}&class={class}&id={id}",
        "byRule": { "community": "Community images need approval." }
    } }));
    let finding = pull(&situation, "someuser/tool:1.2");
    assert_eq!(finding.message.as_deref(), Some("Community images need approval."));
    assert_eq!(finding.support.as_deref(), Some("Ask in #container-help"));
    assert_eq!(
        finding.request_url.as_deref(),
        Some("https://it.acme.example/?image=someuser%2Ftool%3A1.2&rule=community&class=community&id={id}")
    );
    let allowed = pull(&situation, "nginx");
    assert_eq!((allowed.message, allowed.support, allowed.request_url), (None, None, None));
}

#[test]
fn what_a_rule_denies_is_not_reported_in_the_words_for_its_class() {
    let situation = situation(json!({
        "deny": [{ "id": "d1", "match": "someuser/miner" }, { "id": "d2", "match": "someuser/other" }],
        "messages": { "byRule": { "community": "Community images need approval.", "d2": "Never." } }
    }));
    assert_eq!(pull(&situation, "someuser/miner").message, None);
    assert_eq!(pull(&situation, "someuser/other").message.as_deref(), Some("Never."));
    assert!(pull(&situation, "someuser/tool").message.is_some());
}

#[test]
fn without_words_of_its_own_the_organizations_contact_is_named() {
    let finding = pull(&situation(json!({})), "someuser/tool");
    assert_eq!(finding.support.as_deref(), Some("Ask Platform team: platform@acme.example"));
}

#[test]
fn traffic_that_names_no_image_passes_without_a_finding() {
    let mut situation = situation(json!({}));
    situation.sign_in = SignIn::Needed { why: SignInReason::Never };
    for ask in [AccessRequest::Ping, AccessRequest::Search, AccessRequest::Plain] {
        let Decision::Permitted(permit) = decide(&situation, &ask, now()) else { panic!("{ask:?}") };
        assert_eq!(permit.finding(), None);
    }
}

#[test]
fn the_route_of_unlisted_registries_always_stops_with_the_best_reason() {
    let mut situation = situation(json!({ "mode": "audit" }));
    situation.pause = Some(pause());
    let ask = AccessRequest::Unlisted { path: "coreos/etcd" };
    let stopped = finding(&decide(&situation, &ask, now()));
    assert_eq!((stopped.outcome, stopped.reason), (Outcome::Blocked, Reason::RegistryUnlisted));
    situation.pause = None;
    situation.held = LoadedPolicy::Absent;
    assert_eq!(finding(&decide(&situation, &ask, now())).reason, Reason::PolicyAbsent);
}

#[test]
fn a_word_of_a_later_version_makes_its_rule_block() {
    let situation = situation(json!({
        "schema": "1.1",
        "hub": { "classes": { "official": "quarantine", "verifiedPublisher": "allow" } },
        "pins": [{ "id": "p", "match": "bitnami/**", "require": "signature" }]
    }));
    let word = |word: &str| Reason::RuleNotUnderstood { word: word.to_owned() };
    assert_eq!(pull(&situation, "nginx").reason, word("quarantine"));
    let pinned = pull(&situation, "bitnami/redis:7");
    assert_eq!(answer(&pinned), expect(Outcome::Blocked, RuleKind::Pin, "p"));
    assert_eq!(pinned.reason, word("signature"));
    assert_eq!(pull(&situation, "rancher/x").reason, Reason::ClassBlocked);
}

fn image() -> impl Strategy<Value = String> {
    let place = prop_oneof![
        Just("docker.io/evil"),
        Just("docker.io/library"),
        Just("docker.io/someuser"),
        Just("ghcr.io/acme"),
        Just("quay.io/a")
    ];
    (
        place,
        "[a-z]{1,5}",
        prop_oneof![Just(":latest".to_owned()), Just(":1".to_owned()), Just(format!("@{DIGEST}"))],
    )
        .prop_map(|(place, name, target)| format!("{place}/{name}{target}"))
}

proptest! {
    #[test]
    fn what_is_denied_by_name_passes_in_no_circumstances_of_the_policy(image in image(), owner in any::<bool>(), granted in any::<bool>()) {
        let mut situation = situation(json!({
            "deny": [{ "id": "d1", "match": "**" }], "allow": [{ "match": "**" }], "exemptions": [{ "hubRole": "owner" }]
        }));
        situation.sign_in = signed_in(&[], owner.then_some("owner"));
        if granted {
            let (until, by) = (time("2027-01-01T00:00:00Z"), "root".to_owned());
            situation.grants = vec![Grant { matches: Glob::parse("**").unwrap(), until, by: by.clone(), reason: by }];
        }
        prop_assert_eq!(answer(&pull(&situation, &image)), expect(Outcome::Blocked, RuleKind::Deny, "d1"));
    }

    #[test]
    fn a_pin_never_lets_more_pass(image in image(), require in prop_oneof![Just("tag"), Just("digest")]) {
        let plain = pull(&situation(json!({})), &image);
        let pinned = pull(&situation(json!({ "pins": [{ "match": "**", "require": require, "forbidTags": ["1"] }] })), &image);
        prop_assert!(pinned.outcome >= plain.outcome);
    }

    #[test]
    fn audit_mode_blocks_nothing_and_hides_nothing(image in image()) {
        let enforced = pull(&situation(json!({})), &image);
        let audited = pull(&situation(json!({ "mode": "audit" })), &image);
        prop_assert_ne!(audited.outcome, Outcome::Blocked);
        prop_assert_eq!(enforced.outcome == Outcome::Allowed, audited.outcome == Outcome::Allowed);
        prop_assert_eq!(enforced.reason, audited.reason);
    }

    #[test]
    fn the_suggested_image_would_pass(image in image()) {
        let list = json!({ "someuser/a": "quay.io/a/a", "quay.io/a/a": "ghcr.io/acme/a", "docker.io/evil/a": "someuser/a" });
        let situation = situation(json!({ "allow": [{ "match": "ghcr.io/acme/a" }], "messages": { "instead": list } }));
        if let Some(instead) = pull(&situation, &image).instead {
            prop_assert_eq!(pull(&situation, &instead).outcome, Outcome::Allowed);
        }
    }
}
