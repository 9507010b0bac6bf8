//! Coming and going: what runs keeps running, and what was written is taken back.
#![expect(clippy::print_stderr, reason = "how long routing took is a result of its own")]

use std::time::Instant;

use acceptance::internet::{Content, Image, Manner};
use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::{Desk, arriving, container_pid, manifest, until};

on_both_stores![
    a_container_from_before_keeps_its_process_while_the_engine_is_routed,
    restore_gives_back_every_file_and_the_engine_pulls_directly,
    a_pull_that_runs_keeps_its_engine_from_a_restart_and_one_that_broke_off_does_not,
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

fn a_pull_that_runs_keeps_its_engine_from_a_restart_and_one_that_broke_off_does_not(desk: &mut Desk) {
    let internet = desk.laptop.internet();
    internet.publish(
        &Image::new("docker.io/library/slow", &["1"]).made_of(Content::Random { layers: 1, mebibytes: 4 }),
    );
    internet.behave("docker.io/library/slow", Manner::Drips { bytes: 1024, milliseconds: 20 });
    desk.laptop.must("systemd-run --quiet --unit=pulling docker pull library/slow:1");
    desk.laptop.wait_for("a layer is arriving", |laptop| arriving(laptop) > 0);
    let refused = desk.laptop.run("pullgate engines restore docker");
    desk.laptop.must("systemctl stop pulling");
    let mut restored = refused.clone();
    until("the engine is free again", || {
        restored = desk.laptop.run("pullgate engines restore docker");
        restored.code == 0
    });
    let applied = desk.laptop.must("pullgate engines apply docker");
    let text = format!("{}\nbroken off:\n{}\n{}", refused.terminal, restored.terminal, applied.terminal);
    desk.snapshot("engines_busy", &text);
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
