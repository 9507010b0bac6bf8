use super::stage::*;
use crate::session::*;

const YEARS: i64 = 24 * 365 * 10;

#[test]
fn a_clock_set_ahead_or_back_by_years_changes_nothing_once_the_provider_was_heard() {
    for wrong in [YEARS, -YEARS] {
        let mut stage = Stage::signed_in();
        stage.wrong = hours(wrong);
        stage.tell(Input::Tick);
        stage.signed_in_as(ada());
        stage.pass(hours(9));
        stage.answer(no_network());
        stage.in_grace(
            noon() + hours(9),
            noon() + hours(336),
            Hindrance::Failed { failure: Failure::NoNetwork },
        );
        stage.pass(hours(327));
        assert!(stage.session.state().person().is_none(), "the grace is no longer than it was");
    }
}

#[test]
fn a_wrong_clock_is_reported_with_how_far_it_is_off() {
    let mut stage = Stage::signed_in();
    let clock = |stage: &Stage| (stage.session.clock_is_behind(), stage.session.clock_is_ahead());
    for (wrong, expected) in [
        (minutes(10), (None, None)),
        (minutes(-10), (None, None)),
        (minutes(-11), (Some(minutes(11)), None)),
        (hours(30), (None, Some(hours(30)))),
    ] {
        stage.wrong = wrong;
        stage.tell(Input::Tick);
        assert_eq!(clock(&stage), expected);
    }
}

#[test]
fn a_clock_that_starts_years_ahead_and_is_corrected_ends_nothing() {
    let mut stage = Stage::signed_in();
    stage.wrong = hours(YEARS);
    stage.reboot_after(minutes(5));
    assert!(stage.session.state().person().is_none(), "nothing tells that the clock is wrong");
    stage.fail_for(minutes(20), &Failure::NoNetwork);
    stage.restart();
    stage.wrong = SignedDuration::ZERO;
    stage.pass(minutes(1));
    assert_eq!(stage.session.state().person(), Some(&ada()));
}

#[test]
fn a_clock_that_stayed_ahead_for_hours_is_forgiven_by_the_next_yes() {
    let mut stage = Stage::signed_in();
    stage.wrong = hours(YEARS);
    stage.reboot_after(minutes(5));
    for _ in 0..3 {
        stage.pass(hours(1));
    }
    stage.wrong = SignedDuration::ZERO;
    stage.pass(minutes(1));
    assert_eq!(stage.session.state().person(), None);
    stage.confirm();
    stage.signed_in_as(ada());
    assert_eq!((stage.session.confirmed(), stage.session.clock_is_behind()), (Some(stage.time), None));
}

#[test]
fn a_clock_set_back_at_each_start_gains_no_running_time() {
    let mut stage = Stage::signed_in();
    let mut ran = SignedDuration::ZERO;
    while stage.session.state().person().is_some() {
        assert!(ran <= hours(336), "the grace ends after as much running time at the latest");
        stage.pass(hours(6));
        ran += hours(6);
        stage.reboot_after(minutes(1));
        stage.wrong = noon().duration_since(stage.time);
        stage.restart();
    }
    assert!(stage.session.clock_is_behind().is_some());
}

#[test]
fn a_clock_that_ran_evenly_for_an_hour_cannot_be_set_back_at_the_next_start() {
    let mut stage = Stage::signed_in();
    stage.reboot_after(hours(100));
    stage.fail_for(hours(3), &Failure::NoNetwork);
    stage.wrong = hours(-100);
    stage.reboot_after(minutes(1));
    assert!(stage.session.clock_is_behind().unwrap() > hours(98));
}

#[test]
fn a_server_corrects_a_clock_that_is_ahead_and_never_takes_the_time_back() {
    let mut stage = Stage::signed_in();
    stage.wrong = hours(YEARS);
    stage.reboot_after(hours(50));
    assert_eq!(stage.session.state().person(), None);
    for old in [hours(0), hours(51), hours(50), minutes(9)] {
        stage.tell(Input::ServerTime(stage.time - old));
        stage.tell(Input::Asked);
        assert_eq!(stage.session.state().person(), Some(&ada()));
        assert_eq!(stage.session.clock_is_ahead(), Some(hours(YEARS)));
    }
    stage.fail_for(hours(3), &Failure::NoNetwork);
    assert_eq!(stage.session.clock_is_ahead(), Some(hours(YEARS)), "it does not count as settled");
}

#[test]
fn a_clock_that_a_server_finds_behind_is_reported() {
    let mut stage = Stage::signed_in();
    stage.wrong = hours(-50);
    stage.reboot_after(hours(50));
    assert_eq!(stage.session.clock_is_behind(), None, "as far as this machine knows, no time has passed");
    stage.tell(Input::ServerTime(stage.time));
    assert_eq!(stage.session.clock_is_behind(), Some(hours(50)));
    stage.pass(hours(1));
    assert_eq!(stage.session.clock_is_behind(), Some(hours(50)));
    stage.wrong = SignedDuration::ZERO;
    stage.tell(Input::ServerTime(stage.time));
    assert_eq!((stage.session.clock_is_behind(), stage.session.clock_is_ahead()), (None, None));
}

/// One such answer used to end the session, and the time was kept.
#[test]
fn a_server_whose_date_is_a_month_ahead_ends_no_session() {
    let month = hours(30 * 24);
    let mut running = Stage::signed_in();
    let mut started = Stage::signed_in();
    started.reboot_after(hours(5));
    for stage in [&mut running, &mut started] {
        for _ in 0..3 {
            stage.tell(Input::ServerTime(stage.time + month));
            stage.tell(Input::ServerTime(stage.time + minutes(9)));
            stage.pass(minutes(1));
            stage.signed_in_as(ada());
        }
        assert_eq!(stage.session.clock_is_behind(), None, "another server knows better");
        stage.restart();
        stage.signed_in_as(ada());
    }
}

#[test]
fn a_server_that_is_a_little_ahead_at_each_answer_does_not_push_the_time_on() {
    let mut stage = Stage::signed_in();
    stage.reboot_after(hours(5));
    for count in 1..=100 {
        stage.tell(Input::ServerTime(stage.time + minutes(9 * count)));
    }
    stage.tell(Input::Asked);
    stage.answer(Answer::Confirmed { person: ada(), evidence: Evidence::default(), said_at: None });
    assert_eq!(stage.session.confirmed(), Some(stage.time + minutes(9)));
}

#[test]
fn a_provider_that_is_a_month_ahead_ends_no_session_and_is_forgiven_by_its_next_yes() {
    let month = hours(30 * 24);
    let mut stage = Stage::renewing();
    stage.answer(Answer::Confirmed {
        person: ada(),
        evidence: Evidence::default(),
        said_at: Some(stage.time + month),
    });
    stage.signed_in_as(ada());
    assert_eq!(stage.session.clock_is_behind(), Some(month));
    stage.restart();
    stage.signed_in_as(ada());
    stage.tell(Input::Asked);
    stage.confirm();
    stage.signed_in_as(ada());
    assert_eq!((stage.session.confirmed(), stage.session.clock_is_behind()), (Some(stage.time), None));
}

#[test]
fn a_yes_from_long_ago_does_not_take_the_time_back() {
    let mut stage = Stage::signed_in();
    stage.pass(hours(9));
    stage.answer(Answer::Confirmed {
        person: ada(),
        evidence: Evidence::default(),
        said_at: Some(noon() - hours(1000)),
    });
    assert_eq!(stage.session.confirmed(), Some(stage.time));
}

#[test]
fn a_yes_without_a_time_under_a_clock_that_is_ahead_is_no_longer_grace() {
    let mut stage = Stage::signed_in();
    stage.wrong = hours(YEARS);
    stage.reboot_after(hours(9));
    stage.answer(Answer::Confirmed { person: ada(), evidence: Evidence::default(), said_at: None });
    stage.signed_in_as(ada());
    stage.wrong = SignedDuration::ZERO;
    stage.fail_for(hours(335), &Failure::NoNetwork);
    assert_eq!(stage.session.state().person(), Some(&ada()));
    stage.fail_for(hours(1), &Failure::NoNetwork);
    assert_eq!(stage.session.state().person(), None);
}

#[test]
fn clocks_at_the_ends_of_time_break_nothing() {
    for wall in [Timestamp::MIN, Timestamp::MAX] {
        let mut stage = Stage::signed_in();
        let boottime = Duration::MAX;
        for chance in [0, u32::MAX] {
            let now = Now { wall, boottime, chance };
            for input in [Input::Tick, Input::Asked, Input::NetworkUp, Input::ServerTime(wall)] {
                stage.session.handle(input, now);
                assert!(stage.session.poll_timeout().is_some());
            }
        }
        let found = Found::Record(Box::new(kept_record()));
        let terms = Terms { grace: SignedDuration::MAX, recheck: SignedDuration::MIN };
        let session = Session::begin(found, ISSUER, terms, Now { wall, boottime, chance: 7 });
        assert_eq!(session.owner(), Some(1000));
    }
}
