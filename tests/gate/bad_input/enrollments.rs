//! Enrollments that cannot be believed: nothing is let through on a guess.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use super::flaws::{each, good_again, put};
use crate::network::lab::{arrived, condition, masked, restart, status};

const PLACE: &str = "/etc/pullgate/enrollment.toml";
const CODE: &str = "enrollment-unusable";
const POLICY: &str = "[policy]\nurl = \"file:///etc/pullgate/policy/\"\nkeys = []\n";

#[test]
fn a_bad_enrollment_stops_every_image_and_the_sentence_names_its_place() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let good = laptop.read_file(PLACE).expect("the laptop is enrolled");
    let mut text = String::new();
    let mut stopped = |name: &str| {
        let mut said = None;
        laptop.wait_for(&format!("`{name}` is refused"), |laptop| {
            said = condition(laptop, CODE);
            said.is_some()
        });
        let said = said.unwrap_or_default();
        assert!(said.contains(PLACE), "{name}: {said}");
        nothing_passes(&laptop, name);
        writeln!(text, "{name}\n  {said}").expect("memory does not fail");
    };
    for (name, content) in documents() {
        put(&laptop, PLACE, &content);
        stopped(name);
        let offered = format!("/root/{}.toml", name.replace(' ', "-"));
        laptop.write_file(&offered, &content);
        put(&laptop, PLACE, &good);
        good_again(&laptop, CODE);
        let output = laptop.run(&format!("pullgate enroll {offered}"));
        assert_eq!((output.code, laptop.read_file(PLACE).as_ref()), (1, Some(&good)), "{}", output.terminal);
        assert!(output.terminal.contains(&offered), "{name}: {}", output.terminal);
    }
    each(&laptop, PLACE, &good, CODE, |name| {
        if name != "gone" {
            stopped(name)
        }
    });
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("bad_enrollments", text);
    });
    at_the_start_too(&laptop, &good);
}

fn at_the_start_too(laptop: &Laptop, good: &str) {
    put(laptop, PLACE, "organization = ");
    restart(laptop);
    nothing_passes(laptop, "at the start");
    let outcome = Flavor::SkopeoCopy.attempt(laptop, "docker.io/library/official:1");
    assert!(outcome.code != 0 && outcome.asked.is_nothing(), "{outcome}");
    let shown = laptop.run("pullgate status").terminal;
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("bad_enrollment_at_the_start", format!("{outcome}\n{shown}"));
    });
    put(laptop, PLACE, good);
    good_again(laptop, CODE);
    arrived(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/library/official:1"));
}

fn nothing_passes(laptop: &Laptop, name: &str) {
    assert_eq!(status(laptop)["policy"]["state"], "unusable", "{name}");
    laptop.wait_for(&format!("`{name}` stops images"), |laptop| {
        laptop.run("pullgate explain official:1").code == 3
    });
}

fn documents() -> Vec<(&'static str, Vec<u8>)> {
    let whole = |head: &str, tail: &str| format!("{head}\n{POLICY}{tail}").into_bytes();
    let acme = |tail: &str| whole("organization = \"acme\"", tail);
    let policy = |policy: &str| format!("organization = \"acme\"\n[policy]\n{policy}").into_bytes();
    vec![
        ("empty", Vec::new()),
        ("truncated", b"organization = \"ac".to_vec()),
        ("a web page", b"<!doctype html><html></html>".to_vec()),
        ("not text", vec![0xff, 0xfe, 0]),
        ("larger than any enrollment", vec![b'#'; 64 * 1024 + 1]),
        ("without a policy", b"organization = \"acme\"\n".to_vec()),
        ("a name with spaces", whole("organization = \"Acme Inc\"", "")),
        ("a key twice", whole("organization = \"acme\"\norganization = \"acme\"", "")),
        ("an unknown key", whole("organization = \"acme\"\ncolor = \"red\"", "")),
        ("a display name of control characters", whole("organization = \"acme\"\nname = \"A\\u0007\"", "")),
        ("a sign in", acme("[identity]\nissuer = \"https://login.acme.example\"\n")),
        ("without keys", policy("url = \"file:///etc/pullgate/policy/\"\n")),
        ("signed", policy("url = \"file:///etc/pullgate/policy/\"\nkeys = [\"ed25519:AAAA\"]\n")),
        ("a policy of the web", policy("url = \"https://policy.acme.example/\"\nkeys = []\n")),
        ("a relative policy", policy("url = \"file://policy\"\nkeys = []\n")),
        ("a policy above", policy("url = \"file:///etc/../tmp/policy\"\nkeys = []\n")),
        ("an unknown word", policy("url = \"file:///p/\"\nkeys = []\nabsent = \"maybe\"\n")),
        ("a stand in without TLS", acme("[stand-in.\"docker.io\"]\nurl = \"http://m.example\"\n")),
        ("a stand in for nothing", acme("[stand-in.\"dock er\"]\nurl = \"https://m.example\"\n")),
        (
            "a relative authority",
            acme("[stand-in.\"docker.io\"]\nurl = \"https://m.example\"\nca = \"ca.pem\"\n"),
        ),
    ]
}
