//! Blocked images: told once each, folded, never a flood, never lost.

use super::*;

fn expected_notice(title: &str, repository: &str, id_text: &str, body: &str) -> Notice {
    Notice {
        key: NoticeKey::Blocked(repository.to_owned()),
        title: title.to_owned(),
        body: body.to_owned(),
        buttons: vec![
            ("Why?".to_owned(), Button::Why(id(id_text))),
            (
                "Request access".to_owned(),
                Button::RequestAccess {
                    url: format!("https://it.acme.example/request?id={id_text}"),
                    request: requested(id_text, repository, 1),
                },
            ),
            ("Mute".to_owned(), Button::Mute(repository.to_owned())),
        ],
        urgency: Urgency::Normal,
    }
}

const BODY: &str = "Community images are not allowed at Acme. Use bitnami/tool instead.";

/// A verdict id for each number.
fn numbered(number: u64) -> String {
    VerdictId::from_bits(number).as_str().to_owned()
}

#[test]
fn a_blocked_image_is_told_at_once_with_why_and_what_next() {
    let sent = notices(connected().handle(blocks(denial(ID, "someuser/tool", 1)), at(1)));
    assert_eq!(sent, [expected_notice("Blocked: someuser/tool", "someuser/tool", ID, BODY)]);
}

#[test]
fn a_repeat_folds_into_the_same_notification_with_its_count() {
    let mut state = connected();
    state.handle(blocks(denial(ID, "someuser/tool", 1)), at(1));
    let again = Entry { count: 7, last: at(2), ..denial(ID, "someuser/tool", 1) };
    assert_eq!(notices(state.handle(blocks(again), at(2))), []);
    assert_eq!(state.due(at(2)), Some(at(6)));
    let folded =
        expected_notice("Blocked: someuser/tool", "someuser/tool", ID, &format!("{BODY} Blocked 7 times."));
    assert_eq!(notices(state.handle(Input::Tick, at(6))), [folded]);
}

#[test]
fn a_thousand_denials_in_ten_seconds_are_a_handful_of_notifications() {
    let mut state = connected();
    let mut all = Vec::new();
    for number in 0..1000 {
        let second = i64::try_from(number / 100).unwrap();
        let repository = format!("user{number}/tool");
        all.extend(notices(state.handle(blocks(denial(&numbered(number), &repository, second)), at(second))));
    }
    let mut due = at(10);
    while due < at(20) {
        all.extend(notices(state.handle(Input::Tick, due)));
        due = state.due(due).expect("the times in the menu will read otherwise");
    }
    let keys: Vec<&NoticeKey> = all.iter().map(|notice| &notice.key).collect();
    let several = keys.iter().filter(|key| ***key == NoticeKey::Several).count();
    assert_eq!((keys.len() - several, several), (1, 3), "{keys:?}");
    let last = all.last().unwrap();
    assert_eq!(last.title, "Blocked: 1000 images");
    assert_eq!(last.body, "user0/tool, user1/tool, user2/tool and 997 more");
    assert_eq!(last.buttons, [("Show".to_owned(), Button::Open(Place::of(Tab::Blocked)))]);
    let latest =
        state.view(due).rows.into_iter().filter(|row| {
            matches!(row, Row::Choice { command: Command::Open(Place { id: Some(_), .. }), .. })
        });
    assert_eq!(latest.count(), 3);
}

#[test]
fn what_could_not_be_shown_stays_in_the_menu_until_it_was_looked_at() {
    let mut state = connected();
    state.handle(blocks(denial(ID, "someuser/tool", 1)), at(1));
    state.handle(Input::NotShown(NoticeKey::Blocked("someuser/tool".to_owned())), at(1));
    for number in 0..5 {
        state.handle(blocks(denial(&numbered(number), "other/tool", 100)), at(100));
    }
    let row = choice("✕ someuser/tool:latest · community · 2 min ago", verdict(ID));
    assert!(state.view(at(130)).rows.contains(&row));
    state.handle(Input::Chosen(verdict(ID)), at(130));
    assert!(!state.view(at(130)).rows.contains(&row));
}

#[test]
fn the_proof_of_an_engine_and_images_that_pass_are_not_told() {
    let mut state = connected();
    let mut proof = denial(ID, "pullgate/canary", 1);
    proof.verdict.finding.reason = Reason::Canary;
    let mut audited = denial(&numbered(1), "someuser/tool", 1);
    audited.verdict.finding.outcome = Outcome::Audited;
    assert_eq!(state.handle(blocks(proof), at(1)), []);
    assert_eq!(notices(state.handle(blocks(audited), at(1))), []);
    // What passed in audit mode is in the menu all the same, marked as such.
    let row = choice("○ someuser/tool:latest · would be blocked · just now", verdict(&numbered(1)));
    assert!(state.view(at(1)).rows.contains(&row), "{:?}", state.view(at(1)).rows);
}

#[test]
fn what_was_blocked_before_the_tray_started_is_in_the_menu_and_not_told_again() {
    let mut state = State::new(TimeZone::UTC, &Remembered::default());
    let effects = state.handle(Input::Service(ServiceEvent::Connected), at(0));
    assert!(
        effects.contains(&Effect::Ask(Request::Blocked { since: Some(at(-7 * 86_400)), limit: Some(13) }))
    );
    let page = wire::Entries { entries: vec![denial(ID, "someuser/tool", -3600 * 5)], more: false };
    assert_eq!(notices(state.handle(said(Response::Entries(page)), at(0))), []);
    let row = choice("✕ someuser/tool:latest · community · 5 h ago", verdict(ID));
    assert!(state.view(at(0)).rows.contains(&row));
}

#[test]
fn the_row_of_an_image_that_is_not_on_docker_hub_names_its_registry() {
    let mut entry = denial(ID, "someuser/tool", 0);
    entry.verdict.finding.reason = Reason::RegistryBlocked;
    entry.verdict.finding.class = None::<Class>;
    entry.verdict.finding.rule.as_mut().unwrap().kind = policy::RuleKind::Registry;
    assert_eq!(text::blocked(&entry, at(59)), "✕ someuser/tool:latest · Docker Hub is blocked · just now");
}

#[test]
fn only_pages_of_the_web_are_opened() {
    let open = |url: &str| {
        let button =
            Button::RequestAccess { url: url.to_owned(), request: requested(ID, "someuser/tool", 1) };
        connected().handle(Input::Pressed { key: NoticeKey::Several, button }, at(1))
    };
    let page = "https://it.acme.example/request";
    assert_eq!(open(page)[0], Effect::Browse(page.to_owned()));
    for other in ["file:///etc/passwd", "javascript:alert(1)", "/usr/bin/id", "--help", ""] {
        assert_eq!(open(other), [Effect::RecallRequests], "{other}");
    }
}

#[test]
fn images_that_are_blocked_soon_after_one_another_are_one_notification() {
    let mut state = connected();
    state.handle(blocks(denial(&numbered(0), "user0/tool", 1)), at(1));
    let effects = state.handle(blocks(denial(&numbered(1), "user1/tool", 2)), at(2));
    assert!(effects.contains(&Effect::Withdraw(NoticeKey::Blocked("user0/tool".to_owned()))));
    let [both] = notices(effects).try_into().expect("one stands for both");
    assert_eq!((both.title.as_str(), both.body.as_str()), ("Blocked: 2 images", "user0/tool, user1/tool"));
    assert_eq!((both.key, both.urgency), (NoticeKey::Several, Urgency::Normal));
    let alone = notices(state.handle(blocks(denial(&numbered(2), "user2/tool", 20)), at(20)));
    assert_eq!(alone.len(), 1, "long after the others it is told of by itself");
    assert_eq!(alone[0].title, "Blocked: user2/tool");
}
