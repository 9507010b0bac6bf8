//! Policies that cannot be put in force.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::flaws::{each, good_again, put};
use crate::network::lab::{arrived, condition, denied, masked, restart, status};

const PLACE: &str = "/etc/pullgate/policy/policy.json";
const REFUSED: &str = "policy-refused";
const EACH: u32 = 7;

#[test]
fn a_bad_policy_is_refused_with_its_place_and_the_last_good_one_stays_in_force() {
    let good = policy(json!({ "serial": 7 }));
    let laptop = enrolled(Options::daemonless(), &good);
    let good = good.to_string();
    let (mut text, mut seen) = (String::new(), 0);
    let mut refused = |name: &str| {
        let mut said = None;
        laptop.wait_for(&format!("`{name}` is refused"), |laptop| {
            said = condition(laptop, REFUSED);
            said.is_some()
        });
        let said = said.unwrap_or_default();
        assert!(said.contains(PLACE) && said.ends_with("version 7 stays in force"), "{name}: {said}");
        the_last_good_one_decides(&laptop, name);
        writeln!(text, "{name}\n  {said}").expect("memory does not fail");
        // A restart takes its time, and is the same for all of them.
        seen += 1;
        if seen % EACH == 0 {
            restart(&laptop);
            the_last_good_one_decides(&laptop, name);
            assert_eq!(condition(&laptop, REFUSED).as_deref(), Some(said.as_str()), "{name} after a restart");
        }
    };
    for (name, bytes) in documents(&good) {
        put(&laptop, PLACE, bytes);
        refused(name);
        put(&laptop, PLACE, &good);
        good_again(&laptop, REFUSED);
    }
    each(&laptop, PLACE, &good, REFUSED, &mut refused);
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("bad_policies", text);
    });
    arrived(&Flavor::Podman.attempt(&laptop, "docker.io/library/official:1"));
    denied(&Flavor::Podman.attempt(&laptop, "docker.io/someuser/tool:1"));
}

#[test]
fn a_policy_that_was_never_good_blocks_everything_and_says_why() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({ "mode": "sometimes" })));
    let outcome = Flavor::SkopeoCopy.attempt(&laptop, "docker.io/library/official:1");
    assert!(outcome.code != 0 && outcome.asked.is_nothing(), "{outcome}");
    let shown = laptop.run_as(Person::Bob, "pullgate status").terminal;
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("never_good", format!("{outcome}\n{shown}"));
    });
    put(&laptop, PLACE, policy(json!({})).to_string());
    good_again(&laptop, REFUSED);
    arrived(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/library/official:1"));
}

fn the_last_good_one_decides(laptop: &Laptop, name: &str) {
    assert_eq!(status(laptop)["policy"]["stamp"]["serial"], 7, "{name}");
    assert_eq!(laptop.run("pullgate explain official:1").code, 0, "{name}");
    assert_eq!(laptop.run("pullgate explain evil/miner:1").code, 3, "{name}");
}

/// The good policy with one key replaced.
fn with(good: &str, key: &str, value: Value) -> Vec<u8> {
    let mut policy: Value = serde_json::from_str(good).expect("the good policy is JSON");
    policy["serial"] = 8.into();
    policy[key] = value;
    policy.to_string().into_bytes()
}

fn documents(good: &str) -> Vec<(&'static str, Vec<u8>)> {
    let with = |key, value| with(good, key, value);
    let rule = |rule: Value| json!([rule]);
    let bare =
        json!({ "schema": "1.0", "organization": "acme", "serial": 8, "issued": "2026-11-22T06:00:00Z" });
    vec![
        ("empty", Vec::new()),
        ("truncated", good.as_bytes()[..good.len() / 2].to_vec()),
        ("a web page", b"<!doctype html><html><body>503 Service Unavailable</body></html>".to_vec()),
        ("not text", vec![0xff, 0xfe, b'{', 0, b'}', 0]),
        ("with a byte order mark", [b"\xef\xbb\xbf".as_slice(), good.as_bytes()].concat()),
        ("two documents", format!("{good}\n{good}").into_bytes()),
        ("a list", b"[]".to_vec()),
        ("an empty object", b"{}".to_vec()),
        ("deeply nested", [b'['; 100_000].to_vec()),
        ("larger than any policy", vec![b' '; 16 * 1024 * 1024 + 1]),
        ("no rules", bare.to_string().into_bytes()),
        ("of another organization", with("organization", json!("other"))),
        ("of a newer major", with("schema", json!("2.0"))),
        ("of no version", with("schema", json!("one"))),
        ("a key twice", good.replacen('{', "{\"serial\":1,", 1).into_bytes()),
        ("an unknown key", with("denny", json!([]))),
        ("an unknown mode", with("mode", json!("sometimes"))),
        ("an unknown class", with("hub", json!({ "classes": { "oficial": "allow" } }))),
        ("an unknown effect", with("hub", json!({ "classes": { "official": "alow" } }))),
        ("a serial below zero", with("serial", json!(-1))),
        ("a serial in words", with("serial", json!("seven"))),
        ("issued some day", with("issued", json!("yesterday"))),
        ("a deny rule without an image", with("deny", rule(json!({ "id": "d1" })))),
        ("a glob of nothing", with("deny", rule(json!({ "match": "" })))),
        ("a glob in capitals", with("deny", rule(json!({ "match": "docker.io/Evil/**" })))),
        ("a URL for a glob", with("deny", rule(json!({ "match": "https://docker.io/evil" })))),
        (
            "an end that is no time",
            with("allow", rule(json!({ "match": "docker.io/a/b", "expires": "2026-13-01" }))),
        ),
        (
            "an id twice",
            with(
                "deny",
                json!([{ "id": "d", "match": "docker.io/a/b" }, { "id": "d", "match": "docker.io/c/d" }]),
            ),
        ),
        (
            "a registry as a URL",
            with(
                "registries",
                json!({ "default": "block", "entries": [{ "host": "https://quay.io", "action": "allow" }] }),
            ),
        ),
        ("a tag that cannot be", with("allow", rule(json!({ "match": "docker.io/a/b", "tags": ["a/b"] })))),
        (
            "a pin without a digest",
            with(
                "pins",
                rule(json!({ "match": "docker.io/a/b", "digests": ["sha256:12"], "mode": "block" })),
            ),
        ),
        (
            "an upstream without TLS",
            with("upstreams", rule(json!({ "for": "docker.io", "to": "http://harbor.acme.example/v2/x/" }))),
        ),
        ("a request page of a script", with("messages", json!({ "requestUrl": "javascript:alert(1)" }))),
        ("a catalog elsewhere", with("catalog", json!({ "url": "../../shadow", "sha256": "00" }))),
        (
            "a catalog that is not there",
            with("catalog", json!({ "url": "catalog.json", "sha256": "0".repeat(64) })),
        ),
    ]
}
