use super::stage::*;
use crate::session::*;

#[test]
fn a_new_machine_has_nobody_and_waits_for_nothing() {
    let stage = Stage::empty();
    stage.needed(Needed::Never);
    assert_eq!(
        (stage.session.poll_timeout(), stage.session.owner(), stage.session.confirmed()),
        (None, None, None)
    );
}

#[test]
fn signing_in_is_kept_and_reported() {
    let stage = Stage::signed_in();
    stage.signed_in_as(ada());
    assert_eq!((stage.changes, stage.session.owner()), (1, Some(1000)));
    assert_eq!(stage.session.confirmed(), Some(noon()));
    assert!(stage.disk.is_some());
}

#[test]
fn signing_out_is_remembered_and_reported_to_the_provider() {
    let mut stage = Stage::signed_in();
    stage.tell(Input::SignedOut);
    stage.needed(Needed::SignedOut);
    assert_eq!((stage.revoked.as_slice(), stage.session.poll_timeout()), ([token(1)].as_slice(), None));
    stage.restart();
    stage.needed(Needed::SignedOut);
    assert!(
        !serde_json::to_string(&stage.disk).unwrap().contains("refresh-"),
        "no secret outlives the session"
    );
}

#[test]
fn another_account_replaces_the_session_and_the_first_is_given_up() {
    let mut stage = Stage::signed_in();
    let grace = Person { uid: 1001, subject: "u-2".to_owned(), ..ada() };
    stage.tell(Input::SignedIn {
        person: grace.clone(),
        credential: Some(token(9)),
        evidence: Evidence::default(),
        said_at: Some(stage.time),
    });
    stage.signed_in_as(grace);
    assert_eq!((stage.session.owner(), stage.revoked), (Some(1001), vec![token(1)]));
}

/// Google ends all tokens of an account when one is revoked.
#[test]
fn signing_in_again_with_the_same_account_revokes_nothing() {
    let mut stage = Stage::signed_in();
    stage.tell(Input::SignedIn {
        person: ada(),
        credential: Some(token(2)),
        evidence: Evidence::default(),
        said_at: Some(stage.time),
    });
    assert_eq!(stage.revoked, []);
}

#[test]
fn a_refused_sign_in_keeps_a_session_that_is_there() {
    let refusal = Refusal::NotMember { account: "ada@home.example".to_owned(), required: "`hd`".to_owned() };
    let mut stage = Stage::signed_in();
    stage.tell(Input::SignInRefused(refusal.clone()));
    stage.signed_in_as(ada());
    let mut stage = Stage::empty();
    stage.tell(Input::SignInRefused(refusal.clone()));
    assert_eq!(stage.session.state(), State::from(refusal));
}

#[test]
fn an_answer_for_the_session_before_says_nothing_about_this_one() {
    let mut stage = Stage::renewing();
    let (renewal, _) = stage.asked.clone().unwrap();
    stage.tell(Input::SignedIn {
        person: ada(),
        credential: Some(token(5)),
        evidence: Evidence::default(),
        said_at: Some(stage.time),
    });
    stage.tell(Input::Received { renewal, credential: token(2) });
    stage.tell(Input::RenewalEnded { renewal, answer: Answer::InvalidGrant });
    stage.signed_in_as(ada());
    stage.tell(Input::Asked);
    assert_eq!(stage.asked, Some((2, token(5))));
}

#[test]
fn a_token_that_arrives_after_the_sign_out_is_given_back() {
    let mut stage = Stage::renewing();
    stage.tell(Input::SignedOut);
    stage.receive(token(2));
    assert_eq!(stage.revoked, [token(1), token(2)]);
    stage.needed(Needed::SignedOut);
}

#[test]
fn a_shorter_grace_applies_at_once_and_a_longer_one_from_the_next_yes() {
    let mut stage = Stage::renewing();
    stage.answer(no_network());
    let until = |stage: &Stage| {
        let State::OfflineGrace { until, .. } = stage.session.state() else { panic!("it is in its grace") };
        until.duration_since(noon())
    };
    assert_eq!(until(&stage), hours(336));
    let terms = |grace| Input::Terms(Terms { grace: hours(grace), ..Terms::default() });
    stage.tell(terms(48));
    assert_eq!(until(&stage), hours(48));
    stage.tell(terms(1000));
    assert_eq!(until(&stage), hours(336));
    stage.tell(Input::Asked);
    stage.confirm();
    let confirmed = stage.time;
    stage.tell(Input::Asked);
    stage.answer(no_network());
    stage.in_grace(stage.time, confirmed + hours(1000), Hindrance::Failed { failure: Failure::NoNetwork });
    stage.tell(terms(1));
    stage.pass(hours(1));
    assert!(stage.session.state().person().is_none());
}

#[test]
fn the_provider_is_asked_well_before_a_short_grace_ends() {
    let mut stage = Stage::signed_in();
    stage.tell(Input::Terms(Terms { grace: SignedDuration::ZERO, recheck: hours(8) }));
    stage.pass(minutes(34));
    assert_eq!(stage.asked, Some((1, token(1))));
    assert!(stage.session.state().person().is_some());
}

#[test]
fn a_token_of_another_provider_is_never_sent_to_this_one() {
    let mut stage = Stage::renewing();
    let found = Found::Record(Box::new(stage.disk.clone().unwrap()));
    stage.session = Session::begin(found, "https://other.example", stage.terms, stage.now());
    stage.asked = None;
    stage.tell(Input::Asked);
    stage.needed(Needed::ProviderChanged);
    assert_eq!(stage.asked, None);
}

#[test]
fn a_session_that_cannot_be_read_needs_a_new_sign_in() {
    let mut stage = Stage::empty();
    stage.session = Session::begin(Found::Unreadable, ISSUER, stage.terms, stage.now());
    stage.needed(Needed::Unreadable);
    stage.sign_in(ada());
    stage.signed_in_as(ada());
}

#[test]
fn only_its_owner_and_administrators_may_replace_a_session() {
    let cases = [(None, 1, false), (Some(1), 1, false), (Some(1), 2, true), (Some(1), 2, false)];
    assert_eq!(
        cases.map(|(owner, uid, administrator)| may_replace(owner, uid, administrator)),
        [true, true, true, false]
    );
}

/// Only a due time that the terms had set may move with them.
#[test]
fn terms_right_after_the_start_do_not_put_off_what_became_of_a_token_on_its_way() {
    let mut stage = Stage::renewing();
    let found = Found::Record(Box::new(stage.disk.clone().unwrap()));
    stage.session = Session::begin(found, ISSUER, stage.terms, stage.now());
    (stage.asked, stage.flying_since) = (None, None);
    stage.tell(Input::Terms(stage.terms));
    assert_eq!(stage.asked, Some((1, token(1))));
}

#[test]
fn terms_during_a_failure_do_not_put_off_the_next_attempt() {
    let mut stage = Stage::renewing();
    stage.answer(no_network());
    stage.tell(Input::Terms(stage.terms));
    stage.pass(minutes(1));
    assert_eq!(stage.asked, Some((2, token(1))));
}

#[test]
fn a_refused_sign_in_keeps_a_session_that_cannot_be_read_where_it_is() {
    let mut stage = Stage::empty();
    stage.session = Session::begin(Found::Unreadable, ISSUER, stage.terms, stage.now());
    stage.tell(Input::SignInRefused(Refusal::ClaimMissing { claim: "groups".to_owned(), too_many: false }));
    stage.needed(Needed::Unreadable);
    assert_eq!(stage.disk, None);
}

#[test]
fn a_refusal_that_an_earlier_version_knew_is_read() {
    let kept = r#"{"kind":"unresolved","organizations":["acme"]}"#;
    let refusal: Refusal = serde_json::from_str(kept).unwrap();
    assert_eq!(refusal, Refusal::ClaimMissing { claim: String::new(), too_many: false });
}
