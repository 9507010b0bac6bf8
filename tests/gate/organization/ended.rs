//! What a provider says when asked again: members stay, former members stop, and a lost answer is nobody's verdict.

use acceptance::internet::Manner;
use acceptance::laptop::Person;
use acceptance::provider::{OldKeys, TOKEN_ENDPOINT};
use acceptance::pull::Flavor;

use super::desk::{IMAGE, desk, snapshot};

#[test]
fn whoever_left_the_group_stops_at_the_next_question() {
    let mut desk = desk();
    desk.ada_signs_in();
    desk.laptop.provider().regroup("ada", Some(&["qa"]));
    desk.later(9);
    desk.wait_for_state("needed");
    snapshot("left_group", &desk.told("sign-in-needed"));
    desk.stops(Flavor::DockerPull, IMAGE);
    desk.laptop.wait_for("the token is revoked", |_| desk.refresh_tokens("ada") == 0);
}

#[test]
fn a_session_that_the_provider_ended_is_over() {
    let mut desk = desk();
    desk.ada_signs_in();
    assert_eq!(desk.laptop.provider().revoke("ada"), 1);
    desk.later(9);
    desk.wait_for_state("needed");
    snapshot("revoked", &desk.told("sign-in-needed"));
    snapshot("revoked_docker", &desk.stops(Flavor::DockerPull, IMAGE).to_string());
}

#[test]
fn whoever_left_the_organization_is_signed_out_at_the_next_question() {
    let mut desk = desk();
    let provider = desk.laptop.provider();
    provider.regroup("eve", Some(&["engineering"]));
    assert_eq!(desk.sign_in(Person::Ada, "eve").code, 0);
    desk.arrives(Flavor::DockerPull, IMAGE);
    provider.dismiss("eve");
    desk.later(9);
    desk.wait_for_state("needed");
    let told = desk.told("sign-in-needed");
    assert!(told.starts_with("`eve` was signed out by the identity provider of Acme."), "{told}");
    desk.stops(Flavor::DockerPull, IMAGE);
    desk.laptop.must("systemctl restart identity-provider.service");
    desk.laptop.wait_for("the provider knows everybody again", |laptop| laptop.provider().is_ready());
}

#[test]
fn other_signing_keys_change_nothing() {
    let mut desk = desk();
    desk.ada_signs_in();
    for old in [OldKeys::Published, OldKeys::Gone] {
        let before = desk.token_requests();
        desk.laptop.provider().rotate_keys(old);
        desk.later(9);
        desk.laptop.wait_for("the provider was asked", |_| desk.token_requests() > before);
        desk.wait_for_state("signedIn");
        assert_eq!(desk.refresh_tokens("ada"), 1, "{old:?}");
    }
}

#[test]
fn an_answer_that_got_lost_leaves_the_grace_and_asks_for_a_sign_in() {
    let mut desk = desk();
    desk.ada_signs_in();
    desk.laptop.internet().behave(TOKEN_ENDPOINT, Manner::CutsBlobs { after: 0 });
    desk.later(9);
    desk.wait_for_state("offlineGrace");
    desk.come_back();
    desk.later(0);
    desk.laptop
        .wait_for("it asks for a sign-in", |_| desk.told("sign-in-offline").contains("pullgate sign-in"));
    snapshot("answer_lost", &desk.told("sign-in-offline"));
    desk.arrives(Flavor::DockerPull, IMAGE);
    let asked = desk.token_requests();
    desk.later(10);
    desk.touch_network();
    desk.wait_for_state("offlineGrace");
    desk.arrives(Flavor::DockerPull, IMAGE);
    assert_eq!(desk.token_requests(), asked, "a token that is used up is not used again");
    desk.ada_signs_in();
    assert_eq!(desk.session()["state"], "signedIn");
}
