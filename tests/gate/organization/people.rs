//! Who does not belong, and who may end whose session.

use acceptance::laptop::Person;
use acceptance::pull::Flavor;

use super::attempt::Attempt;
use super::desk::{IMAGE, desk, snapshot};

#[test]
fn an_account_of_another_department_is_told_what_is_required() {
    let desk = desk();
    let ended = desk.sign_in(Person::Ada, "bob");
    assert_eq!(ended.code, 1);
    snapshot("wrong_organization_terminal", &ended.text);
    snapshot("wrong_organization_docker", &desk.stops(Flavor::DockerPull, IMAGE).to_string());
    snapshot("wrong_organization_explain", &desk.ada(&format!("pullgate explain {IMAGE}")).stdout);
    snapshot("wrong_organization_status", &desk.ada("pullgate status").stdout);
}

#[test]
fn an_account_without_the_claim_is_told_which_one_is_missing() {
    let desk = desk();
    let ended = desk.sign_in(Person::Ada, "eve");
    assert_eq!(ended.code, 1);
    snapshot("claim_missing_terminal", &ended.text);
    snapshot("claim_missing_docker", &desk.stops(Flavor::DockerPull, IMAGE).to_string());
    snapshot("claim_missing_status", &desk.ada("pullgate status").stdout);
}

#[test]
fn a_wrong_account_does_not_end_the_session_that_is_there() {
    let desk = desk();
    desk.ada_signs_in();
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    let page = attempt.visit("bob");
    assert!(page.starts_with("You are not signed in to Acme.\nThe account `bob` is not in Acme"), "{page}");
    assert_eq!(attempt.end().code, 1);
    desk.arrives(Flavor::DockerPull, IMAGE);
}

#[test]
fn another_person_can_neither_replace_nor_end_the_session_and_an_administrator_can() {
    let desk = desk();
    desk.ada_signs_in();
    let attempt = Attempt::begin(&desk.laptop, Person::Bob, "--no-browser").end();
    assert_eq!(attempt.code, 1);
    let out = desk.laptop.run_as(Person::Bob, "pullgate sign-out");
    assert_eq!(out.code, 1);
    snapshot(
        "others_session",
        &format!("$ pullgate sign-in\n{}$ pullgate sign-out\n{}", attempt.text, out.terminal),
    );
    assert_eq!(desk.session()["account"], "ada");
    let out = desk.laptop.must("pullgate sign-out");
    assert!(
        out.stdout.starts_with("The session of `ada` with Acme has ended on this machine"),
        "{}",
        out.stdout
    );
    assert_eq!(desk.session()["state"], "needed");
}

#[test]
fn whoever_was_faster_keeps_the_session() {
    let desk = desk();
    let bobs = Attempt::begin(&desk.laptop, Person::Bob, "--no-browser");
    desk.ada_signs_in();
    let page = bobs.visit("ada");
    snapshot("slower_page", &page);
    let ended = bobs.end();
    assert_eq!(ended.code, 1, "{}", ended.text);
    assert_eq!(desk.session()["uid"], 1000);
}
