use policy::VerdictId;
use serde_json::json;
use wire::{Entries, Entry};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn denial(number: u64, repository: &str, second: i64) -> Entry {
    let path = format!("docker.io/{repository}");
    serde_json::from_value(json!({
        "verdict": {
            "id": VerdictId::from_bits(number), "at": at(second), "engine": "podman", "front": "mirror",
            "finding": {
                "outcome": "blocked", "reason": { "kind": "classBlocked" }, "class": "community",
                "rule": { "kind": "class", "id": "community", "text": "community images: block" },
                "image": { "name": { "repository": path }, "target": ":latest" },
                "action": "pull", "organization": { "name": "acme", "display": "Acme" },
            },
        },
        "count": 1, "last": at(second),
    }))
    .unwrap()
}

fn said(response: Response) -> ServiceEvent {
    ServiceEvent::Message(Box::new(response))
}

fn with(entries: Vec<Entry>) -> WindowState {
    let mut state = WindowState::default();
    state.on_service_event(said(Response::Entries(Entries { entries, more: false })));
    state
}

fn reader() -> Reader {
    Reader { now: at(3600), zone: jiff::tz::TimeZone::UTC, login: |_| None }
}

fn listed(state: &WindowState, search: &str, part: (u32, u32)) -> BlockedPage {
    state.blocked(search, &BlockedFilter::default(), part, &reader())
}

fn images(page: &BlockedPage) -> Vec<&str> {
    page.rows.iter().map(|row| row.image.as_str()).collect()
}

#[test]
fn the_list_begins_with_the_latest_and_is_given_in_parts() {
    let state = with((0..100_u32).map(|n| denial(n.into(), &format!("some/tool{n}"), n.into())).collect());
    let page = listed(&state, "", (98, 10));
    assert_eq!((page.total, page.matching, page.from), (100, 100, 98));
    assert_eq!(images(&page), ["some/tool1:latest", "some/tool0:latest"]);
    assert_eq!(images(&listed(&state, "", (100, 10))), [""; 0]);
}

#[test]
fn every_word_of_a_search_is_in_image_cause_engine_or_id() {
    let state = with(vec![denial(1, "some/tool", 0), denial(2, "other/tool", 1)]);
    let id = VerdictId::from_bits(2).to_string();
    for (search, found) in [
        ("tool", vec!["other/tool:latest", "some/tool:latest"]),
        ("COMMUNITY some", vec!["some/tool:latest"]),
        ("podman other", vec!["other/tool:latest"]),
        (id.as_str(), vec!["other/tool:latest"]),
        ("docker", vec![]),
    ] {
        let page = listed(&state, search, (0, 10));
        assert_eq!((page.total, images(&page)), (2, found), "{search}");
    }
}

#[test]
fn the_list_is_narrowed_to_an_engine_a_reason_and_a_day() {
    let day = 86_400;
    let mut registry = denial(2, "some/other", -day);
    registry.verdict.engine = policy::Engine::Docker;
    registry.verdict.finding.rule.as_mut().unwrap().kind = policy::RuleKind::Registry;
    let mut recorded = denial(3, "some/recorded", -2 * day);
    recorded.verdict.finding.outcome = Outcome::Audited;
    let state = with(vec![denial(1, "some/tool", 0), registry, recorded, denial(4, "some/old", -9 * day)]);
    let names = |filter: serde_json::Value| {
        let page = state.blocked("", &serde_json::from_value(filter).unwrap(), (0, 10), &reader());
        page.rows
            .iter()
            .map(|row| row.image.trim_start_matches("some/").to_owned())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(names(json!({ "engine": "Docker Engine" })), "other:latest");
    assert_eq!(names(json!({ "reason": "class", "period": "week" })), "tool:latest recorded:latest");
    assert_eq!(names(json!({ "period": "today" })), "tool:latest");
    let yesterday = at(-day).to_string()[..10].to_owned();
    assert_eq!(names(json!({ "period": { "day": yesterday } })), "other:latest");
    assert_eq!(names(json!({ "period": { "day": "someday" } })), "");
    let page = listed(&state, "", (0, 10));
    assert_eq!((page.total, page.week, page.today), (4, 2, 1));
    assert_eq!(page.engines, ["Docker Engine", "Podman"]);
    assert_eq!(page.reasons.iter().map(|reason| reason.count).collect::<Vec<_>>(), [3, 1]);
}

#[test]
fn another_request_for_the_same_verdict_brings_its_row_to_the_top() {
    let mut state = with(vec![denial(1, "some/tool", 0), denial(2, "other/tool", 1)]);
    let again = Entry { count: 2, last: at(5), ..denial(1, "some/tool", 0) };
    state.on_service_event(said(Response::Event { event: Event::Verdict { entry: Box::new(again) } }));
    let page = listed(&state, "", (0, 10));
    assert_eq!(images(&page), ["some/tool:latest", "other/tool:latest"]);
    assert_eq!((page.total, page.rows[0].count), (2, 2));
}

#[test]
fn an_allowed_image_is_not_among_the_blocked() {
    let mut state = with(Vec::new());
    let mut allowed = denial(1, "library/nginx", 0);
    allowed.verdict.finding.outcome = Outcome::Allowed;
    state.on_service_event(said(Response::Event { event: Event::Verdict { entry: Box::new(allowed) } }));
    assert_eq!(listed(&state, "", (0, 10)).total, 0);
}

#[test]
fn what_was_not_looked_at_yet_is_counted_for_a_week() {
    let week = 7 * 86_400;
    let mut state = with(vec![denial(1, "some/tool", 0), denial(2, "other/tool", 60)]);
    assert_eq!(state.frame(at(60)).blocked, 2);
    assert_eq!(state.frame(at(week + 1)).blocked, 1);
    assert_eq!(state.frame(at(week + 60)).blocked, 0);
    assert_eq!((state.look(), state.look()), (Some(at(60)), None));
    assert_eq!(state.frame(at(60)).blocked, 0);
    let entry = Box::new(denial(3, "another/tool", 61));
    state.on_service_event(said(Response::Event { event: Event::Verdict { entry } }));
    assert_eq!(state.frame(at(61)).blocked, 1);
}

#[test]
fn a_service_that_is_gone_is_said_and_forgotten_when_it_is_back() {
    let mut state = WindowState::default();
    state.on_service_event(ServiceEvent::Disconnected(Disconnect::NotRunning));
    let hint = state.frame(at(0)).problem.and_then(|problem| problem.hint);
    assert_eq!(hint.as_deref(), Some("Start it: `sudo systemctl start pullgate`"));
    assert_eq!(
        state.on_service_event(ServiceEvent::Connected),
        Some(Request::Blocked { since: None, limit: None })
    );
    assert_eq!(state.frame(at(0)).problem, None);
}

#[test]
fn a_place_that_is_asked_for_again_is_gone_to_again() {
    let mut state = WindowState::new(Place::of(Tab::Policy));
    assert_eq!((state.frame(at(0)).place, state.frame(at(0)).asked), (Place::of(Tab::Policy), 1));
    state.go(Place::of(Tab::Policy));
    assert_eq!(state.frame(at(0)).asked, 2);
}

#[test]
fn a_sign_in_is_waited_for_and_its_failure_stands_until_the_next() {
    let mut state = WindowState::default();
    state.sign_in_waits("https://login.acme.example/", at(0));
    assert_eq!(
        state.waiting().and_then(|waiting| waiting.url).as_deref(),
        Some("https://login.acme.example/")
    );
    state.sign_in_ended(Some(Problem { sentence: "It took too long".to_owned(), hint: None }), at(9));
    assert_eq!(
        (state.waiting(), state.failure().map(|row| row.sentence)),
        (None, Some("It took too long".to_owned()))
    );
    state.sign_in_waits("https://login.acme.example/", at(20));
    state.sign_in_ended(None, at(30));
    assert_eq!((state.waiting(), state.failure()), (None, None));
}
