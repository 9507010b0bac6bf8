//! One laptop, and what can break on it: a registry breaks its word, the service or the steward keeps
//! falling, descriptors and inodes are used up, disks are full or read-only, a thousand pull at once, the clock is years
//! off. Each time: what the person reads, that nothing blocked passes, and that it is over when the fault is.
#![expect(clippy::print_stderr, reason = "what was seen is a result of its own")]

mod clock;
mod crashes;
mod crowd;
mod descriptors;
mod disks;
mod registry;

use std::time::Instant;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::Flavor;
use acceptance::shared::Shared;
use serde_json::json;

use crate::network::lab::{arrived, condition, denied, masked, open_policy};

const ALLOWED: &str = "docker.io/library/official:1";
const BLOCKED: &str = "docker.io/evil/miner:1";
/// Docker tries a broken download once; both engines know that the lying registry has no TLS.
const DAEMON: &str = r#"{ "max-download-attempts": 1, "insecure-registries": ["203.0.113.20:7"] }"#;
const REGISTRIES: &str = "[[registry]]\nlocation = \"203.0.113.20:7\"\ninsecure = true\n";

static LAPTOP: Shared<Laptop> = Shared::new(|| {
    let options = Options::docker(Store::Classic)
        .file("/etc/docker/daemon.json", DAEMON)
        .file("/etc/containers/registries.conf.d/lying.conf", REGISTRIES);
    enrolled(options, &open_policy(json!({})))
});

#[test]
fn each_broken_word_of_a_registry_is_told() {
    breaks(registry::each_broken_word_is_told);
}

#[test]
fn without_descriptors_pulls_wait_or_fail_in_words_and_go_on() {
    breaks(descriptors::pulls_wait_or_fail_in_words_and_go_on);
}

#[test]
fn a_thousand_pulls_at_once_are_all_answered() {
    breaks(crowd::a_thousand_at_once_are_all_answered);
}

#[test]
fn no_room_for_another_file_stops_nothing() {
    breaks(disks::no_room_for_another_file_stops_nothing);
}

#[test]
fn what_root_cannot_write_is_told_and_stays_whole() {
    breaks(disks::what_root_cannot_write_is_told_and_stays_whole);
}

#[test]
fn a_clock_that_is_years_off_loosens_nothing() {
    breaks(clock::years_off_loosen_nothing);
}

#[test]
fn crash_loops_are_told_and_forgotten() {
    breaks(crashes::are_told_and_forgotten);
}

/// Plays a fault, after which everything is as it was.
fn breaks(fault: fn(&Laptop)) {
    let laptop = LAPTOP.lock();
    let begun = Instant::now();
    fault(&laptop);
    holds(&laptop);
    eprintln!("{:.1} s", begun.elapsed().as_secs_f32());
}

/// What is allowed arrives, what is blocked does not, by both fronts.
fn holds(laptop: &Laptop) {
    laptop.run("docker rmi -f official:1");
    for flavor in [Flavor::DockerPull, Flavor::SkopeoCopy] {
        arrived(&flavor.attempt(laptop, ALLOWED));
        denied(&flavor.attempt(laptop, BLOCKED));
    }
}

/// Nothing that is blocked gets through, whatever is said of it.
fn nothing_passes(laptop: &Laptop) {
    for flavor in [Flavor::DockerPull, Flavor::SkopeoCopy] {
        let outcome = flavor.attempt(laptop, BLOCKED);
        assert!(outcome.code != 0 && !outcome.present && outcome.asked.is_nothing(), "{outcome}");
    }
}

/// The sentence of a condition, once it is there.
fn told(laptop: &Laptop, code: &str) -> String {
    let mut said = None;
    laptop.wait_for(&format!("`{code}` is told"), |laptop| {
        said = condition(laptop, code);
        said.is_some()
    });
    said.unwrap_or_default()
}

/// Compares with a snapshot.
fn snapshot(name: &str, text: &str) {
    let mut filters = masked();
    filters.extend([
        (r"\((AGO|CLOCK)\)", "(WHEN)"),
        (r" {2,}", "  "),
        (r"originals/\S+\.json", "originals/FILE"),
    ]);
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("broken_{name}"), text);
    });
}
