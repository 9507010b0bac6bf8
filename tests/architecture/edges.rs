//! Who may know whom, each with the reason, and what may never be linked into whom.

use std::collections::BTreeSet;

use super::workspace::{edges, linked};

/// Every permitted edge between crates of the workspace.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("policy", "image-ref", "a policy speaks of images"),
    ("wire", "policy", "verdicts travel in messages"),
    ("journal", "policy", "verdicts are what is recorded"),
    ("ca", "host", "keys are files with modes"),
    ("identity", "host", "sessions are private files, and time comes from one clock"),
    ("engines", "host", "engines are configured by files and run by the service manager"),
    ("identity", "egress", "the service's own requests go by the machine's proxy"),
    ("engines", "egress", "an engine's own proxy is read where the engine reads it"),
    ("gateway", "egress", "registries are reached by the machine's proxy"),
    ("gateway", "policy", "every request is decided"),
    ("gateway", "image-ref", "a path names an image"),
    ("gateway", "trust", "registries are believed as engines believe them"),
    ("identity", "trust", "providers and policy hosts are believed by the same rules"),
    ("gateway", "host", "the clock that goes on while the machine sleeps"),
    ("agent", "image-ref", "the agent composes everything"),
    ("agent", "egress", "the agent composes everything"),
    ("agent", "policy", "the agent composes everything"),
    ("agent", "wire", "the agent composes everything"),
    ("agent", "journal", "the agent composes everything"),
    ("agent", "host", "the agent composes everything"),
    ("agent", "ca", "the agent composes everything"),
    ("agent", "engines", "the agent composes everything"),
    ("agent", "identity", "the agent composes everything"),
    ("agent", "gateway", "the agent composes everything"),
    ("agent", "trust", "the agent composes everything"),
    ("link", "wire", "a connection carries messages"),
    ("agent", "link", "the agent composes everything"),
    ("pullgate-tray", "host", "the clock and the place of the service's socket"),
    ("pullgate-tray", "image-ref", "the demo names images"),
    ("pullgate-tray", "link", "it watches the service"),
    ("pullgate-tray", "policy", "verdicts and their words; decisions in the demo alone"),
    ("pullgate-tray", "wire", "it speaks with the service"),
    ("acceptance", "agent", "manual pages and completions are made from its arguments"),
    ("acceptance", "roots", "laptops boot from them"),
    ("xtask", "roots", "the compiler for other systems lies in one"),
    ("fuzz", "agent", "it gives inputs to what every crate reads"),
    ("fuzz", "egress", "it gives inputs to what every crate reads"),
    ("fuzz", "engines", "it gives inputs to what every crate reads"),
    ("fuzz", "gateway", "it gives inputs to what every crate reads"),
    ("fuzz", "identity", "it gives inputs to what every crate reads"),
    ("fuzz", "image-ref", "it gives inputs to what every crate reads"),
    ("fuzz", "journal", "it gives inputs to what every crate reads"),
    ("fuzz", "policy", "it gives inputs to what every crate reads"),
    ("fuzz", "wire", "it gives inputs to what every crate reads"),
    ("acceptance", "policy", "tests sign documents that the command line refuses to sign"),
];

/// What must never be linked into whom, directly or through others.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("agent", &["tauri"], "the service must not carry a desktop"),
    ("image-ref", IMPURE, "pure code has no runtime, no clock and no files"),
    ("egress", IMPURE, "pure code has no runtime, no clock and no files"),
    ("policy", IMPURE, "pure code has no runtime, no clock and no files"),
    ("wire", IMPURE, "pure code has no runtime, no clock and no files"),
    ("pullgate-tray", &["gateway", "engines", "identity", "ca", "journal"], "the tray decides nothing"),
    ("gateway", &["identity", "engines", "ca"], "the pull path gets its certificates through a small trait"),
    ("gateway", &["reqwest"], "the pull path streams by itself"),
];

const IMPURE: &[&str] = &["tokio", "reqwest", "notify", "directories"];

/// Names of the rules that nothing in the workspace bears yet.
const TO_COME: &[&str] = &[];

#[test]
fn crates_know_only_whom_they_may() {
    let allowed: BTreeSet<(&str, &str)> = ALLOWED.iter().map(|&(from, to, _)| (from, to)).collect();
    let edges = edges();
    let taken = edges.iter().flat_map(|(from, to)| to.iter().map(move |to| (from.as_str(), to.as_str())));
    let strange: Vec<_> = taken.filter(|edge| !allowed.contains(edge)).collect();
    assert_eq!(strange, [], "these crates must not know each other");
}

#[test]
fn forbidden_crates_are_not_linked() {
    for &(from, names, reason) in FORBIDDEN {
        let linked = linked(&["--package", from]);
        let found: Vec<_> = names.iter().filter(|&&name| linked.contains(name)).collect();
        assert_eq!(found, [""; 0].iter().collect::<Vec<_>>(), "linked into {from}: {reason}");
    }
}

#[test]
fn there_is_one_provider_of_cryptography() {
    let linked = linked(&["--workspace"]);
    assert!(!linked.contains("ring"), "`ring` is linked; everything must use `aws-lc-rs`");
    assert!(linked.contains("aws-lc-rs"));
}

#[test]
fn every_name_in_the_rules_exists() {
    let mut known = linked(&["--workspace"]);
    known.extend(edges().into_keys());
    let edges = ALLOWED.iter().flat_map(|&(from, to, _)| [from, to]);
    let names = FORBIDDEN.iter().flat_map(|&(from, names, _)| names.iter().copied().chain([from]));
    let named: BTreeSet<&str> = edges.chain(names).collect();
    let missing: BTreeSet<&str> = named.into_iter().filter(|&name| !known.contains(name)).collect();
    assert_eq!(
        missing,
        TO_COME.iter().copied().collect(),
        "left: named by a rule and not there; right: announced"
    );
}
