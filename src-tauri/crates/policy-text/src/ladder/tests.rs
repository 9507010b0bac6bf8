use policy::fixture::{DIGEST, ask, pull, signed_in, situation, time};
use policy::{DecisionContext, PRECEDENCE, Pause};
use serde_json::json;

use super::*;

/// A finding's steps on one line: a mark for each state.
fn drawn(finding: &Finding) -> String {
    let Some(Ladder { rungs, .. }) = ladder(finding) else { return "nothing".to_owned() };
    let one = |rung: &Rung| {
        let mark = match rung.state {
            RungState::Passed => "✓",
            RungState::Silent => "–",
            RungState::Allowed => "✓✓",
            RungState::Recorded => "○",
            RungState::Stopped => "⊖",
            RungState::NotAsked => "·",
        };
        let detail = rung.detail.as_ref().map(|detail| format!(" ({detail})")).unwrap_or_default();
        format!("{} {mark}{detail}", rung.name)
    };
    rungs.iter().map(one).collect::<Vec<_>>().join(" → ")
}

fn otherwise(finding: &Finding) -> Option<String> {
    ladder(finding).and_then(|ladder| ladder.otherwise)
}

fn usual() -> DecisionContext {
    situation(json!({
        "deny": [{ "match": "centos" }],
        "push": { "default": "block" },
        "allow": [
            { "match": "some/ended", "expires": "2026-11-01T00:00:00Z" },
            { "match": "some/scanner", "groups": ["security"] },
            { "match": "some/tagged", "tags": ["3.*"] },
            { "match": "some/listed" },
        ],
        "pins": [{ "match": "nginx", "forbidTags": ["1.1*"] }],
    }))
}

#[test]
fn a_class_stops_after_lists_that_say_nothing() {
    let finding = pull(&usual(), "someuser/tool");
    assert_eq!(
        drawn(&finding),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ✓ (Docker Hub) → Allow list – → \
         Publisher ⊖ (community image) → Version ·"
    );
    assert_eq!(otherwise(&finding).unwrap(), "An entry in Acme's allow list would have let it pass.");
}

#[test]
fn an_entry_that_almost_held_is_named_and_the_class_stops() {
    let ends = |image| {
        let drawn = drawn(&pull(&usual(), image));
        drawn.split(" → ").skip(5).collect::<Vec<_>>().join(" → ")
    };
    let stops = "Publisher ⊖ (community image) → Version ·";
    assert_eq!(ends("some/ended"), format!("Allow list – (ended 2026-11-01) → {stops}"));
    assert_eq!(ends("some/scanner"), format!("Allow list – (for security) → {stops}"));
    assert_eq!(ends("some/tagged:2"), format!("Allow list – (only 3.*) → {stops}"));
    let said = otherwise(&pull(&usual(), "some/scanner")).unwrap();
    assert_eq!(said, "Its entry in Acme's allow list would have let it pass for somebody of these groups.");
}

#[test]
fn what_comes_after_the_step_that_stops_was_not_asked() {
    assert_eq!(
        drawn(&pull(&usual(), "centos:7")),
        "Sign-in ✓ → Policy ✓ → Block list ⊖ → Exemption · → Registry · → Allow list · → Publisher · → Version ·"
    );
    assert_eq!(
        drawn(&pull(&usual(), "quay.io/coreos/etcd:v3")),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ⊖ (quay.io) → Version ·"
    );
}

#[test]
fn a_version_is_looked_at_last_whatever_let_the_image_pass() {
    assert_eq!(
        drawn(&pull(&usual(), "nginx:1.19")),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ✓ (Docker Hub) → Allow list ✓ → \
         Publisher ✓ (Docker Official Image) → Version ⊖ (1.19)"
    );
    let digest = drawn(&pull(&usual(), &format!("nginx@{DIGEST}")));
    assert!(digest.ends_with("Version ⊖ (sha256:9c1f9c1f…)"), "{digest}");
}

#[test]
fn a_push_has_steps_of_its_own_and_a_pause_has_none() {
    let pushed = ask(&usual(), Action::Push, "docker.io/ada/tool:1", &[]);
    assert_eq!(
        drawn(&pushed),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ✓ (Docker Hub) → Pushes ⊖"
    );
    let pause = Pause { until: time("2026-11-23T00:00:00Z"), reason: "outage".into(), by: "root".into() };
    assert_eq!(drawn(&pull(&DecisionContext { pause: Some(pause), ..usual() }, "someuser/tool")), "nothing");
}

#[test]
fn what_passes_and_what_is_recorded_say_by_which_step() {
    assert_eq!(
        drawn(&pull(&usual(), "some/listed")),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ✓ (Docker Hub) → Allow list ✓✓ → \
         Publisher · → Version ✓ (latest)"
    );
    assert_eq!(
        drawn(&pull(&usual(), "testcontainers/ryuk:1")),
        "Sign-in ✓ → Policy ✓ → Block list ✓ → Exemption – → Registry ✓ (Docker Hub) → Allow list – → \
         Publisher ○ (sponsored open source)"
    );
    let exempt = situation(json!({ "exemptions": [{ "group": "qa" }] }));
    let exempt = DecisionContext { sign_in: signed_in(&["qa"], None), ..exempt };
    assert!(drawn(&pull(&exempt, "someuser/tool")).contains("Exemption ✓✓ → Registry ·"));
}

/// The manual's table is the order; a step that stood elsewhere would tell another story than the decision.
#[test]
fn steps_stand_in_the_order_of_the_table() {
    let row = |step: Step| match step {
        Step::SignIn => "sign-in",
        Step::Policy => "staleness",
        Step::Deny => "deny",
        Step::Exemption => "exemptions",
        Step::Registry => "registries",
        Step::Push => "push",
        Step::Allow => "allow",
        Step::Class => "class",
        Step::Pin => "pins",
    };
    for steps in [&Step::PULL[..], &Step::PUSH[..]] {
        let places: Vec<usize> = (steps.iter())
            .map(|step| PRECEDENCE.iter().position(|one| one.name == row(*step)).unwrap())
            .collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}
