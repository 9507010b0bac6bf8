//! A policy of fifty thousand exceptions, over the web.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::desk::{Desk, desk};

const ENTRIES: usize = 50_000;

fn exceptions() -> Vec<Value> {
    let rule = |at| {
        json!({ "id": format!("x{at}"), "match": format!("docker.io/user{at}/app"),
                "reason": "Approved for the quality team", "by": "secops", "expires": "2036-01-31T00:00:00Z" })
    };
    (0..ENTRIES).map(rule).collect()
}

fn memory(desk: &Desk) -> String {
    desk.laptop.must("grep -E 'VmRSS|VmHWM' /proc/$(systemctl show -P MainPID pullgate.service)/status | tr -s ' \\t\\n' ' '").stdout
}

#[test]
fn fifty_thousand_exceptions_are_in_force_after_seconds() {
    let mut desk = desk();
    desk.laptop.must("systemctl restart pullgate.service");
    desk.is_in_force(desk.serial);
    eprintln!("memory before: {}", memory(&desk));
    desk.publish(json!({ "allow": exceptions() }));
    for what in ["all new", "the same", "the same"] {
        let started = Instant::now();
        desk.laptop.must("pullgate policy refresh --json > /dev/null");
        let took = started.elapsed();
        eprintln!("refresh, {what}: {took:?}; memory: {}", memory(&desk));
        assert!(took < Duration::from_secs(60), "{took:?}");
    }
    let known = desk.laptop.run("pullgate explain docker.io/user49999/app:1");
    assert_eq!(known.code, 0, "{}", known.terminal);
    let started = Instant::now();
    desk.laptop.must("systemctl restart pullgate.service");
    desk.is_in_force(desk.serial);
    eprintln!("a start, and what was asked of it: {:?}; memory: {}", started.elapsed(), memory(&desk));
    desk.good();
}
