//! Enrolling where a firewall drops what does not go through a proxy: it takes seconds, says what it waits for, and asks
//! nobody out there about the image that must be blocked.

use std::time::{Duration, Instant};

use acceptance::internet::Asked;
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{ENROLLMENT, install, policy, with_product, write_policy};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use crate::drift::desk::until;
use crate::network::lab::{condition, masked, status};

/// Docker, Podman and containerd; the field saw 95 s of silence.
const BOUND: Duration = Duration::from_secs(45);
const IMAGE: &str = "docker.io/library/official:1";

#[test]
fn enrolling_behind_a_firewall_that_drops_takes_seconds_and_is_not_silent() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    pulls(&laptop, "before enrollment");
    let asked = laptop.internet().requests().len();
    drop_all(&laptop, true);
    write_policy(&laptop, &policy(json!({})));
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    let started = Instant::now();
    let enrolled = laptop.run("pullgate enroll /root/enrollment.toml");
    let took = started.elapsed();
    eprintln!(
        "enrolling with Docker, Podman and containerd where a firewall drops: {took:?} (aim 10 s)\n{}",
        enrolled.terminal
    );
    assert_eq!(enrolled.code, 0, "{}", enrolled.terminal);
    assert!(took < BOUND, "{took:?}");
    assert!(
        enrolled.terminal.contains("docker: waiting until it has its new configuration"),
        "{}",
        enrolled.terminal
    );
    nobody_is_called_unrouted(&laptop);
    drop_all(&laptop, false);
    until(&laptop, "every engine is proved without anybody asking", |laptop| {
        status(laptop)["engines"] == json!({ "found": 3, "routed": 3, "partly": 0 })
            && condition(laptop, "engine-not-proved").is_none()
    });
    let requests = laptop.internet().requests();
    let about = |it: &&Asked| it.path.contains("pullgate-canary") && !it.path.starts_with("/token");
    let asked: Vec<String> = requests[asked..].iter().filter(about).map(|it| format!("{it:?}")).collect();
    assert_eq!(asked, Vec::<String>::new(), "the image that must be blocked was asked for out there");
    pulls(&laptop, "after enrollment");
    laptop.must("pullgate unenroll --yes");
    pulls(&laptop, "after unenroll");
}

/// What a network is silent about is "could not be proved", and never "not routed".
fn nobody_is_called_unrouted(laptop: &Laptop) {
    for line in laptop.run("pullgate engines --json").stdout.lines() {
        let report: Value = serde_json::from_str(line).expect("a report is JSON");
        let is_proved = report["routed"] == "yes" && report["unproved"].is_null();
        assert!(is_proved || report["unproved"].is_string(), "{report:#}");
        assert_ne!(report["routed"], "no", "{report:#}");
    }
    assert_eq!(condition(laptop, "engine-not-routed"), None);
}

fn pulls(laptop: &Laptop, when: &str) {
    for flavor in [Flavor::DockerPull, Flavor::Podman, Flavor::Cri] {
        let outcome = flavor.attempt(laptop, IMAGE);
        assert_eq!((outcome.code, outcome.present), (0, true), "{when}: {}", outcome.terminal);
    }
}

/// Packets to the small internet vanish, or come through again.
pub(super) fn drop_all(laptop: &Laptop, on: bool) {
    let change = if on { "--insert" } else { "--delete" };
    laptop.must(&format!("iptables {change} OUTPUT --destination 203.0.113.0/24 --jump DROP"));
}

/// What people read while enrolling, where nothing is in the way of it.
#[test]
fn what_is_read_while_enrolling_says_each_engine_and_asks_nothing() {
    let laptop = Laptop::boot(&with_product(Options::daemonless().mask("docker.socket")));
    install(&laptop);
    write_policy(&laptop, &policy(json!({})));
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    let enrolled = laptop.must("pullgate enroll /root/enrollment.toml");
    let engines = laptop.must("pullgate engines").stdout;
    let doctor = laptop.must("pullgate doctor").stdout;
    let text =
        format!("{}\n{}\n{engines}\n{doctor}", enrolled.terminal, laptop.must("pullgate status").stdout);
    let mut filters = masked();
    filters.extend([(r" {2,}", "  ")]);
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("enrolling_with_docker_masked", text);
    });
}
