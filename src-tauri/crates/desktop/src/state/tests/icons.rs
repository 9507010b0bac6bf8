//! A desktop that shows no icons.

use super::*;

fn notified(state: &mut State, second: i64) -> Vec<NoticeKey> {
    notices(state.handle(Input::Tick, at(second))).into_iter().map(|notice| notice.key).collect()
}

#[test]
fn a_desktop_without_a_place_for_icons_is_explained_once_and_for_all() {
    let mut state = connected();
    state.handle(Input::TrayAvailable(false), at(10));
    assert_eq!(state.due(at(10)), Some(at(70)));
    assert_eq!(notified(&mut state, 69), []);
    let effects = state.handle(Input::Tick, at(70));
    assert!(effects.contains(&Effect::Persist(Remembered { no_icon: true, ..Remembered::default() })));
    let notice = notices(effects).remove(0);
    assert_eq!(notice.key, NoticeKey::NoIcon);
    assert_eq!(notified(&mut state, 500), []);
    let opened = state
        .handle(Input::Pressed { key: notice.key, button: Button::Open(Place::of(Tab::Status)) }, at(501));
    assert_eq!(opened, [Effect::Window(Place::of(Tab::Status))]);
}

#[test]
fn a_panel_that_comes_late_or_starts_anew_is_waited_for() {
    let mut state = connected();
    for (there, second) in [(false, 0), (true, 50), (false, 100), (false, 130), (true, 159)] {
        state.handle(Input::TrayAvailable(there), at(second));
    }
    assert_eq!(notified(&mut state, 1000), []);
}

#[test]
fn what_was_told_before_the_last_start_is_not_told_again() {
    let mut state = State::new(TimeZone::UTC, &Remembered { no_icon: true, ..Remembered::default() });
    state.handle(Input::TrayAvailable(false), at(0));
    assert_eq!(notified(&mut state, 1000), []);
}
