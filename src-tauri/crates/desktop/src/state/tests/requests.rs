//! A request for access: kept when it is made, and answered when the policy allows the image.

use policy::Finding;
use wire::ExplainReport;

use super::*;

const IMAGE: &str = "someuser/tool:latest";

fn finding(outcome: Outcome, reason: Reason) -> Finding {
    Finding { outcome, reason, ..denial(ID, "someuser/tool", 1).verdict.finding }
}

fn explained(outcome: Outcome, reason: Reason) -> Input {
    let report = json!({ "image": IMAGE, "finding": finding(outcome, reason) });
    said(Response::Explain(Box::new(serde_json::from_value::<ExplainReport>(report).unwrap())))
}

fn answer() -> Notice {
    Notice {
        key: NoticeKey::Allowed(IMAGE.to_owned()),
        title: format!("Allowed now: {IMAGE}"),
        body: format!("You asked for it on Sep 21, 14:13.\npodman pull docker.io/{IMAGE}"),
        buttons: vec![("Show".to_owned(), Button::Open(Place::verdict(ID)))],
        urgency: Urgency::Normal,
    }
}

#[test]
fn pressing_request_access_opens_the_form_and_is_kept() {
    let mut state = connected();
    let sent = notices(state.handle(blocks(denial(ID, "someuser/tool", 1)), at(1)));
    let (_, button) = sent[0].buttons[1].clone();
    let effects = state.handle(Input::Pressed { key: sent[0].key.clone(), button }, at(2));
    let form = format!("https://it.acme.example/request?id={ID}");
    let request = requested(ID, "someuser/tool", 2);
    assert_eq!(effects, [Effect::Browse(form), Effect::KeepRequest(request), Effect::RecallRequests]);
}

#[test]
fn another_policy_is_asked_about_what_was_requested_and_its_yes_is_said_once() {
    let mut state = connected();
    let stamp = json!({ "organization": "acme", "serial": 1043, "issued": at(0), "sha256": "00".repeat(32) });
    let event = json!({ "kind": "policyChanged", "stamp": stamp, "sentence": "1 image is newly allowed" });
    let changed = said(Response::Event { event: serde_json::from_value(event).unwrap() });
    assert!(state.handle(changed, at(100_000)).contains(&Effect::RecallRequests));
    let asked = state.handle(Input::Requests(vec![requested(ID, "someuser/tool", 1)]), at(100_000));
    assert_eq!(asked, [Effect::Ask(Request::Explain { image: IMAGE.to_owned() })]);
    let effects = state.handle(explained(Outcome::Allowed, Reason::AllowListed { until: None }), at(100_001));
    assert!(effects.contains(&Effect::AllowRequest { id: ID.to_owned(), at: at(100_001) }));
    assert_eq!(notices(effects), [answer()]);
    let again = state.handle(explained(Outcome::Allowed, Reason::ClassAllowed), at(100_002));
    assert_eq!(notices(again), []);
}

#[test]
fn a_no_and_a_pause_are_no_answer() {
    let mut state = connected();
    state.handle(Input::Requests(vec![requested(ID, "someuser/tool", 1)]), at(2));
    let paused = Reason::Paused { until: at(9) };
    for (outcome, reason) in [(Outcome::Blocked, Reason::ClassBlocked), (Outcome::Allowed, paused)] {
        assert_eq!(notices(state.handle(explained(outcome, reason), at(3))), []);
    }
}

#[test]
fn a_pull_that_passes_answers_a_request_too() {
    let mut state = connected();
    state.handle(Input::Requests(vec![requested(ID, "someuser/tool", 1)]), at(2));
    let mut passed = denial(ID, "someuser/tool", 3);
    passed.verdict.finding = finding(Outcome::Allowed, Reason::ClassAllowed);
    assert_eq!(notices(state.handle(blocks(passed), at(100_000))), [answer()]);
}

#[test]
fn what_was_answered_before_is_not_asked_again() {
    let mut state = connected();
    let answered = AccessRequested { allowed: Some(at(2)), ..requested(ID, "someuser/tool", 1) };
    assert_eq!(state.handle(Input::Requests(vec![answered]), at(3)), []);
}
