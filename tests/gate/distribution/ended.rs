//! Keys and trust that end: the policy counts as too old, and never vanishes.

use std::fmt::Write;

use acceptance::signing::{NEXT_ROOT, PLATFORM, ROOT, SECOND, enroll, id, signed_trust, trust};
use serde_json::{Value, json};

use super::desk::{Desk, REFUSED, STALE, URL, desk, snapshot};
use crate::network::lab::{restart, status};

/// Exit codes of `explain` for an official image, one that is denied by name, and one of the organization.
fn verdicts(desk: &Desk) -> [i32; 3] {
    let [official, evil] = desk.verdicts();
    [official, evil, desk.laptop.run("pullgate explain docker.io/acme/tool:1").code]
}

const CASES: [(&str, [i32; 3]); 3] =
    [("keep-and-warn", [0, 3, 0]), ("strict", [3, 3, 0]), ("block", [3, 3, 3])];

fn revoked() -> Value {
    json!({ "revoked": [{ "id": id(PLATFORM), "since": "2026-11-20T00:00:00Z", "reason": "laptop lost" }] })
}

#[test]
fn a_policy_whose_key_is_revoked_is_out_of_date_and_acts_as_it_says() {
    let mut desk = desk();
    let mut text = String::new();
    for (word, expected) in CASES {
        desk.rule(json!({ "onStale": word }));
        desk.trust(revoked());
        let told = desk.laptop.must("pullgate policy refresh").terminal;
        assert_eq!(verdicts(&desk), expected, "{word}");
        let shown = desk.laptop.run("pullgate status").terminal;
        let head: Vec<&str> = told.lines().take(4).collect();
        writeln!(text, "## {word}\n{shown}\n{}\n", head.join("\n")).expect("memory does not fail");
        restart(&desk.laptop);
        assert_eq!(verdicts(&desk), expected, "{word} after a restart");
        desk.publish_by(SECOND, json!({}));
        desk.laptop.must("pullgate policy refresh");
        desk.is_in_force(desk.serial);
        assert_eq!(desk.said(STALE), None, "{word}: signed with another key");
        desk.good();
    }
    snapshot("revoked", &text);
}

#[test]
fn a_pull_under_an_ended_policy_says_so() {
    let mut desk = desk();
    let mut text = String::new();
    for (word, _) in CASES {
        desk.rule(json!({ "onStale": word }));
        desk.trust(revoked());
        desk.laptop.must("pullgate policy refresh");
        let said = desk.laptop.run("docker pull docker.io/library/official:1").terminal;
        desk.laptop.run("docker rmi docker.io/library/official:1");
        let last = said.lines().rfind(|line| line.contains("denied") || line.starts_with("Status"));
        writeln!(text, "{word}\n  {}", last.unwrap_or(&said)).expect("memory does not fail");
        desk.good();
    }
    snapshot("ended_pulls", &text);
}

#[test]
fn a_policy_is_out_of_date_from_the_second_its_trust_ends() {
    let mut desk = desk();
    desk.rule(json!({ "onStale": "block" }));
    let soon = desk.laptop.must("date -u -d '+4 seconds' +%Y-%m-%dT%H:%M:%SZ").stdout;
    desk.trust(json!({ "expires": soon.trim() }));
    desk.laptop.must("pullgate policy refresh");
    assert_eq!(verdicts(&desk), [0, 3, 0]);
    desk.laptop.wait_for("it ends", |_| verdicts(&desk) == [3, 3, 3]);
    desk.laptop.must("pullgate policy refresh");
    snapshot("trust_ended", &desk.said(STALE).unwrap_or_default());
    restart(&desk.laptop);
    assert_eq!(verdicts(&desk), [3, 3, 3]);
    desk.trust(json!({}));
    desk.laptop.must("pullgate policy refresh");
    assert_eq!((verdicts(&desk), desk.said(STALE)), ([0, 3, 0], None));
}

#[test]
fn other_root_keys_make_the_policy_out_of_date_until_they_have_signed() {
    let mut desk = desk();
    enroll(&desk.laptop, URL, &[NEXT_ROOT]);
    desk.refresh();
    let serial = desk.serial;
    desk.is_in_force(serial);
    let said = [desk.said(STALE), desk.said(REFUSED)].map(Option::unwrap_or_default);
    snapshot("other_roots", &said.join("\n"));
    restart(&desk.laptop);
    desk.is_in_force(serial);
    assert!(!status(&desk.laptop)["policy"]["staleSince"].is_null());
    let document = trust(json!({ "version": desk.version + 1 }));
    desk.version += 1;
    desk.put("trust.json", signed_trust(&document, &[ROOT, NEXT_ROOT]));
    desk.laptop.must("pullgate policy refresh");
    assert_eq!([desk.said(STALE), desk.said(REFUSED)], [None, None]);
    enroll(&desk.laptop, URL, &[ROOT]);
    desk.laptop.must("pullgate policy refresh");
    desk.is_in_force(serial);
    assert_eq!([desk.said(STALE), desk.said(REFUSED)], [None, None]);
}
