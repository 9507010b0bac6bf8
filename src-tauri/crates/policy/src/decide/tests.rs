//! One promise for each row of the precedence table, in its order, then what crosses rows.

use serde_json::{Value, json};

use super::PRECEDENCE;
use crate::fixture::{DIGEST, ask, finding, now, pull, signed_in, situation, time};
use crate::*;

mod crossing;
mod tags;

/// Outcome, kind of the deciding rule, and its id.
fn answer(finding: &Finding) -> (Outcome, RuleKind, String) {
    let rule = finding.rule.as_ref().unwrap();
    (finding.outcome, rule.kind, rule.id.clone())
}

fn expect(outcome: Outcome, kind: RuleKind, id: &str) -> (Outcome, RuleKind, String) {
    (outcome, kind, id.to_owned())
}

fn pause() -> Pause {
    let until = time("2026-11-22T13:00:00Z");
    Pause { until, reason: "incident 7".to_owned(), by: "root".to_owned() }
}

fn everything_against() -> Value {
    json!({ "deny": [{ "id": "d1", "match": "evil/**" }], "staleAfter": "2026-11-22T07:00:00Z", "onStale": "block" })
}

#[test]
fn the_reserved_image_stops_even_while_paused_and_before_any_policy() {
    let mut situation =
        situation(json!({ "mode": "audit", "allow": [{ "id": "a1", "match": "pullgate-canary/**" }] }));
    situation.pause = Some(pause());
    let stopped = expect(Outcome::Blocked, RuleKind::Canary, "canary");
    assert_eq!(answer(&pull(&situation, "pullgate-canary/deny:check")), stopped);
    situation.held = LoadedPolicy::Absent;
    situation.absent_blocks = false;
    assert_eq!(answer(&pull(&situation, "pullgate-canary/deny:check")), stopped);
}

#[test]
fn a_pause_lets_everything_pass_and_ends_by_itself() {
    let mut situation = situation(everything_against());
    situation.sign_in = SignIn::Needed { why: SignInReason::Never };
    situation.pause = Some(pause());
    assert_eq!(answer(&pull(&situation, "evil/tool")), expect(Outcome::Allowed, RuleKind::Pause, "pause"));
    situation.pause = Some(Pause { until: now(), ..pause() });
    assert_eq!(answer(&pull(&situation, "evil/tool")), expect(Outcome::Blocked, RuleKind::SignIn, "signIn"));
}

#[test]
fn a_policy_can_forbid_pauses() {
    let mut situation = situation(json!({ "pause": { "allowed": false } }));
    situation.pause = Some(pause());
    assert_eq!(pull(&situation, "someuser/tool").reason, Reason::ClassBlocked);
}

#[test]
fn a_sign_in_that_is_needed_blocks_before_everything_else() {
    let mut situation = situation(everything_against());
    situation.sign_in = SignIn::Needed { why: SignInReason::Never };
    assert_eq!(answer(&pull(&situation, "nginx")), expect(Outcome::Blocked, RuleKind::SignIn, "signIn"));
}

#[test]
fn an_absent_policy_acts_as_enrolled_and_a_damaged_one_blocks() {
    let mut situation = situation(json!({}));
    situation.held = LoadedPolicy::Absent;
    assert_eq!(answer(&pull(&situation, "nginx")), expect(Outcome::Blocked, RuleKind::Presence, "policy"));
    situation.absent_blocks = false;
    assert_eq!(answer(&pull(&situation, "nginx")), expect(Outcome::Allowed, RuleKind::Presence, "policy"));
    situation.held = LoadedPolicy::Unusable { why: "line 3".to_owned() };
    assert_eq!(answer(&pull(&situation, "nginx")), expect(Outcome::Blocked, RuleKind::Presence, "policy"));
}

#[test]
fn a_policy_that_is_too_old_acts_as_it_says() {
    let stale = |on_stale: &str| {
        situation(json!({
            "staleAfter": "2026-11-22T12:00:00Z", "onStale": on_stale,
            "allow": [{ "match": "someuser/tool" }]
        }))
    };
    let keep = stale("keep-and-warn");
    assert_eq!(pull(&keep, "nginx").reason, Reason::ClassAllowed);
    let strict = stale("strict");
    assert_eq!(answer(&pull(&strict, "nginx")), expect(Outcome::Blocked, RuleKind::Staleness, "onStale"));
    assert_eq!(pull(&strict, "acme/tool").reason, Reason::ClassAllowed);
    assert_eq!(pull(&strict, "someuser/tool").outcome, Outcome::Allowed);
    let block = stale("block");
    assert_eq!(answer(&pull(&block, "acme/tool")), expect(Outcome::Blocked, RuleKind::Staleness, "onStale"));
}

#[test]
fn a_listed_image_is_denied_to_exempt_people_too() {
    let mut situation = situation(json!({
        "deny": [{ "id": "d1", "match": "docker.io/evil/**", "reason": "Known miner" }],
        "allow": [{ "match": "evil/tool" }],
        "exemptions": [{ "hubRole": "owner" }]
    }));
    situation.sign_in = signed_in(&[], Some("owner"));
    let finding = pull(&situation, "evil/tool");
    assert_eq!(answer(&finding), expect(Outcome::Blocked, RuleKind::Deny, "d1"));
    assert_eq!(finding.reason, Reason::DenyListed { because: Some("Known miner".to_owned()) });
}

#[test]
fn an_exempt_person_passes_registry_class_and_pin_rules() {
    let mut situation = situation(json!({
        "exemptions": [{ "id": "admins", "group": "platform" }, { "group": "old", "expires": "2026-11-22T12:00:00Z" }],
        "pins": [{ "match": "**", "require": "digest" }]
    }));
    situation.sign_in = signed_in(&["platform"], None);
    let exempt = expect(Outcome::Allowed, RuleKind::Exemption, "admins");
    assert_eq!(answer(&pull(&situation, "quay.io/a/b")), exempt);
    assert_eq!(answer(&pull(&situation, "someuser/tool")), exempt);
    situation.sign_in = signed_in(&["old"], None);
    assert_eq!(pull(&situation, "quay.io/a/b").reason, Reason::RegistryBlocked);
}

#[test]
fn registries_are_judged_by_the_first_entry_that_matches_then_by_the_default() {
    let situation = situation(json!({ "allow": [{ "match": "quay.io/a/b" }] }));
    let registry = |outcome, id| expect(outcome, RuleKind::Registry, id);
    assert_eq!(answer(&pull(&situation, "ghcr.io/acme/tool")), registry(Outcome::Allowed, "ghcr"));
    assert_eq!(answer(&pull(&situation, "quay.io/a/b")), registry(Outcome::Blocked, "quay"));
    let other = pull(&situation, "gcr.io/a/b");
    assert_eq!(answer(&other), registry(Outcome::Blocked, "registries.default"));
    assert_eq!(other.reason, Reason::RegistryUnlisted);
    let allowed = vec!["acme/**".to_owned()];
    assert_eq!(pull(&situation, "ghcr.io/other/tool").reason, Reason::RegistryPathUnlisted { allowed });
}

#[test]
fn registries_can_be_audited_or_left_open() {
    let open = situation(json!({ "registries": { "default": "allow", "entries": [
        { "id": "watch", "host": "*.example", "action": "audit" }
    ] } }));
    assert_eq!(pull(&open, "quay.io/a/b").reason, Reason::RegistryAllowed);
    let watched = pull(&open, "r.example/a");
    assert_eq!(answer(&watched), expect(Outcome::Audited, RuleKind::Registry, "watch"));
    assert_eq!(pull(&open, "someuser/tool").reason, Reason::ClassBlocked);
}

#[test]
fn without_a_section_on_registries_docker_hub_alone_is_open() {
    let mut document = fixture::document(json!({}));
    document.as_object_mut().unwrap().remove("registries");
    let mut situation = situation(json!({}));
    situation.held = LoadedPolicy::Current(std::sync::Arc::new(fixture::parse(&document).unwrap()));
    assert_eq!(pull(&situation, "nginx").reason, Reason::ClassAllowed);
    assert_eq!(pull(&situation, "ghcr.io/acme/tool").reason, Reason::RegistryUnlisted);
}

#[test]
fn a_registry_on_the_machine_itself_is_allowed_or_recorded() {
    let quiet = situation(json!({}));
    assert_eq!(pull(&quiet, "localhost:5000/tool").reason, Reason::LoopbackAllowed);
    let record = situation(json!({ "registries": { "loopback": "record", "entries": [
        { "id": "dev", "host": "localhost:5001", "action": "block" }
    ] } }));
    let recorded = pull(&record, "127.0.0.1:5000/tool");
    assert_eq!((recorded.outcome, recorded.reason), (Outcome::Audited, Reason::LoopbackRecorded));
    assert_eq!(
        answer(&pull(&record, "localhost:5001/tool")),
        expect(Outcome::Blocked, RuleKind::Registry, "dev")
    );
}

#[test]
fn pushes_are_judged_by_place_and_not_by_class() {
    let situation = situation(json!({ "push": { "default": "block", "entries": [
        { "id": "mine", "match": "someuser/**", "action": "allow" },
        { "id": "all-quay", "match": "quay.io/**", "action": "allow" }
    ] } }));
    let push = |image| ask(&situation, Action::Push, image, &[]);
    assert_eq!(answer(&push("someuser/tool:1")), expect(Outcome::Allowed, RuleKind::Push, "mine"));
    assert_eq!(answer(&push("nginx:1")), expect(Outcome::Blocked, RuleKind::Push, "push.default"));
    assert_eq!(answer(&push("quay.io/a/b:1")), expect(Outcome::Blocked, RuleKind::Registry, "quay"));
}

#[test]
fn a_grant_lets_a_blocked_class_pass_until_it_ends() {
    let mut situation = situation(json!({}));
    let grant = |until| Grant {
        matches: Glob::parse("someuser/*").unwrap(),
        until: time(until),
        by: "ada".to_owned(),
        reason: "trial".to_owned(),
    };
    situation.grants = vec![grant("2026-11-22T14:00:00Z")];
    assert_eq!(
        answer(&pull(&situation, "someuser/tool")),
        expect(Outcome::Allowed, RuleKind::Grant, "grant")
    );
    situation.grants = vec![grant("2026-11-22T12:00:00Z")];
    assert_eq!(pull(&situation, "someuser/tool").reason, Reason::ClassBlocked);
}

#[test]
fn a_listed_image_is_allowed_for_its_groups_and_time() {
    let mut situation = situation(json!({ "allow": [
        { "id": "ended", "match": "someuser/old", "expires": "2026-11-20T00:00:00Z" },
        { "id": "qa", "match": "someuser/tool", "groups": ["qa"], "expires": "2027-01-31T00:00:00Z" }
    ] }));
    let ended = pull(&situation, "someuser/old");
    assert_eq!(answer(&ended), expect(Outcome::Blocked, RuleKind::Allow, "ended"));
    assert_eq!(ended.reason, Reason::AllowEnded { ended: time("2026-11-20T00:00:00Z") });
    let others = Reason::AllowOtherGroup { groups: vec!["qa".to_owned()] };
    assert_eq!(pull(&situation, "someuser/tool").reason, others);
    situation.sign_in = signed_in(&["qa"], None);
    assert_eq!(answer(&pull(&situation, "someuser/tool")), expect(Outcome::Allowed, RuleKind::Allow, "qa"));
}

#[test]
fn an_image_for_the_persons_own_group_stops_in_an_engine_that_others_use_and_says_so() {
    let mut situation =
        situation(json!({ "allow": [{ "id": "qa", "match": "someuser/tool", "groups": ["qa"] }] }));
    situation.sign_in = signed_in(&["qa"], None);
    if let SignIn::SignedIn { alone, .. } = &mut situation.sign_in {
        *alone = false;
    }
    let situation = std::sync::Arc::new(situation);
    let reason = |asker| pull(&situation.of_asker(asker), "someuser/tool").reason;
    let groups = || vec!["qa".to_owned()];
    assert_eq!(reason(Some(0)), Reason::AllowOthersHere { groups: groups() });
    assert_eq!(reason(Some(1000)), Reason::AllowListed { until: None });
    for stranger in [Some(1001), None] {
        assert_eq!(reason(stranger), Reason::AllowOtherGroup { groups: groups() });
    }
}

#[test]
fn the_class_decides_on_docker_hub() {
    let situation = situation(json!({}));
    for (image, outcome, class) in [
        ("nginx", Outcome::Allowed, "official"),
        ("bitnami/redis", Outcome::Allowed, "verifiedPublisher"),
        ("testcontainers/ryuk:0.11.0", Outcome::Audited, "sponsoredOss"),
        ("acme/tool", Outcome::Allowed, "organization"),
        ("someuser/tool", Outcome::Blocked, "community"),
    ] {
        assert_eq!(answer(&pull(&situation, image)), expect(outcome, RuleKind::Class, class), "{image}");
    }
}

#[test]
fn a_class_that_is_left_out_is_blocked() {
    let situation = situation(json!({ "hub": { "classes": { "official": "allow" } } }));
    assert_eq!(pull(&situation, "nginx").outcome, Outcome::Allowed);
    assert_eq!(pull(&situation, "bitnami/redis").reason, Reason::ClassBlocked);
}

#[test]
fn a_pin_tightens_what_is_allowed_and_can_be_audited() {
    let situation = situation(json!({ "pins": [
        { "id": "watch", "match": "docker.io/library/**", "require": "tag", "mode": "audit" },
        { "id": "app", "match": "ghcr.io/acme/app", "digests": [DIGEST] },
        { "id": "none", "match": "someuser/**", "forbidTags": ["latest"] }
    ] }));
    let pinned = |outcome, id| expect(outcome, RuleKind::Pin, id);
    assert_eq!(answer(&pull(&situation, "nginx")), pinned(Outcome::Audited, "watch"));
    assert_eq!(pull(&situation, "nginx:1.27").outcome, Outcome::Allowed);
    assert_eq!(answer(&pull(&situation, "ghcr.io/acme/app:2")), pinned(Outcome::Blocked, "app"));
    assert_eq!(pull(&situation, &format!("ghcr.io/acme/app@{DIGEST}")).outcome, Outcome::Allowed);
    assert_eq!(pull(&situation, "someuser/tool:2").reason, Reason::ClassBlocked);
}

#[test]
fn audit_mode_records_what_rules_block_but_a_needed_sign_in_still_blocks() {
    let mut situation = situation(json!({ "mode": "audit", "deny": [{ "id": "d1", "match": "evil/**" }] }));
    assert_eq!(answer(&pull(&situation, "evil/tool")), expect(Outcome::Audited, RuleKind::Deny, "d1"));
    assert_eq!(
        answer(&pull(&situation, "quay.io/a/b")),
        expect(Outcome::Audited, RuleKind::Registry, "quay")
    );
    situation.sign_in = SignIn::Needed { why: SignInReason::Ended };
    assert_eq!(pull(&situation, "nginx").outcome, Outcome::Blocked);
    let stale = fixture::situation(json!({
        "mode": "audit", "staleAfter": "2026-11-22T07:00:00Z", "onStale": "block"
    }));
    assert_eq!(answer(&pull(&stale, "nginx")), expect(Outcome::Audited, RuleKind::Staleness, "onStale"));
}

#[test]
fn the_manual_has_the_precedence_table_as_it_is() {
    let manual = include_str!("../../../../docs/policy.md");
    let actions = |actions: &[Action]| match actions {
        [Action::Pull] => "pull",
        [Action::Push] => "push",
        _ => "both",
    };
    let line = |(at, row): (usize, &Row)| {
        format!("| {} | {} | {} | {} |", at + 1, row.name, actions(row.actions), row.says)
    };
    let table: Vec<String> = PRECEDENCE.iter().enumerate().map(line).collect();
    let start = manual.lines().skip_while(|line| !line.starts_with("| 1 |"));
    let quoted: Vec<&str> = start.take_while(|line| line.starts_with('|')).collect();
    assert_eq!(quoted, table);
}
