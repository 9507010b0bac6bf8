//! Docker Hub as the provider: an access token that was given, or the login that a person has anyway.

use acceptance::internet::Manner;
use acceptance::laptop::Person;
use acceptance::pull::Flavor;

use super::desk::{Desk, IMAGE, snapshot};

#[test]
fn people_sign_in_with_their_docker_account() {
    let mut desk = Desk::new("provider = \"docker-hub\"");
    choices(&desk);
    a_given_token_signs_in(&desk);
    a_docker_login_signs_in(&desk);
    a_page_in_between_ends_no_session(&mut desk);
    another_organizations_account_is_refused(&desk);
}

fn choices(desk: &Desk) {
    let mut text = String::new();
    for arguments in ["--no-browser", "--device", "--docker-login", "--docker-hub ada < /dev/null"] {
        let output = desk.ada(&format!("pullgate sign-in {arguments}"));
        assert_ne!(output.code, 0, "{}", output.terminal);
        text += &format!("$ pullgate sign-in {arguments}\n{}", output.terminal);
    }
    let wrong = desk.ada("pullgate sign-in --docker-hub ada <<< guessed");
    text += &format!("$ pullgate sign-in --docker-hub ada\n{}", wrong.terminal);
    snapshot("hub_choices", &text);
}

fn a_given_token_signs_in(desk: &Desk) {
    desk.stops(Flavor::DockerPull, IMAGE);
    let output = desk.ada("pullgate sign-in --docker-hub ada <<< ada-secret");
    assert_eq!((output.code, output.stdout.as_str()), (0, "You are signed in to Acme as `ada`.\n"));
    desk.arrives(Flavor::DockerPull, IMAGE);
    assert_eq!(desk.session()["groups"], serde_json::json!(["qa"]));
    let out = desk.ada("pullgate sign-out").terminal;
    assert!(!out.contains("https://"), "{out}");
    desk.stops(Flavor::DockerPull, IMAGE);
}

fn a_docker_login_signs_in(desk: &Desk) {
    let login = desk.ada("docker login -u ada --password-stdin <<< ada-secret");
    assert!(login.terminal.contains("Login Succeeded"), "{}", login.terminal);
    let output = desk.ada("pullgate sign-in --docker-login");
    assert_eq!(output.code, 0, "{}", output.terminal);
    desk.arrives(Flavor::DockerPull, IMAGE);
    let record = desk.laptop.must("cat /var/lib/pullgate/session*; true").stdout;
    assert!(!record.contains("ada-secret"), "{record}");
}

fn a_page_in_between_ends_no_session(desk: &mut Desk) {
    desk.laptop.internet().behave("hub.docker.com", Manner::page(403));
    desk.later(9);
    snapshot("hub_away", &desk.told("sign-in-offline"));
    desk.arrives(Flavor::DockerPull, IMAGE);
    desk.come_back();
    desk.touch_network();
    desk.wait_for_state("signedIn");
    desk.laptop.must("pullgate sign-out");
}

fn another_organizations_account_is_refused(desk: &Desk) {
    let output = desk.laptop.run_as(Person::Bob, "pullgate sign-in --docker-hub bob <<< bob-secret");
    assert_eq!(output.code, 1);
    snapshot("hub_wrong_organization", &output.terminal);
    desk.stops(Flavor::DockerPull, IMAGE);
}
