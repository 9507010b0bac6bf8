//! What a policy of fifty thousand exceptions costs. Run by hand: `cargo test -p policy-bundle --release --lib --
//! --ignored --nocapture fifty_thousand`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use policy::{Outcome, fixture::now};
use serde_json::{Value, json};

use super::machine::{CATALOG, Machine, offer, policy, trust};
use crate::{named_catalog, reverify};

const ENTRIES: usize = 50_000;

/// Every second name ends alike, as the images of many publishers do.
fn exceptions() -> Vec<Value> {
    let name =
        |at: usize| if at.is_multiple_of(2) { format!("user{at}/app") } else { format!("acme/tool{at}") };
    let rule = |at| {
        json!({ "id": format!("a{at}"), "match": format!("docker.io/{}", name(at)),
                "reason": "Approved for the quality team", "by": "secops", "expires": "2027-01-31T00:00:00Z" })
    };
    (0..ENTRIES).map(rule).collect()
}

fn timed<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    println!("{what:<40} {:>10.1?}", start.elapsed());
    done
}

/// The resident memory of this process in MiB, and its peak.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    format!("{} MiB, at most {} MiB", of("VmRSS:"), of("VmHWM:"))
}

#[test]
#[ignore = "prints figures; asserts no limits"]
fn figures_of_fifty_thousand_exceptions() {
    let policy = policy(json!({ "serial": 1043, "allow": exceptions() }));
    let trust = trust(json!({}));
    println!("envelope {} KiB; memory before: {}", policy.len() / 1024, memory());
    let mut machine = Machine::empty();
    timed("name of the catalog", || named_catalog(black_box(&policy)));
    assert!(timed("open, verify, parse, index", || machine.takes(offer(&trust, &policy))).unwrap());
    println!("memory with one set: {}", memory());
    assert_eq!(timed("first decision", || machine.pull("user4/app")), Outcome::Allowed);
    assert_eq!(timed("first block, with a suggestion", || machine.pull("stranger/app")), Outcome::Blocked);
    let start = Instant::now();
    for at in 0..1000_u32 {
        black_box(machine.pull(&format!("acme/tool{}", at * 2 + 1)));
    }
    let each: Duration = start.elapsed() / 1000;
    println!("{:<40} {each:>10.1?}", "each decision after that");
    assert!(!timed("the same again", || machine.takes(offer(&trust, &policy))).unwrap());
    let kept = timed("what is kept", || serde_json::to_vec(&machine.held().stored(now())).unwrap());
    let kept = timed("read what is kept", || serde_json::from_slice(&kept).unwrap());
    timed("verify what is kept", || reverify(&kept, &machine.roots, "acme", now())).unwrap();
    println!("memory at the end: {}; catalog {} bytes", memory(), CATALOG.len());
}
