//! One user who takes what can be had, and what becomes of everybody else: `cargo xtask flood` plays the whole of it.
#![expect(clippy::print_stderr, reason = "the seconds and counts that tests see are results of their own")]

use std::time::{Duration, Instant};

use acceptance::flood::{Size, options, play, service};
use acceptance::laptop::{Laptop, Person};
use acceptance::product::{enroll, install, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::arrived;

/// What root waits for at most while somebody else asks for something again and again; engines restart in it.
const PATIENCE: Duration = Duration::from_secs(60);
const ASKERS: usize = 64;

#[test]
fn one_user_who_takes_what_can_be_had_keeps_nobody_else_from_anything() {
    let laptop = Laptop::boot(&options());
    install(&laptop);
    enroll(&laptop, &policy(json!({})));
    let seen = play(&laptop, Size::SMALL);
    eprintln!("{seen}");
    assert!(seen.same_process, "the service was started anew");
    assert!(seen.memory < seen.allowed, "{} bytes", seen.memory);
    let did = |what: &str| seen.bob[what].as_u64().unwrap_or_default();
    assert!(did("closed") > 0, "bob got every connection that he wanted: {}", seen.bob);
    assert!(did("refused") * 10 > did("names") * 8, "invented images passed: {}", seen.bob);
    root_is_not_held_up_by_a_storm_of_questions(&laptop);
}

/// `apply` took a minute and a half, and `unenroll` nearly five, while one user had the engines looked at all the time.
fn root_is_not_held_up_by_a_storm_of_questions(laptop: &Laptop) {
    let before = service(laptop);
    laptop.write_file(
        "/tmp/storm",
        format!(
            "for n in $(seq {ASKERS}); do (while :; do pullgate engines verify; pullgate doctor; pullgate images; \
             done > /dev/null 2>&1) & done; wait\n"
        ),
    );
    laptop.must("systemd-run --quiet --uid=bob --unit=storm bash /tmp/storm");
    laptop.wait_for("all of them ask", |laptop| {
        let asking = laptop.run("pgrep --uid bob --count --exact pullgate").stdout;
        asking.trim().parse().is_ok_and(|count: usize| count >= ASKERS / 2)
    });
    let applied = timed(laptop, "pullgate engines apply");
    for (flavor, image) in
        [(Flavor::DockerPull, "docker.io/grafana/tool:1"), (Flavor::Podman, "docker.io/acme/tool:1")]
    {
        arrived(&flavor.attempt_as(Person::Ada, laptop, image));
    }
    assert_eq!(service(laptop), before, "the service was started anew");
    let ended = timed(laptop, "pullgate unenroll --yes");
    eprintln!("beside {ASKERS} who ask: `engines apply` {applied:.1?}, `unenroll` {ended:.1?}");
    assert!(applied < PATIENCE && ended < PATIENCE, "{applied:?}, {ended:?}");
    laptop.must("systemctl stop storm");
    let direct = Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1");
    assert_eq!((direct.code, direct.present), (0, true), "every engine is given back: {}", direct.terminal);
}

fn timed(laptop: &Laptop, command: &str) -> Duration {
    let begun = Instant::now();
    laptop.must(command);
    begun.elapsed()
}
