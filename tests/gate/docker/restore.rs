//! Coming and going: what runs keeps running, and what was written is taken back.
#![expect(clippy::print_stderr, reason = "how long routing took is a result of its own")]

use std::time::Instant;

use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::{Desk, container_pid, manifest};

on_both_stores![
    a_container_from_before_keeps_its_process_while_the_engine_is_routed,
    restore_gives_back_every_file_and_the_engine_pulls_directly,
];

fn a_container_from_before_keeps_its_process_while_the_engine_is_routed(desk: &mut Desk) {
    assert_eq!(container_pid(&desk.laptop), desk.pid_before);
    desk.laptop.must("docker exec before true");
}

fn restore_gives_back_every_file_and_the_engine_pulls_directly(desk: &mut Desk) {
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    let started = Instant::now();
    let restored = desk.laptop.must("pullgate engines restore");
    eprintln!("{:?}: restored after {:?}", desk.store, started.elapsed());
    let (now, pid) = (manifest(&desk.laptop), container_pid(&desk.laptop));
    let lines = desk.journal().len();
    let direct = Flavor::DockerPull.attempt(&desk.laptop, "docker.io/evil/miner:1");
    let entries = desk.journal_since(lines);
    desk.forget_images();
    let started = Instant::now();
    let applied = desk.laptop.must("pullgate engines apply");
    eprintln!("{:?}: routed again after {:?}", desk.store, started.elapsed());
    assert_eq!(difference(&desk.manifest_before, &now), "");
    assert_eq!(pid, desk.pid_before);
    assert_eq!((direct.code, direct.present), (0, true), "{direct}");
    assert_eq!(entries, Vec::<serde_json::Value>::new());
    assert_eq!(container_pid(&desk.laptop), desk.pid_before);
    desk.rule(json!({}));
    desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    desk.snapshot(
        "engines_restore",
        &format!("restore:\n{}\napply:\n{}", restored.terminal, applied.terminal),
    );
}

/// The lines that one text has and the other has not.
fn difference(before: &str, after: &str) -> String {
    let gone = before
        .lines()
        .filter(|line| !after.lines().any(|other| other == *line))
        .map(|line| format!("- {line}\n"));
    let new = after
        .lines()
        .filter(|line| !before.lines().any(|other| other == *line))
        .map(|line| format!("+ {line}\n"));
    gone.chain(new).collect()
}
