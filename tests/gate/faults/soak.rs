//! Kills at any moment of whatever writes: the service, the steward, and the programs of people who pull. After each, what
//! lies on the disk is old or new, and the service goes on from there.
//!
//! `cargo xtask soak` kills by the thousand; a few dozen are part of the tests.
#![expect(clippy::print_stderr, reason = "what was killed is the result of a long run")]

mod engines;
mod laws;
mod phases;
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::time::Instant;

use acceptance::signing::{PLATFORM, ROOT, public, signed_policy, signed_trust, trust};
use serde_json::json;

use crate::organization::desk::{Desk, IDENTITY, enrollment, rules};
use engines::EngineFiles;
use random::Random;

/// How often a short run changes everything that changes fast; it kills some forty times.
const ROUNDS: usize = 2;
/// Comes back at once, so that the next kill need not wait.
const IMPATIENT: &str = "[Service]\nRestartSec=20ms\n";
/// Where the signed policy lies.
const FOLDER: &str = "/etc/pullgate/policy";
const UNITS: [&str; 2] = ["pullgate.service", "pullgate-steward.service"];

#[test]
fn a_few_dozen_kills_at_any_moment_leave_everything_whole() {
    run("podman", |soak| phases::each(soak, ROUNDS));
}

#[test]
#[ignore = "takes minutes: `cargo xtask soak`"]
fn kills_by_the_thousand_leave_everything_whole() {
    let kills = std::env::var("SOAK_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(1000);
    run("", |soak| {
        phases::each(soak, ROUNDS);
        while soak.total() < kills {
            phases::next(soak);
        }
    });
}

/// A run under way: what is known to have been there, which no kill may take away.
pub(super) struct Soak<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) random: Random,
    /// The number of the last policy that was written.
    pub(super) serial: u64,
    /// The highest number that was ever told to be in force.
    pub(super) confirmed: u64,
    /// Every row of the journal that was ever seen there.
    pub(super) rows: BTreeSet<String>,
    pub(super) engines: EngineFiles,
    kills: BTreeMap<&'static str, usize>,
    violations: Vec<String>,
}

/// Engines are those whose configuration changes: all, where none is named.
fn run(engines: &str, phases: impl FnOnce(&mut Soak<'_>)) {
    let mut desk = Desk::new(IDENTITY);
    for unit in UNITS {
        desk.laptop.write_file(&format!("/run/systemd/system/{unit}.d/soak.conf"), IMPATIENT);
    }
    desk.laptop.must("systemctl daemon-reload");
    let begun = Instant::now();
    let mut soak = Soak::new(&mut desk, engines);
    phases(&mut soak);
    phases::end(&mut soak);
    eprintln!("{}", soak.report(begun));
    assert!(soak.violations.is_empty(), "{:#?}", soak.violations);
}

impl<'a> Soak<'a> {
    fn new(desk: &'a mut Desk, engines: &str) -> Self {
        let random = Random::seeded();
        let engines = EngineFiles::of(&desk.laptop, engines);
        let mut soak = Self {
            desk,
            random,
            serial: 1,
            confirmed: 0,
            rows: BTreeSet::new(),
            engines,
            kills: BTreeMap::new(),
            violations: Vec::new(),
        };
        let laptop = &soak.desk.laptop;
        laptop.write_file(&format!("{FOLDER}/trust.json"), signed_trust(&trust(json!({})), &[ROOT]));
        laptop.write_file(&format!("{FOLDER}/policy.json"), soak.policy(1));
        let signed = enrollment(IDENTITY).replace("keys = []", &format!("keys = [\"{}\"]", public(ROOT)));
        laptop.write_file("/root/signed.toml", signed);
        laptop.must("pullgate enroll /root/signed.toml --replace --yes");
        soak.desk.ada_signs_in();
        laws::hold(&mut soak, "at the start");
        soak
    }

    /// The signed policy of this number, which asks the provider often.
    pub(super) fn policy(&self, serial: u64) -> String {
        let rules = rules(serial, json!({ "offlineGraceHours": 240, "recheckHours": 1 }));
        String::from_utf8(signed_policy(&rules, &[PLATFORM])).expect("an envelope is JSON")
    }

    /// Somebody was killed.
    pub(super) fn killed(&mut self, phase: &'static str, count: usize) {
        let before = self.total();
        *self.kills.entry(phase).or_default() += count;
        if self.total() / 100 > before / 100 {
            eprintln!("{} kills, {} violations", self.total(), self.violations.len());
        }
    }

    pub(super) fn total(&self) -> usize {
        self.kills.values().sum()
    }

    /// What must hold and does not is told at the end, so that one run tells all.
    pub(super) fn hold(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            let what = format!("after {} kills (seed {}): {}", self.total(), self.random.seed(), what());
            eprintln!("violated: {what}");
            self.violations.push(what);
        }
    }

    fn report(&self, begun: Instant) -> String {
        let mut text = String::new();
        for (phase, count) in &self.kills {
            writeln!(text, "{phase:<24} {count:>5} kills").expect("memory does not fail");
        }
        let (total, seconds) = (self.total(), begun.elapsed().as_secs());
        let (rows, violations) = (self.rows.len(), self.violations.len());
        write!(
            text,
            "{:<24} {total:>5} kills, {seconds} s, {rows} rows of the journal, policy {}, seed {}, {violations} violations",
            "together",
            self.confirmed,
            self.random.seed()
        )
        .expect("memory does not fail");
        text
    }
}
