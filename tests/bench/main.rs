//! Prints what the gate costs beside nginx as a reverse proxy and beside going direct, all in one run on one machine.
//!
//! Absolute figures depend on the machine and on what else it does; the ratios are what counts. Every kind of
//! measurement takes turns with the others, so that a busy minute falls on all alike.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "this program prints figures, and a broken laboratory ends it"
)]

mod blobs;
mod figure;
mod meter;
mod pulls;
mod requests;
mod stage;

use acceptance::laptop::{Laptop, Store};

use figure::{row, table, target};
use meter::Meter;

const ROUNDS: usize = 5;
const PARTS: [&str; 3] = ["blobs", "requests", "pulls"];
const MOST_RESIDENT: f64 = 16.0;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    assert!(
        asked.iter().all(|part| PARTS.contains(&part.as_str())),
        "usage: bench [blobs] [requests] [pulls]"
    );
    let wants = |part: &str| asked.is_empty() || asked.iter().any(|one| one == part);
    let gated = pulls::with_gate(Store::Classic);
    if wants("blobs") || wants("requests") {
        let idle = Meter { laptop: &gated, unit: "pullgate" }.resident();
        if wants("blobs") {
            blobs::measure(&gated, ROUNDS);
            memory(&gated, idle);
        }
        if wants("requests") {
            requests::measure(&gated, ROUNDS);
        }
    }
    if wants("pulls") {
        pulls::measure(Store::Classic, &pulls::without_gate(Store::Classic), &gated, ROUNDS);
        drop(gated);
        let store = Store::Containerd;
        pulls::measure(store, &pulls::without_gate(store), &pulls::with_gate(store), ROUNDS);
    }
}

fn memory(laptop: &Laptop, idle: f64) {
    let resident = |unit| Meter { laptop, unit }.resident();
    let (gate, nginx) = (resident("pullgate"), resident("reverse"));
    let line = |title: &str, mib: f64| {
        vec![title.to_owned(), format!("{mib:.1}"), target(mib, MOST_RESIDENT, " MiB")]
    };
    let rows = [
        row(&["", "MiB", "target"]),
        line("pullgate before any pull", idle),
        line("pullgate after the blobs above", gate),
        vec!["nginx after the blobs above".to_owned(), format!("{nginx:.1}")],
    ];
    table("Resident memory", &rows);
}
