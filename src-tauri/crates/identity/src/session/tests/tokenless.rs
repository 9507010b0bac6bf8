use super::stage::*;
use crate::session::*;

#[test]
fn a_session_without_a_refresh_token_says_so_from_half_of_its_grace_on() {
    let mut stage = Stage::without_token();
    let changes = stage.changes;
    stage.pass(hours(168) - SignedDuration::from_nanos(1));
    stage.signed_in_as(ada());
    let (due, why) = stage.session.poll_timeout().unwrap();
    assert_eq!(
        (due - stage.boottime, why),
        (std::time::Duration::from_nanos(1), "say that it cannot be renewed")
    );
    stage.pass(SignedDuration::from_nanos(1));
    stage.in_grace(noon() + hours(168), noon() + hours(336), Hindrance::NoRefreshToken);
    assert_eq!(stage.changes, changes + 1);
    stage.restart();
    stage.in_grace(noon() + hours(168), noon() + hours(336), Hindrance::NoRefreshToken);
}

#[test]
fn a_session_without_a_refresh_token_asks_nobody_and_ends_with_its_reason() {
    let mut stage = Stage::without_token();
    for input in [Input::Asked, Input::NetworkUp, Input::Terms(stage.terms)] {
        stage.tell(input);
        stage.pass(hours(112));
        assert_eq!(stage.asked, None);
    }
    let why = Some(Hindrance::NoRefreshToken);
    stage.needed(Needed::OfflineTooLong { account: ada().account, ended: noon() + hours(336), why });
}

#[test]
fn a_new_sign_in_with_a_refresh_token_is_renewed_again() {
    let mut stage = Stage::without_token();
    stage.pass(hours(200));
    stage.sign_in(ada());
    stage.signed_in_as(ada());
    stage.pass(hours(9));
    assert_eq!(stage.asked, Some((1, token(1))));
}
