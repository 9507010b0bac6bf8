//! The browser flow, in a real browser: denied before, allowed after, denied again.

use acceptance::browser::Browser;
use acceptance::internet::{ADA_PASSWORD, BOB_PASSWORD};
use acceptance::laptop::Person;
use acceptance::pull::Flavor;
use serde_json::json;

use super::attempt::Attempt;
use super::desk::{Desk, IMAGE, desk, snapshot};

#[test]
fn images_stop_until_somebody_signs_in_and_again_after_they_sign_out() {
    let desk = desk();
    let denied = desk.stops(Flavor::DockerPull, IMAGE);
    snapshot("denied_docker", &denied.to_string());
    snapshot("denied_podman", &desk.stops(Flavor::Podman, IMAGE).to_string());
    let explained = desk.ada(&format!("pullgate explain {IMAGE}"));
    assert_eq!(explained.code, 4, "{}", explained.terminal);
    snapshot("denied_explain", &explained.stdout);
    snapshot("denied_status", &desk.ada("pullgate status").terminal);

    let engine = desk.laptop.must("systemctl show --property MainPID docker.service").stdout;
    let browser = Browser::open(&desk.laptop);
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    browser.go(&attempt.page());
    type_in(&browser, "ada", ADA_PASSWORD);
    browser.wait_for_text("h1", "You are signed in to Acme.");
    look(&desk, &browser, "signed-in");
    let ended = attempt.end();
    assert_eq!(ended.code, 0, "{}", ended.text);
    snapshot("signed_in_terminal", &ended.text);
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        desk.arrives(flavor, IMAGE);
    }
    snapshot("signed_in_status", &desk.ada("pullgate status").terminal);
    assert_eq!(
        desk.session(),
        json!({ "state": "signedIn", "account": "ada", "uid": 1000, "groups": ["engineering", "qa"] })
    );
    assert_eq!(desk.refresh_tokens("ada"), 1);
    let browsers = desk.laptop.provider().account("ada").sessions;

    let out = desk.ada("pullgate sign-out");
    assert_eq!(out.code, 0, "{}", out.terminal);
    snapshot("signed_out", &out.terminal);
    desk.stops(Flavor::DockerPull, IMAGE);
    desk.laptop.wait_for("the token is revoked", |_| desk.refresh_tokens("ada") == 0);
    assert_eq!(desk.laptop.must("systemctl show --property MainPID docker.service").stdout, engine);

    let page = out.stdout.split_whitespace().find(|word| word.starts_with("https://"));
    browser.go(page.expect("there is a page to sign out at"));
    browser.click("#sign-out");
    browser.wait_for_text("h1", "Signed out");
    assert_eq!(desk.laptop.provider().account("ada").sessions, browsers - 1);
}

#[test]
fn whoever_comes_with_a_wrong_account_is_told_so_and_asked_who_they_are_the_next_time() {
    let desk = desk();
    let browser = Browser::open(&desk.laptop);
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    browser.go(&attempt.page());
    type_in(&browser, "bob", BOB_PASSWORD);
    browser.wait_for_text("h1", "You are not signed in to Acme.");
    look(&desk, &browser, "wrong-account");
    snapshot("wrong_account_page", &browser.text("main"));
    assert_eq!(attempt.end().code, 1);
    desk.laptop.wait_for("the token is revoked", |_| desk.refresh_tokens("bob") == 0);

    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    browser.go(&attempt.page());
    type_in(&browser, "ada", ADA_PASSWORD);
    browser.wait_for_text("h1", "You are signed in to Acme.");
    assert_eq!(attempt.end().code, 0);
}

#[test]
fn a_person_who_declines_and_a_page_of_an_earlier_try_are_told_what_they_are() {
    let desk = desk();
    let browser = Browser::open(&desk.laptop);
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    let page = attempt.page();
    let back =
        page.split_once("redirect_uri=http%3A%2F%2F127.0.0.1%3A").and_then(|(_, rest)| rest.split_once('%'));
    let port = back.expect("there is a way back").0;
    browser.go(&format!(
        "http://127.0.0.1:{port}/callback?state=stale&code=stolen&iss=https%3A%2F%2Flogin.acme.example"
    ));
    browser.wait_for_text("h1", "This page belongs to another sign-in.");
    look(&desk, &browser, "stale");
    browser.go(&page);
    browser.click("#cancel");
    browser.wait_for_text("h1", "You are not signed in to Acme.");
    look(&desk, &browser, "declined");
    snapshot("declined_page", &browser.text("main"));
    let ended = attempt.end();
    assert_eq!(ended.code, 1);
    snapshot("declined_terminal", &ended.text);
    assert_eq!(desk.session()["why"], json!({ "kind": "never" }));
}

fn type_in(browser: &Browser<'_>, user: &str, password: &str) {
    browser.type_into("#user", user);
    browser.type_into("#password", password);
    browser.click("#sign-in");
}

/// Keeps a picture for people, where a folder for them is named.
fn look(desk: &Desk, browser: &Browser<'_>, name: &str) {
    let picture = desk.laptop.lab().join(format!("{name}.png"));
    browser.screenshot(&picture);
    let bytes = std::fs::read(&picture).expect("the picture was written");
    assert!(bytes.starts_with(b"\x89PNG\r\n"), "{name} is no picture");
    if let Some(folder) = std::env::var_os("PULLGATE_PICTURES") {
        let _ = std::fs::copy(&picture, std::path::Path::new(&folder).join(format!("{name}.png")));
    }
}
