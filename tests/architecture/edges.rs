//! Who may know whom, each with the reason, and what may never be linked into whom.

use std::collections::BTreeSet;

use super::workspace::{edges, linked};

/// Every permitted edge between crates of the workspace.
const ALLOWED: &[(&str, &str, &str)] = &[
    ("policy", "image-ref", "a policy speaks of images"),
    ("policy-text", "image-ref", "what changes is told by images"),
    ("policy-text", "policy", "a verdict is put into words"),
    ("policy-bundle", "policy", "what is signed is a policy with its catalog"),
    ("wire", "policy", "verdicts travel in messages"),
    ("wire", "secret", "logins travel in messages"),
    ("journal", "policy", "verdicts are what is recorded"),
    ("ca", "host", "keys are files with modes"),
    ("identity", "host", "sessions are private files, and time comes from one clock"),
    ("identity", "secret", "tokens and client secrets"),
    ("engines", "config-edit", "engines are configured by files of many formats"),
    ("engines", "host", "engines are configured by files and run by the service manager"),
    ("identity", "web", "providers are asked"),
    ("engines", "egress", "an engine's own proxy is read where the engine reads it"),
    ("gateway", "egress", "registries are reached by the machine's proxy"),
    ("gateway", "policy", "every request is decided"),
    ("gateway", "policy-text", "engines are told why"),
    ("gateway", "image-ref", "a path names an image"),
    ("gateway", "http1", "engines and registries speak it"),
    ("gateway", "secret", "a login has one"),
    ("gateway", "trust", "registries are believed as engines believe them"),
    ("web", "egress", "the service's own requests go by the machine's proxy"),
    ("web", "secret", "tokens are shown to hosts"),
    ("web", "trust", "providers and policy hosts are believed by the same rules"),
    ("gateway", "host", "the clock that goes on while the machine sleeps"),
    ("enrollment", "egress", "an enrollment names a proxy"),
    ("enrollment", "host", "an enrollment is files that belong to root"),
    ("enrollment", "identity", "an enrollment says who belongs to the organization"),
    ("enrollment", "image-ref", "an enrollment names registries"),
    ("enrollment", "policy", "an enrollment names the organization"),
    ("enrollment", "policy-bundle", "an enrollment names the root keys of its policy"),
    ("enrollment", "wire", "people read where each value is from"),
    ("credentials", "host", "logins are files of a person"),
    ("credentials", "image-ref", "a login is for a registry or a part of it"),
    ("docker-hub", "image-ref", "Docker's lists name images and registries"),
    ("enrollment", "secret", "an enrollment may hold a client's secret"),
    ("credentials", "secret", "a login has one"),
    ("credentials", "wire", "a login travels to the steward"),
    ("docker-hub", "policy", "its settings become a policy"),
    ("docker-hub", "secret", "Docker Hub is shown a token"),
    ("docker-hub", "web", "Docker Hub is asked"),
    ("steward", "ca", "root alone holds the keys of the authorities"),
    ("steward", "credentials", "a login is read by a process of the person"),
    ("steward", "egress", "logins of proxies are for root's eyes alone"),
    ("steward", "engines", "root alone changes engines"),
    ("steward", "host", "files, processes, accounts"),
    ("steward", "link", "the service asks it"),
    ("steward", "secret", "logins and client secrets pass through it"),
    ("steward", "wire", "the service asks it"),
    ("service", "ca", "the gateway's keys are its own"),
    ("service", "docker-hub", "people may sign in at Docker Hub, and a policy may be its"),
    ("service", "egress", "its own requests go by the machine's proxy"),
    ("service", "engines", "it says how engines are to be routed"),
    ("service", "enrollment", "it serves the organization of this machine"),
    ("service", "gateway", "it runs the gateway"),
    ("service", "host", "files, sockets, clocks"),
    ("service", "identity", "it keeps the session"),
    ("service", "image-ref", "verdicts name images"),
    ("service", "journal", "it records verdicts"),
    ("service", "link", "it is asked and asks"),
    ("service", "policy", "it keeps the policy"),
    ("service", "policy-bundle", "it judges what is offered"),
    ("service", "policy-text", "people are told of verdicts and of new editions"),
    ("service", "secret", "logins and tokens pass through it"),
    ("service", "trust", "the gateway believes as engines do"),
    ("service", "web", "it fetches policies and looks for a way out"),
    ("service", "wire", "it is asked and asks"),
    ("cli", "docker-hub", "it imports Docker Hub's settings"),
    ("cli", "egress", "an enrollment is fetched by the machine's proxy"),
    ("cli", "engines", "an enrollment is fetched as engines reach the world"),
    ("cli", "enrollment", "it writes and removes enrollments"),
    ("cli", "host", "files and terminals"),
    ("cli", "image-ref", "people name images"),
    ("cli", "link", "it asks the service"),
    ("cli", "policy", "it checks and tries policies"),
    ("cli", "policy-bundle", "it signs policies"),
    ("cli", "policy-text", "people read verdicts and policies"),
    ("cli", "secret", "people type access tokens"),
    ("cli", "trust", "an enrollment is fetched by the rules of everything else"),
    ("cli", "web", "it fetches enrollments and asks Docker Hub"),
    ("cli", "wire", "it asks the service"),
    ("pullgate", "cli", "the program chooses what it is"),
    ("pullgate", "credentials", "the program chooses what it is"),
    ("pullgate", "service", "the program chooses what it is"),
    ("pullgate", "steward", "the program chooses what it is"),
    ("wire", "ipc", "its messages travel in frames"),
    ("steward-protocol", "ipc", "its messages travel in frames"),
    ("steward-protocol", "engines", "engines are asked for and told of"),
    ("steward-protocol", "egress", "a way out is told of"),
    ("credentials", "steward-protocol", "a login travels to the steward"),
    ("steward", "steward-protocol", "the service asks it"),
    ("steward", "ipc", "the service asks it"),
    ("service", "steward-protocol", "it asks the steward"),
    ("service", "ipc", "failures have codes"),
    ("cli", "ipc", "failures have codes"),
    ("pullgate", "steward-protocol", "a login is asked for by its arguments"),
    ("pullgate", "enrollment", "it reads the enrollment for the steward"),
    ("pullgate", "host", "it knows where the enrollment is"),
    ("desktop", "ipc", "failures have codes"),
    ("demo", "ipc", "failures have codes"),
    ("fuzz", "steward-protocol", "it gives inputs to what every crate reads"),
    ("link", "ipc", "a connection carries messages"),
    ("demo", "host", "its story begins at the clock of this machine"),
    ("demo", "image-ref", "it names images"),
    ("demo", "link", "it is asked as the service is"),
    ("demo", "policy", "no verdict in it is made by hand"),
    ("demo", "wire", "it is asked as the service is"),
    ("desktop", "host", "the clock, and the person's own folder for state"),
    ("desktop", "link", "it watches the service"),
    ("desktop", "policy", "verdicts and their words"),
    ("desktop", "wire", "it speaks with the service"),
    ("pullgate-tray", "demo", "tray and window can play an invented organization"),
    ("pullgate-tray", "desktop", "tray and window are its two programs"),
    ("pullgate-tray", "host", "the clock and the place of the service's socket"),
    ("desktop", "policy-text", "people read verdicts and policies"),
    ("demo", "policy-text", "people read verdicts and policies"),
    ("acceptance", "cli", "manual pages and completions are made from its arguments"),
    ("acceptance", "roots", "laptops boot from them"),
    ("xtask", "roots", "the compiler for other systems lies in one"),
    ("fuzz", "config-edit", "it gives inputs to what every crate reads"),
    ("fuzz", "credentials", "it gives inputs to what every crate reads"),
    ("fuzz", "egress", "it gives inputs to what every crate reads"),
    ("fuzz", "engines", "it gives inputs to what every crate reads"),
    ("fuzz", "gateway", "it gives inputs to what every crate reads"),
    ("fuzz", "http1", "it gives inputs to what every crate reads"),
    ("fuzz", "identity", "it gives inputs to what every crate reads"),
    ("fuzz", "image-ref", "it gives inputs to what every crate reads"),
    ("fuzz", "journal", "it gives inputs to what every crate reads"),
    ("fuzz", "policy", "it gives inputs to what every crate reads"),
    ("fuzz", "policy-bundle", "it gives inputs to what every crate reads"),
    ("fuzz", "policy-text", "it gives inputs to what every crate reads"),
    ("fuzz", "wire", "it gives inputs to what every crate reads"),
    ("acceptance", "policy-bundle", "tests sign documents that the command line refuses to sign"),
    ("steward-protocol", "secret", "logins are told of"),
];

/// What must never be linked into whom, directly or through others.
const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    ("pullgate", &["tauri"], "the service must not carry a desktop"),
    (
        "steward",
        &["reqwest", "hyper", "gateway", "policy", "journal", "identity", "enrollment"],
        "root asks no network and reads no policy",
    ),
    ("credentials", &["reqwest", "gateway", "journal"], "a process of a person reads files of theirs"),
    ("image-ref", IMPURE, "pure code has no runtime, no clock and no files"),
    ("egress", IMPURE, "pure code has no runtime, no clock and no files"),
    ("config-edit", IMPURE, "pure code has no runtime, no clock and no files"),
    ("policy", IMPURE, "pure code has no runtime, no clock and no files"),
    ("ipc", IMPURE, "pure code has no runtime, no clock and no files"),
    ("pullgate-tray", SERVICE, "tray and window decide nothing"),
    ("desktop", SERVICE, "tray and window decide nothing"),
    ("desktop", &["tauri", "demo"], "what is shown needs no web view and no invented organization"),
    ("demo", SERVICE, "the demo does nothing to this machine"),
    ("demo", &["tauri", "desktop"], "the demo stands in the place of the service"),
    ("policy-text", IMPURE, "pure code has no runtime, no clock and no files"),
    ("secret", IMPURE, "pure code has no runtime, no clock and no files"),
    ("wire", IMPURE, "pure code has no runtime, no clock and no files"),
    ("image-ref", CRYPTOGRAPHY, "pure code links no C"),
    ("egress", CRYPTOGRAPHY, "pure code links no C"),
    ("config-edit", CRYPTOGRAPHY, "pure code links no C"),
    ("policy", CRYPTOGRAPHY, "pure code links no C"),
    ("policy-text", CRYPTOGRAPHY, "pure code links no C"),
    ("wire", CRYPTOGRAPHY, "pure code links no C"),
    ("link", CRYPTOGRAPHY, "messages between processes of one machine are not encrypted"),
    ("journal", CRYPTOGRAPHY, "what is recorded is not signed"),
    ("pullgate-tray", CRYPTOGRAPHY, "the tray speaks with the service alone"),
    ("gateway", &["identity", "engines", "ca"], "the pull path gets its certificates through a small trait"),
    ("gateway", &["reqwest"], "the pull path streams by itself"),
    ("http1", &["policy", "image-ref", "host"], "what is read and moved is judged by others"),
];

/// What the service and the steward work with.
const SERVICE: &[&str] = &["gateway", "engines", "identity", "ca", "journal"];

const IMPURE: &[&str] = &["tokio", "reqwest", "notify", "directories"];
const CRYPTOGRAPHY: &[&str] = &["aws-lc-rs", "aws-lc-sys"];

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
