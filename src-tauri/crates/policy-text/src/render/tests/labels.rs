//! Words for narrow places.

use std::collections::BTreeMap;

use super::*;

#[test]
fn every_kind_of_rule_is_a_cause_in_a_few_words() {
    let findings = catalogue::reasons("words").into_iter().map(catalogue::finding);
    let causes: BTreeMap<RuleKind, &str> =
        findings.map(|finding| (finding.rule.as_ref().unwrap().kind, cause(&finding))).collect();
    let expected = [
        (RuleKind::Canary, "canary"),
        (RuleKind::Pause, "pause"),
        (RuleKind::SignIn, "sign-in"),
        (RuleKind::Presence, "no policy"),
        (RuleKind::Staleness, "policy out of date"),
        (RuleKind::Deny, "deny rule"),
        (RuleKind::Exemption, "exemption"),
        (RuleKind::Registry, "registry"),
        (RuleKind::Push, "push rule"),
        (RuleKind::Grant, "exception"),
        (RuleKind::Allow, "allow rule"),
        (RuleKind::Class, "community image"),
        (RuleKind::Pin, "pin"),
    ];
    assert_eq!(causes, expected.into());
}

#[test]
fn a_class_that_decided_is_named() {
    let by_class = |class| cause(&Finding { class, ..catalogue::finding(Reason::ClassBlocked) });
    assert_eq!(
        Class::ALL.map(|class| by_class(Some(class))),
        [
            "your organization's image",
            "Docker Official Image",
            "verified publisher",
            "sponsored open source",
            "community image",
        ]
    );
    assert_eq!(by_class(None), "class");
    assert_eq!(cause(&Finding { rule: None, ..catalogue::finding(Reason::ClassBlocked) }), "");
}

#[test]
fn an_audited_image_is_recorded() {
    let words = [Outcome::Allowed, Outcome::Audited, Outcome::Blocked].map(outcome);
    assert_eq!(words, ["allowed", "recorded", "blocked"]);
}
