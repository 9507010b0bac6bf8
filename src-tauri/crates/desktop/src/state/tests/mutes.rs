//! Muting one image, and all for an hour; both outlive the tray, and both can be undone.

use super::*;

const REPOSITORY: &str = "someuser/tool";

fn other(second: i64) -> Input {
    blocks(denial(VerdictId::from_bits(second.unsigned_abs()).as_str(), REPOSITORY, second))
}

fn kept(effects: &[Effect]) -> Remembered {
    let kept = |effect: &Effect| if let Effect::Persist(one) = effect { Some(one.clone()) } else { None };
    effects.iter().find_map(kept).expect("it is kept")
}

/// The group of the menu that says what is muted.
fn group(state: &State, second: i64) -> (String, Vec<Row>) {
    let group = |row| match row {
        Row::Group { label, rows } if label.starts_with("Notifications") => Some((label, rows)),
        Row::Group { .. } | Row::Text(_) | Row::Choice { .. } | Row::Separator => None,
    };
    state.view(at(second)).rows.into_iter().find_map(group).expect("the group is there")
}

fn mute(state: &mut State) -> Vec<Effect> {
    state.handle(blocks(denial(ID, REPOSITORY, 1)), at(1));
    let key = NoticeKey::Blocked(REPOSITORY.to_owned());
    state.handle(Input::Pressed { key, button: Button::Mute(REPOSITORY.to_owned()) }, at(2))
}

#[test]
fn a_muted_image_is_not_notified_of_also_after_the_next_start_and_stays_in_the_menu() {
    let mut state = connected();
    let remembered = kept(&mute(&mut state));
    assert_eq!(remembered.muted, [REPOSITORY]);
    let mut next = State::new(TimeZone::UTC, &remembered);
    for state in [&mut state, &mut next] {
        assert_eq!(notices(state.handle(other(100), at(100))), []);
        let labels = state.view(at(100)).rows.into_iter().filter_map(|row| match row {
            Row::Choice { label, .. } => Some(label),
            Row::Group { .. } | Row::Text(_) | Row::Separator => None,
        });
        assert!(labels.into_iter().any(|label| label.starts_with("✕ someuser/tool:latest")));
    }
}

#[test]
fn a_muted_image_is_listed_and_can_be_unmuted() {
    let mut state = connected();
    mute(&mut state);
    let (label, rows) = group(&state, 3);
    let unmute = Command::Unmute(REPOSITORY.to_owned());
    assert_eq!(label, "Notifications (1 muted)");
    assert_eq!(rows[1..], [Row::Separator, choice("Unmute someuser/tool", unmute.clone())]);
    assert_eq!(kept(&state.handle(Input::Chosen(unmute), at(4))).muted, [""; 0]);
    assert_eq!(notices(state.handle(other(100), at(100))).len(), 1);
}

#[test]
fn all_are_muted_for_an_hour_or_until_somebody_says_otherwise() {
    let mut state = connected();
    let remembered = kept(&state.handle(Input::Chosen(Command::MuteAll), at(0)));
    assert_eq!(remembered.muted_until, Some(at(3600)));
    let (label, rows) = group(&state, 1);
    assert_eq!(label, "Notifications (muted until 15:13)");
    assert_eq!(rows, [choice("Unmute all", Command::UnmuteAll)]);
    assert_eq!(notices(state.handle(other(100), at(100))), []);
    assert_eq!(group(&state, 3600).0, "Notifications", "an hour later");
    assert_eq!(notices(state.handle(other(3601), at(3601))).len(), 1);
    state.handle(Input::Chosen(Command::MuteAll), at(4000));
    state.handle(Input::Chosen(Command::UnmuteAll), at(4001));
    assert_eq!(notices(state.handle(other(4100), at(4100))).len(), 1);
}

#[test]
fn a_muted_image_is_not_counted_among_several() {
    let mut state = connected();
    mute(&mut state);
    let other = denial(VerdictId::from_bits(9).as_str(), "other/tool", 3);
    let sent = notices(state.handle(blocks(other), at(3)));
    assert_eq!(sent.iter().map(|notice| notice.title.as_str()).collect::<Vec<_>>(), ["Blocked: other/tool"]);
}

#[test]
fn a_missing_session_is_said_even_while_all_is_muted() {
    let mut state = connected();
    state.handle(Input::Chosen(Command::MuteAll), at(0));
    let needed = json!({ "signIn": { "state": "needed", "why": { "kind": "never" } } });
    assert_eq!(notices(state.handle(status_event(needed), at(1))).len(), 1);
}
