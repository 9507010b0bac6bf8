//! The sign-in with a code: shown in the terminal, entered in any browser, ended with the command.

use acceptance::browser::Browser;
use acceptance::internet::ADA_PASSWORD;
use acceptance::laptop::{Laptop, Person};
use acceptance::pull::Flavor;

use super::attempt::Attempt;
use super::desk::{IMAGE, desk, snapshot};

#[test]
fn a_code_that_is_entered_in_any_browser_signs_in() {
    let desk = desk();
    let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--device");
    snapshot("device_terminal", &attempt.text());
    let browser = Browser::open(&desk.laptop);
    browser.go(&attempt.page());
    browser.type_into("input[name=user_code]", &attempt.code());
    browser.click("#continue");
    browser.click("#continue");
    browser.type_into("#user", "ada");
    browser.type_into("#password", ADA_PASSWORD);
    browser.click("#sign-in");
    browser.wait_for_text("h1", "Device connected");
    let ended = attempt.end();
    assert_eq!(ended.code, 0, "{}", ended.text);
    desk.arrives(Flavor::DockerPull, IMAGE);
}

#[test]
fn the_code_is_drawn_for_a_camera_only_where_a_person_sees_it() {
    let desk = desk();
    let piped = Attempt::begin(&desk.laptop, Person::Ada, "--device");
    assert!(!piped.text().contains('█'), "{}", piped.text());
    piped.interrupt("TERM");
    let seen =
        "timeout --signal INT 5 script --quiet --return --command 'pullgate sign-in --device' /dev/null";
    let seen = desk.ada(seen).stdout;
    assert!(seen.contains("or scan this") && seen.contains('█'), "{seen}");
}

#[test]
fn a_command_that_is_gone_leaves_nothing_waiting() {
    let desk = desk();
    let quiet = doors(&desk.laptop);
    for signal in ["TERM", "KILL"] {
        let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
        assert!(doors(&desk.laptop) > quiet);
        assert_ne!(attempt.interrupt(signal).code, 0);
        desk.laptop.wait_for("the way back is closed", |_| doors(&desk.laptop) == quiet);
        let attempt = Attempt::begin(&desk.laptop, Person::Ada, "--device");
        assert_ne!(attempt.interrupt(signal).code, 0);
    }
    let pressed = "timeout --foreground --signal INT 3 pullgate sign-in --no-browser";
    let pressed = desk.ada(&format!("script --quiet --return --command '{pressed}' /dev/null"));
    assert!(pressed.code != 0 && pressed.stdout.contains("Waiting for you"), "{pressed:?}");
    desk.laptop.wait_for("the way back is closed", |_| doors(&desk.laptop) == quiet);
    assert_eq!(desk.session()["state"], "needed");
}

/// How many ports the service listens on.
fn doors(laptop: &Laptop) -> usize {
    let all = laptop.must("ss --listening --tcp --numeric --processes").stdout;
    all.lines().filter(|line| line.contains("\"pullgate\"")).count()
}

#[test]
fn of_two_sign_ins_at_once_each_ends_with_its_own_page() {
    let desk = desk();
    let first = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    let second = Attempt::begin(&desk.laptop, Person::Ada, "--no-browser");
    assert_eq!(second.visit("ada"), "You are signed in to Acme.\nYou can close this window.");
    assert_eq!(second.end().code, 0);
    assert_eq!(first.visit("ada"), "You are signed in to Acme.\nYou can close this window.");
    assert_eq!(first.end().code, 0);
    assert_eq!(desk.session()["account"], "ada");
}
