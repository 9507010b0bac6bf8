use ipc::Code;
use policy::{Class, SignInReason, VerdictId};
use serde_json::{Value, json};

use super::*;
use crate::gate::Gate;
use crate::menu::Row;
use crate::page::Tab;

mod denials;
mod icons;
mod mutes;
mod requests;
mod sessions;

const ID: &str = "pg-7F3A9C2K";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

/// A denial of a community image by its class.
fn denial(id: &str, repository: &str, second: i64) -> Entry {
    let path = format!("docker.io/{repository}");
    serde_json::from_value(json!({
        "verdict": {
            "id": id, "at": at(second), "engine": "podman", "front": "mirror",
            "finding": {
                "outcome": "blocked", "reason": { "kind": "classBlocked" }, "class": "community",
                "rule": { "kind": "class", "id": "community", "text": "community images: block" },
                "image": { "name": { "repository": path }, "target": ":latest" },
                "action": "pull", "organization": { "name": "acme", "display": "Acme" },
                "requestUrl": "https://it.acme.example/request?id={id}",
                "instead": "bitnami/tool",
            },
        },
        "count": 1, "last": at(second),
    }))
    .unwrap()
}

/// A policy in force.
fn current() -> Value {
    let stamp = json!({ "organization": "acme", "serial": 1042, "issued": at(0), "sha256": "00".repeat(32) });
    json!({ "state": "current", "stamp": stamp, "confirmed": at(0), "source": "https://acme.example/" })
}

fn status(change: Value) -> StatusReport {
    let mut base = json!({
        "version": "0.1.0",
        "organization": { "name": "acme", "display": "Acme" },
        "enforcing": true,
        "signIn": { "state": "signedIn", "account": "ada@acme.example" },
        "policy": current(),
        "engines": { "found": 3, "routed": 3, "partly": 0 },
        "fronts": {},
    });
    base.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    serde_json::from_value(base).unwrap()
}

fn said(response: Response) -> Input {
    Input::Service(ServiceEvent::Message(Box::new(response)))
}

fn status_event(change: Value) -> Input {
    said(Response::Event { event: Event::Status { status: Box::new(status(change)) } })
}

fn blocks(entry: Entry) -> Input {
    said(Response::Event { event: Event::Verdict { entry: Box::new(entry) } })
}

fn connected() -> State {
    let mut state = State::new(TimeZone::UTC, &Remembered::default());
    state.handle(Input::Service(ServiceEvent::Connected), at(0));
    state.handle(status_event(json!({})), at(0));
    state
}

fn notices(effects: Vec<Effect>) -> Vec<Notice> {
    let notice = |effect| if let Effect::Notify(notice) = effect { Some(notice) } else { None };
    effects.into_iter().filter_map(notice).collect()
}

/// What opens the window at a verdict.
fn verdict(id: &str) -> Command {
    Command::Open(Place::verdict(id))
}

fn id(text: &str) -> VerdictId {
    VerdictId::parse(text).unwrap()
}

fn choice(label: &str, command: Command) -> Row {
    Row::Choice { label: label.to_owned(), command }
}

/// A request about a denial that Podman was told.
fn requested(id: &str, repository: &str, second: i64) -> AccessRequested {
    let image = format!("{repository}:latest");
    let command = Some(format!("podman pull docker.io/{image}"));
    AccessRequested { id: id.to_owned(), image, command, at: at(second), allowed: None }
}

/// Nothing is muted.
fn notifications() -> Row {
    Row::Group {
        label: "Notifications".to_owned(),
        rows: vec![choice("Mute all for 1 hour", Command::MuteAll)],
    }
}

#[test]
fn the_menu_of_a_machine_where_all_is_well_reads_like_sentences() {
    let mut state = connected();
    state.handle(blocks(denial(ID, "someuser/tool", 10)), at(10));
    let headline = "Acme's policy is enforced on 3 of 3 engines";
    let view = TrayView {
        gate: Gate::Enforcing,
        title: "Acme · ada@acme.example".to_owned(),
        tooltip: headline.to_owned(),
        rows: vec![
            Row::Text("Acme · ada@acme.example".to_owned()),
            choice(headline, Command::Open(Place::of(Tab::Status))),
            Row::Separator,
            choice("✕ someuser/tool:latest · community · 2 min ago", verdict(ID)),
            Row::Separator,
            choice("Open Pullgate", Command::Open(Place::of(Tab::Status))),
            choice("Check the engines again", Command::CheckAgain),
            choice("Check this installation", Command::Open(Place::of(Tab::Checks))),
            notifications(),
            Row::Separator,
            Row::Group {
                label: "Sign out".to_owned(),
                rows: vec![
                    Row::Text("New images are blocked until you sign in again".to_owned()),
                    choice("Sign out now", Command::SignOut),
                ],
            },
            choice("Quit this icon (pulls are still checked)", Command::Quit),
        ],
    };
    assert_eq!(state.view(at(130)), view);
}

#[test]
fn each_state_of_the_machine_has_its_icon() {
    let condition = json!([{ "code": "engine-drifted", "severity": "attention",
        "sentence": "The configuration of Docker Engine was changed", "since": at(0) }]);
    let notice = json!([{ "code": "x", "severity": "notice", "sentence": "Good to know", "since": at(0) }]);
    let needed = json!({ "state": "needed", "why": { "kind": "never" } });
    let cases = [
        (json!({}), Gate::Enforcing),
        (json!({ "conditions": notice }), Gate::Enforcing),
        (json!({ "conditions": condition }), Gate::Attention),
        (json!({ "signIn": needed, "conditions": condition }), Gate::SignInNeeded),
        (json!({ "enforcing": false }), Gate::NotEnforcing),
        (json!({ "organization": null }), Gate::NotEnforcing),
    ];
    for (change, gate) in cases {
        let mut state = connected();
        state.handle(status_event(change.clone()), at(1));
        assert_eq!(state.view(at(1)).gate, gate, "{change}");
    }
}

#[test]
fn a_service_that_is_gone_is_told_in_words_with_what_to_do_and_cleared_when_it_is_back() {
    let mut state = connected();
    let effects = state.handle(Input::Service(ServiceEvent::Disconnected(Disconnect::NotRunning)), at(5));
    let words =
        "The Pullgate service is not running, so pulls wait or fail. Start it: sudo systemctl start pullgate";
    let to_status = Command::Open(Place::of(Tab::Status));
    let view = TrayView {
        gate: Gate::NotRunning,
        title: "Pullgate".to_owned(),
        tooltip: words.to_owned(),
        rows: vec![
            Row::Text("Pullgate".to_owned()),
            choice("The Pullgate service is not running, so pulls wait or fail", to_status),
            Row::Separator,
            Row::Text("Nothing has been blocked".to_owned()),
            Row::Separator,
            choice("Open Pullgate", Command::Open(Place::of(Tab::Status))),
            choice("Check this installation", Command::Open(Place::of(Tab::Checks))),
            notifications(),
            Row::Separator,
            choice("Quit this icon", Command::Quit),
        ],
    };
    assert_eq!(effects, [Effect::Show(view)]);
    state.handle(Input::Service(ServiceEvent::Connected), at(6));
    state.handle(status_event(json!({})), at(6));
    assert_eq!(state.view(at(6)).gate, Gate::Enforcing);
}

#[test]
fn nothing_is_shown_anew_that_looks_the_same() {
    let mut state = connected();
    assert_eq!(state.handle(status_event(json!({})), at(1)), []);
    assert_eq!(state.handle(Input::Tick, at(2)), []);
}

#[test]
fn a_crowd_of_changes_is_shown_at_most_four_times_a_second_and_the_last_one_always() {
    let mut state = connected();
    let now = |millisecond: i64| Timestamp::from_millisecond(1_790_000_100_000 + millisecond).unwrap();
    let mut shown = 0;
    for number in 0..100_u64 {
        let entry = denial(
            VerdictId::from_bits(number).as_str(),
            "someuser/tool",
            100 + i64::try_from(number).unwrap(),
        );
        let effects = state.handle(blocks(entry), now(i64::try_from(number).unwrap() * 10));
        shown += effects.iter().filter(|effect| matches!(effect, Effect::Show(_))).count();
    }
    assert_eq!(shown, 4);
    let due = state.due(now(990)).unwrap();
    assert_eq!(due, now(1000));
    assert!(state.handle(Input::Tick, due).contains(&Effect::Show(state.view(due))));
}

#[test]
fn every_choice_of_the_menu_does_what_it_says() {
    let cases = [
        (Command::SignIn, Effect::Ask(Request::SignIn { method: SignInMethod::Browser })),
        (Command::SignOut, Effect::Ask(Request::SignOut)),
        (verdict(ID), Effect::Window(Place::verdict(ID))),
        (Command::CheckAgain, Effect::Ask(Request::EnginesVerify { engine: None })),
        (Command::Quit, Effect::Quit),
    ];
    for (command, effect) in cases {
        assert_eq!(connected().handle(Input::Chosen(command), at(1)), [effect]);
    }
}

#[test]
fn a_refusal_of_the_service_is_told_with_its_next_step() {
    let failure = Failure::new(Code::NotAllowed, "only the person whose session it is may end it")
        .with_hint("Ask an administrator");
    let sent = notices(connected().handle(said(Response::Error(failure)), at(1)));
    let notice = Notice {
        key: NoticeKey::Answer,
        title: "only the person whose session it is may end it".to_owned(),
        body: "Ask an administrator".to_owned(),
        buttons: Vec::new(),
        urgency: Urgency::Normal,
    };
    assert_eq!(sent, [notice]);
}

#[test]
fn a_changed_policy_is_told_in_one_line() {
    let stamp = json!({ "organization": "acme", "serial": 1043, "issued": at(0), "sha256": "00".repeat(32) });
    let event = json!({ "kind": "policyChanged", "stamp": stamp, "sentence": "3 images are newly allowed" });
    let event: Event = serde_json::from_value(event).unwrap();
    let sent = notices(connected().handle(said(Response::Event { event }), at(1)));
    let notice = Notice {
        key: NoticeKey::Policy,
        title: "The policy has changed".to_owned(),
        body: "3 images are newly allowed".to_owned(),
        buttons: Vec::new(),
        urgency: Urgency::Low,
    };
    assert_eq!(sent, [notice]);
}
