use secret::Secret;

use super::stage::*;
use crate::session::*;

fn failed(failure: Failure) -> Hindrance {
    Hindrance::Failed { failure }
}

#[test]
fn a_renewal_that_goes_well_is_hardly_seen() {
    let mut stage = Stage::renewing();
    assert_eq!(stage.session.state(), State::Renewing { person: ada() });
    stage.receive(token(2));
    stage.confirm();
    stage.signed_in_as(ada());
    assert_eq!(stage.session.confirmed(), Some(noon() + hours(9)));
    stage.pass(hours(7));
    assert_eq!(stage.asked, None);
    stage.pass(hours(2));
    assert_eq!(stage.asked, Some((2, token(2))));
}

#[test]
fn membership_is_checked_again_after_eight_hours_give_or_take_a_tenth() {
    for (chance, due) in [(0, "PT7H12M"), (u32::MAX, "PT8H48M")] {
        let mut session = Stage::empty().session;
        let now = Now { chance, ..Stage::empty().now() };
        session.handle(
            Input::SignedIn {
                person: ada(),
                credential: Some(token(1)),
                evidence: Evidence::default(),
                said_at: Some(noon()),
            },
            now,
        );
        session.handle(Input::Tick, now);
        let rest = session.schedule.due.unwrap() - now.boottime;
        assert_eq!(SignedDuration::try_from(rest).unwrap(), due.parse::<SignedDuration>().unwrap());
    }
}

#[test]
fn changed_groups_arrive_with_the_renewal_and_are_reported() {
    let mut stage = Stage::renewing();
    let changes = stage.changes;
    let moved =
        Person { groups: ["qa".to_owned()].into(), account: "ada.l@acme.example".to_owned(), ..ada() };
    stage.confirm_as(Person { uid: 4, ..moved.clone() });
    stage.signed_in_as(moved);
    assert_eq!(stage.changes, changes + 1);
}

#[test]
fn what_the_provider_said_last_is_kept_for_the_next_renewal() {
    let mut stage = Stage::renewing();
    let evidence = Evidence { claims: serde_json::Map::new(), id_token: Some(Secret::new("signed")) };
    stage.answer(Answer::Confirmed { person: ada(), evidence: evidence.clone(), said_at: None });
    stage.restart();
    assert_eq!(stage.session.evidence(), Some(&evidence));
}

#[test]
fn a_night_asleep_means_one_renewal_and_no_doubt() {
    let mut stage = Stage::signed_in();
    stage.pass(hours(72));
    assert_eq!(stage.session.state(), State::Renewing { person: ada() });
    stage.answer(no_network());
    stage.in_grace(stage.time, noon() + hours(336), failed(Failure::NoNetwork));
    stage.tell(Input::Woke);
    stage.pass(SignedDuration::from_secs(2));
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn a_request_that_sleep_cut_off_is_given_up_and_tried_again() {
    let mut stage = Stage::renewing();
    stage.pass(hours(10));
    stage.in_grace(stage.time, noon() + hours(336), failed(Failure::NoAnswer));
    stage.pass(minutes(1));
    assert_eq!(stage.asked, Some((2, token(1))));
}

#[test]
fn a_captive_portal_ends_nothing() {
    let mut stage = Stage::renewing();
    stage.fail_for(hours(5), &Failure::Portal);
    stage.in_grace(noon() + hours(9), noon() + hours(336), failed(Failure::Portal));
    stage.tell(Input::Asked);
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn no_name_service_at_boot_keeps_the_person_signed_in_until_there_is_one() {
    let mut stage = Stage::signed_in();
    stage.reboot_after(hours(12));
    let failure = Failure::NameUnknown { host: "login.acme.example".to_owned() };
    stage.fail_for(minutes(20), &failure);
    stage.in_grace(noon() + hours(12), noon() + hours(336), failed(failure.clone()));
    if stage.asked.is_some() {
        stage.answer(Answer::Failed(failure));
    }
    stage.tell(Input::NetworkUp);
    stage.pass(SignedDuration::from_secs(2));
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn a_provider_that_is_down_for_a_day_is_asked_ever_less_and_ends_nothing() {
    let mut stage = Stage::renewing();
    stage.fail_for(hours(24), &Failure::Unavailable { status: 503 });
    let failure = failed(Failure::Unavailable { status: 503 });
    stage.in_grace(noon() + hours(9), noon() + hours(336), failure);
    let asked = stage.session.renewals.0;
    assert!((48..=60).contains(&asked), "{asked} requests in a day");
    stage.tell(Input::Asked);
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn the_end_of_the_grace_stops_images_and_a_late_yes_brings_them_back() {
    let mut stage = Stage::renewing();
    stage.fail_for(hours(327), &Failure::NoNetwork);
    let why = Some(failed(Failure::NoNetwork));
    stage.needed(Needed::OfflineTooLong { account: ada().account, ended: noon() + hours(336), why });
    assert_eq!(
        stage.session.holder(),
        Some(&ada()),
        "it is still renewed for the person who ran out of grace"
    );
    assert_eq!(stage.session.owner(), Some(1000));
    stage.tell(Input::Asked);
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn the_grace_ends_at_its_minute_without_anything_else_happening() {
    let mut stage = Stage::renewing();
    stage.answer(no_network());
    stage.pass(hours(326));
    stage.answer(no_network());
    let (due, why) = loop {
        let next = stage.session.poll_timeout().unwrap();
        if next.1 == "the grace ends" || stage.asked.is_none() {
            break next;
        }
        stage.answer(no_network());
    };
    assert!(due > stage.boottime, "{why}");
    stage.pass(hours(1) - SignedDuration::from_nanos(1));
    assert!(stage.session.state().person().is_some());
    stage.pass(SignedDuration::from_nanos(1));
    assert!(stage.session.state().person().is_none());
}

#[test]
fn a_revoked_token_ends_the_session_at_once() {
    let mut stage = Stage::renewing();
    stage.answer(Answer::InvalidGrant);
    stage.needed(Needed::Revoked { account: ada().account });
    stage.restart();
    stage.needed(Needed::Revoked { account: ada().account });
}

#[test]
fn a_revoked_token_after_a_failure_that_lost_nothing_ends_the_session_at_once() {
    let failures = [
        Failure::NoNetwork,
        Failure::Portal,
        Failure::Unavailable { status: 503 },
        Failure::Busy { retry_after: None },
        Failure::Misconfigured { code: "invalid_client".to_owned() },
    ];
    for failure in failures {
        let mut stage = Stage::renewing();
        stage.answer(Answer::Failed(failure));
        stage.tell(Input::Asked);
        stage.answer(Answer::InvalidGrant);
        stage.needed(Needed::Revoked { account: ada().account });
    }
}

#[test]
fn a_revoked_token_after_a_question_that_was_never_sent_ends_the_session_at_once() {
    for failure in [Failure::NoAnswer, Failure::Unavailable { status: 502 }] {
        let mut stage = Stage::renewing();
        stage.answer(Answer::NotAsked(failure.clone()));
        stage.in_grace(noon() + hours(9), noon() + hours(336), failed(failure));
        stage.tell(Input::Asked);
        stage.answer(Answer::InvalidGrant);
        stage.needed(Needed::Revoked { account: ada().account });
    }
}

#[test]
fn a_question_that_was_never_sent_takes_no_doubt_away() {
    let mut stage = Stage::renewing();
    stage.answer(Answer::Failed(Failure::NoAnswer));
    stage.tell(Input::Asked);
    stage.answer(Answer::NotAsked(Failure::NoAnswer));
    stage.tell(Input::Asked);
    stage.answer(Answer::InvalidGrant);
    stage.in_grace(noon() + hours(9), noon() + hours(336), Hindrance::SignInAgain);
}

/// A provider that renews and never vouches for the person used to keep the session for good.
#[test]
fn a_token_that_is_renewed_without_a_word_about_the_person_makes_the_grace_no_longer() {
    let mut stage = Stage::renewing();
    let failure = Failure::Unusable { problem: "its userinfo endpoint refused the new token".to_owned() };
    stage.receive(token(2));
    stage.answer(Answer::Failed(failure.clone()));
    stage.in_grace(noon() + hours(9), noon() + hours(336), failed(failure));
    stage.tell(Input::Asked);
    assert_eq!(stage.asked, Some((2, token(2))));
}

#[test]
fn a_membership_that_was_taken_away_ends_the_session() {
    let refusal = Refusal::NotMember {
        account: ada().account,
        required: "`groups` to contain `engineering`".to_owned(),
    };
    let mut stage = Stage::renewing();
    stage.receive(token(2));
    stage.answer(Answer::Refused(refusal.clone()));
    assert_eq!((stage.session.state(), stage.session.owner()), (State::from(refusal), None));
    assert_eq!(stage.revoked, [token(2)]);
}

#[test]
fn a_claim_that_is_no_longer_sent_is_named() {
    let mut stage = Stage::renewing();
    stage.answer(Answer::Refused(Refusal::ClaimMissing { claim: "groups".to_owned(), too_many: true }));
    let missing = State::ClaimsMissing { claim: "groups".to_owned(), too_many: true };
    assert_eq!(stage.session.state(), missing);
    stage.restart();
    assert_eq!(stage.session.state(), missing);
}

#[test]
fn another_account_in_the_answer_ends_the_session() {
    let mut stage = Stage::renewing();
    let eve = Person { subject: "u-9".to_owned(), account: "eve@acme.example".to_owned(), ..ada() };
    stage.confirm_as(eve);
    let found = "eve@acme.example".to_owned();
    stage.needed(Needed::AccountChanged { account: ada().account, found });
}

#[test]
fn a_client_that_the_provider_refuses_is_the_organizations_trouble_and_ends_nothing() {
    let mut stage = Stage::renewing();
    let failure = Failure::Misconfigured { code: "invalid_client".to_owned() };
    stage.fail_for(hours(100), &failure);
    stage.in_grace(noon() + hours(9), noon() + hours(336), failed(failure));
}

#[test]
fn a_crash_between_receiving_and_storing_a_token_asks_for_a_sign_in_and_denies_nothing() {
    let mut stage = Stage::renewing();
    stage.restart();
    assert_eq!(stage.asked, Some((1, token(1))), "only the old token is known");
    stage.answer(Answer::InvalidGrant);
    stage.in_grace(noon() + hours(9), noon() + hours(336), Hindrance::SignInAgain);
    stage.tell(Input::Asked);
    stage.restart();
    stage.pass(hours(100));
    assert_eq!(stage.asked, None, "a dead token is not sent again");
    stage.in_grace(noon() + hours(9), noon() + hours(336), Hindrance::SignInAgain);
    stage.pass(hours(300));
    let why = Some(Hindrance::SignInAgain);
    stage.needed(Needed::OfflineTooLong { account: ada().account, ended: noon() + hours(336), why });
}

#[test]
fn a_crash_after_a_token_was_stored_renews_with_that_one() {
    let mut stage = Stage::renewing();
    stage.receive(token(2));
    stage.restart();
    assert_eq!(stage.asked, Some((1, token(2))));
    stage.answer(Answer::InvalidGrant);
    stage.needed(Needed::Revoked { account: ada().account });
}

#[test]
fn an_answer_that_got_lost_is_still_in_doubt_after_a_failure_that_lost_nothing() {
    let mut stage = Stage::renewing();
    stage.answer(Answer::Failed(Failure::NoAnswer));
    stage.tell(Input::Asked);
    stage.answer(no_network());
    stage.restart();
    stage.answer(no_network());
    stage.tell(Input::Asked);
    stage.answer(Answer::InvalidGrant);
    stage.in_grace(noon() + hours(9), noon() + hours(336), Hindrance::SignInAgain);
}

#[test]
fn a_login_of_docker_hub_is_never_exchanged_so_no_lost_answer_excuses_it() {
    let mut stage = Stage::empty();
    stage.tell(Input::SignedIn {
        person: ada(),
        credential: Some(Credential::HubReuse { uid: 1000 }),
        evidence: Evidence::default(),
        said_at: Some(noon()),
    });
    stage.pass(hours(9));
    stage.answer(Answer::Failed(Failure::NoAnswer));
    stage.tell(Input::Asked);
    stage.answer(Answer::InvalidGrant);
    stage.needed(Needed::Revoked { account: ada().account });
}

#[test]
fn two_renewals_at_once_are_one() {
    let mut stage = Stage::renewing();
    let first = stage.asked.take();
    for input in [Input::Asked, Input::NetworkUp, Input::Woke, Input::Tick, Input::Asked] {
        stage.tell(input);
        assert_eq!(stage.asked, None);
    }
    stage.asked = first;
    stage.receive(token(2));
    stage.confirm();
    stage.signed_in_as(ada());
}

#[test]
fn an_answer_that_comes_twice_counts_once() {
    let mut stage = Stage::renewing();
    stage.receive(token(2));
    stage.confirm();
    stage.tell(Input::RenewalEnded { renewal: 1, answer: Answer::InvalidGrant });
    stage.signed_in_as(ada());
}

#[test]
fn a_token_that_comes_after_its_renewal_was_given_up_is_not_lost() {
    let mut stage = Stage::renewing();
    stage.pass(minutes(5));
    stage.tell(Input::Received { renewal: 1, credential: token(2) });
    stage.pass(minutes(1));
    assert_eq!(stage.asked, Some((2, token(2))));
    stage.answer(Answer::InvalidGrant);
    stage.needed(Needed::Revoked { account: ada().account });
}

#[test]
fn a_token_that_could_not_be_verified_is_kept_all_the_same() {
    let mut stage = Stage::renewing();
    stage.receive(token(2));
    stage.answer(Answer::Failed(Failure::NoAnswer));
    stage.tell(Input::Asked);
    assert_eq!(stage.asked, Some((2, token(2))));
    stage.answer(Answer::InvalidGrant);
    stage.needed(Needed::Revoked { account: ada().account });
}

#[test]
fn a_busy_provider_is_left_alone_as_long_as_it_asks_but_not_for_days() {
    for (asked, rest) in [(10, 10), (60 * 24 * 30, 60)] {
        let mut stage = Stage::renewing();
        stage.answer(Answer::Failed(Failure::Busy { retry_after: Some(minutes(asked)) }));
        stage.tell(Input::NetworkUp);
        stage.pass(minutes(rest) - SignedDuration::from_secs(1));
        assert_eq!(stage.asked, None);
        stage.pass(SignedDuration::from_secs(1));
        assert_eq!(stage.asked, Some((2, token(1))));
    }
}

#[test]
fn a_network_that_comes_and_goes_is_not_a_request_a_second() {
    let mut stage = Stage::renewing();
    stage.answer(no_network());
    let before = stage.session.renewals.0;
    for _ in 0..10 {
        stage.tell(Input::NetworkUp);
    }
    assert_eq!(stage.session.renewals.0, before);
    stage.pass(SignedDuration::from_secs(2));
    assert_eq!(stage.session.renewals.0, before + 1);
}
