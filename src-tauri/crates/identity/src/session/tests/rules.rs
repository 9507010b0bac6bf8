use super::stage::*;
use crate::session::*;

fn moved() -> Person {
    Person { groups: ["qa".to_owned()].into(), account: "ada.l@acme.example".to_owned(), ..ada() }
}

fn refusal() -> Refusal {
    Refusal::NotMember { account: ada().account, required: "`groups` to contain `staff`".to_owned() }
}

#[test]
fn a_new_rule_moves_the_groups_at_once_and_asks_nobody() {
    let mut stage = Stage::signed_in();
    stage.pass(hours(1));
    let changes = stage.changes;
    stage.tell(Input::Rejudged(Ok(Person { uid: 4, ..moved() })));
    stage.signed_in_as(moved());
    assert_eq!((stage.changes, stage.asked.clone()), (changes + 1, None));
    assert_eq!((stage.session.confirmed(), stage.session.credential()), (Some(noon()), Some(&token(1))));
    stage.restart();
    stage.signed_in_as(moved());
}

#[test]
fn a_new_rule_that_does_not_fit_ends_the_session_at_once() {
    let mut stage = Stage::signed_in();
    stage.tell(Input::Rejudged(Err(refusal())));
    assert_eq!((stage.session.state(), stage.session.owner()), (State::from(refusal()), None));
    assert_eq!(stage.revoked, [token(1)]);
    stage.restart();
    assert_eq!(stage.session.state(), State::from(refusal()));
}

#[test]
fn a_new_rule_makes_a_grace_no_longer() {
    let mut stage = Stage::renewing();
    stage.answer(no_network());
    let why = Hindrance::Failed { failure: Failure::NoNetwork };
    stage.pass(minutes(30));
    stage.answer(no_network());
    stage.tell(Input::Rejudged(Ok(ada())));
    stage.in_grace(noon() + hours(9), noon() + hours(336), why);
}

#[test]
fn a_token_on_its_way_while_a_new_rule_ends_the_session_is_given_back() {
    let mut stage = Stage::renewing();
    stage.tell(Input::Rejudged(Err(refusal())));
    stage.receive(token(2));
    assert_eq!(stage.revoked, [token(1), token(2)]);
    stage.confirm();
    assert_eq!(stage.session.state(), State::from(refusal()));
}

#[test]
fn a_renewal_on_its_way_goes_on_under_a_new_rule() {
    let mut stage = Stage::renewing();
    stage.tell(Input::Rejudged(Ok(moved())));
    assert_eq!(stage.session.state(), State::Renewing { person: moved() });
    stage.receive(token(2));
    stage.confirm_as(moved());
    stage.signed_in_as(moved());
}

#[test]
fn a_new_rule_brings_back_no_session_that_has_ended_and_no_other_person() {
    let mut stage = Stage::signed_in();
    let eve = Person { subject: "u-9".to_owned(), ..ada() };
    stage.tell(Input::Rejudged(Ok(eve)));
    stage.signed_in_as(ada());
    stage.tell(Input::SignedOut);
    for judged in [Ok(ada()), Err(refusal())] {
        stage.tell(Input::Rejudged(judged));
        stage.needed(Needed::SignedOut);
    }
}
