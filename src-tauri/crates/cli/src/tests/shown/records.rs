//! Lists of verdicts.

use insta::assert_snapshot;
use policy::{Action, Class, Finding, Rule, RuleKind};
use wire::{Entries, Entry, Event, Response, UpstreamResult};

use super::cases;
use crate::tests::{Stage, sample};

fn entries(entries: Vec<Entry>, more: bool) -> Response {
    Response::Entries(Entries { entries, more })
}

/// A name as long as names can be, from a registry that no rule names.
fn long() -> Finding {
    let path = format!(
        "registry.acme.example:5000/{}/tool",
        "a-rather-long-segment/".repeat(4).trim_end_matches('/')
    );
    Finding {
        rule: Some(Rule { kind: RuleKind::Registry, id: "registries.default".into(), text: String::new() }),
        class: None,
        image: sample::image(&path, &format!("@sha256:{}", "9c".repeat(32))),
        ..sample::blocked()
    }
}

#[test]
fn what_was_blocked_is_a_table() {
    let all = vec![
        sample::entry(sample::blocked()),
        sample::entry_of_docker(long(), None),
        sample::entry_of_docker(Finding { action: Action::Push, ..sample::blocked() }, None),
    ];
    assert_snapshot!(cases(
        "blocked --since 2d",
        [("some", entries(all, false)), ("none", entries(Vec::new(), false)),]
    ));
}

#[test]
fn what_audit_mode_recorded_is_marked_in_the_table() {
    let audited = Finding { outcome: policy::Outcome::Audited, ..sample::blocked() };
    let all = vec![sample::entry(audited), sample::entry_of_docker(sample::blocked(), None)];
    let seen = Stage::new().service([vec![entries(all, false)]]).play("blocked").seen();
    assert_eq!(seen.matches("(audit)").count(), 2, "the row and the note: {seen}");
    assert!(seen.contains("would be blocked if the policy had"), "{seen}");
}

#[test]
fn the_record_has_a_line_for_each_verdict_the_latest_last() {
    let refused = UpstreamResult::Refused { status: 404, message: "manifest\n\u{1b}[2Junknown".into() };
    let publisher = Finding { class: Some(Class::VerifiedPublisher), ..sample::allowed() };
    let all = vec![
        sample::entry(sample::blocked()),
        sample::entry_of_docker(publisher, Some(refused)),
        sample::entry_of_docker(long(), None),
    ];
    assert_snapshot!(cases("log", [("some", entries(all, false)), ("none", entries(Vec::new(), false))]));
}

#[test]
fn following_goes_on_until_the_service_ends_it() {
    let event = |event| Response::Event { event };
    let next = event(Event::Verdict { entry: Box::new(sample::entry_of_docker(sample::allowed(), None)) });
    let first = entries(vec![sample::entry(sample::blocked())], true);
    let second = entries(vec![sample::entry_of_docker(sample::blocked(), None)], false);
    let unrelated = event(Event::Status { status: Box::new(sample::status()) });
    let stage = Stage::new().service([vec![
        first,
        second,
        unrelated,
        next,
        event(Event::Other),
        Response::Status(Box::new(sample::status())),
    ]]);
    assert_snapshot!(stage.play("log --follow").seen());
}
