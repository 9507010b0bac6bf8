//! The service is killed again and again while pulls run: the sockets stay, and nothing passes that must not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::{Flavor, Outcome};
use serde_json::json;

use crate::network::lab::{arrived, condition, denied, entries, open_policy};

const KILLS: usize = 20;

#[test]
fn a_service_that_is_killed_again_and_again_lets_nothing_pass_that_must_not() {
    let laptop = enrolled(Options::docker(Store::Classic), &open_policy(json!({})));
    let done = AtomicBool::new(false);
    let pulls = |flavor: Flavor, image: &'static str| {
        let mut outcomes = Vec::new();
        while !done.load(Ordering::Relaxed) {
            outcomes.push(flavor.attempt(&laptop, image));
            if flavor == Flavor::DockerPull {
                laptop.run(&format!("docker rmi {image}"));
            }
        }
        outcomes
    };
    let (allowed, blocked) = thread::scope(|scope| {
        let allowed = [
            (Flavor::DockerPull, "docker.io/library/official:1"),
            (Flavor::SkopeoCopy, "docker.io/grafana/tool:1"),
        ];
        let blocked = [
            (Flavor::DockerPull, "docker.io/someuser/tool:1"),
            (Flavor::SkopeoCopy, "docker.io/evil/miner:1"),
        ];
        let start = |(flavor, image)| scope.spawn(move || pulls(flavor, image));
        let (allowed, blocked) = (allowed.map(start), blocked.map(start));
        (0..KILLS).for_each(|_| kill(&laptop));
        done.store(true, Ordering::Relaxed);
        let all = |threads: [thread::ScopedJoinHandle<'_, Vec<Outcome>>; 2]| {
            threads.into_iter().flat_map(|one| one.join().expect("no pull panics")).collect::<Vec<_>>()
        };
        (all(allowed), all(blocked))
    });
    for outcome in &blocked {
        assert!(outcome.code != 0 && !outcome.present && outcome.asked.is_nothing(), "{outcome}");
        assert!(!outcome.terminal.trim().is_empty());
    }
    for outcome in &allowed {
        assert!(!outcome.terminal.contains("image access denied"), "{outcome}");
        assert!(outcome.present || !outcome.terminal.trim().is_empty(), "{outcome}");
    }
    assert!(
        allowed.iter().any(|outcome| outcome.present) && blocked.len() > 5,
        "{} {}",
        allowed.len(),
        blocked.len()
    );
    laptop.wait_for("it is back", |laptop| laptop.run("pullgate status").code == 0);
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1"));
    denied(&Flavor::DockerPull.attempt(&laptop, "docker.io/someuser/tool:1"));
    assert_eq!(condition(&laptop, "journal-damaged"), None);
    assert!(
        entries(&laptop, "docker.io/someuser/tool")
            .iter()
            .all(|entry| entry["verdict"]["finding"]["outcome"] == "blocked")
    );
}

/// Kills the service as soon as it serves.
fn kill(laptop: &Laptop) {
    laptop.wait_for("the service serves", |laptop| laptop.run("pullgate status").code == 0);
    laptop.must("systemctl kill --signal=KILL pullgate.service");
}
