//! The lid is opened, or the VPN comes up: connections of before lead nowhere, and nobody says so. The first pull takes
//! a second or two all the same.

use std::time::{Duration, Instant};

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, with_product};
use serde_json::json;

use crate::network::lab::{entries, open_policy};

/// Where the promise is two seconds.
const BOUND: Duration = Duration::from_secs(10);

/// Each way to pull: its name, the pull, and how the image is forgotten.
const PULLS: [(&str, &str, &str); 2] = [
    ("docker, classic store", "docker pull docker.io/library/official:1", "docker rmi -f official:1"),
    ("podman", "podman pull docker.io/library/official:1", "podman rmi -f docker.io/library/official:1"),
];

/// The flows to the internet that are established now die without a word, and new ones live.
const DIE: &str = r"
for port in $(ss -tnH state established '( dport = :443 )' | awk '{ print $3 }' | sed 's/.*://'); do
  iptables -A OUTPUT -p tcp --sport $port --dport 443 -j DROP
  iptables -A INPUT -p tcp --sport 443 --dport $port -j DROP
  echo dead
done";

#[test]
fn the_first_pull_after_sleep_takes_no_longer_than_a_moment() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    for way in PULLS {
        pull(&laptop, way, "before enrollment");
        flows_die(&laptop);
        pull(&laptop, way, "before enrollment, after the flows died");
    }
    install(&laptop);
    enroll(&laptop, &open_policy(json!({})));
    for way in PULLS {
        pull(&laptop, way, "enrolled");
        assert!(flows_die(&laptop), "the service keeps connections");
        pull(&laptop, way, "first pull after the flows died");
        pull(&laptop, way, "second pull after the flows died");
    }
    after_the_service_was_frozen(&laptop);
    after_the_login_managers_signal(&laptop);
    after_another_address(&laptop);
    let kept = entries(&laptop, "docker.io/library/official");
    assert!(kept.iter().all(|entry| entry["upstream"]["kind"] == "delivered"), "{kept:#?}");
    laptop.must("pullgate unenroll --yes");
    for way in PULLS {
        pull(&laptop, way, "after unenroll");
    }
}

fn flows_die(laptop: &Laptop) -> bool {
    laptop.must(DIE).stdout.contains("dead")
}

fn pull(laptop: &Laptop, (name, pull, forget): (&str, &str, &str), when: &str) {
    laptop.run_as(Person::Ada, forget);
    let begun = Instant::now();
    let output = laptop.run_as(Person::Ada, pull);
    let took = begun.elapsed();
    eprintln!("{name}, {when}: {:.1} s", took.as_secs_f32());
    assert_eq!(output.code, 0, "{name}, {when}: {}", output.terminal);
    // Whether one of the dead flows swallowed a packet of this pull shows in the counters of their rules.
    let dropped = || laptop.run("iptables --list OUTPUT --numeric --verbose --exact").stdout;
    assert!(took < BOUND, "{name}, {when}: {took:?}\n{}\n{}", output.terminal, dropped());
}

fn after_the_service_was_frozen(laptop: &Laptop) {
    for way in PULLS {
        pull(laptop, way, "before the service froze");
        laptop.must("systemctl kill --signal STOP pullgate.service");
        flows_die(laptop);
        laptop.must("systemctl kill --signal CONT pullgate.service");
        pull(laptop, way, "first pull after the service was frozen");
    }
}

fn after_the_login_managers_signal(laptop: &Laptop) {
    let signal = "busctl emit /org/freedesktop/login1 org.freedesktop.login1.Manager PrepareForSleep b";
    for way in PULLS {
        pull(laptop, way, "before sleep");
        laptop.must(&format!("{signal} true"));
        flows_die(laptop);
        laptop.must(&format!("{signal} false"));
        pull(laptop, way, "first pull after the login manager's signal");
    }
}

fn after_another_address(laptop: &Laptop) {
    for way in PULLS {
        pull(laptop, way, "before the VPN");
        flows_die(laptop);
        // Another address of a device that is there already: a laptop in a box can make no new ones.
        laptop.must("ip address add 10.9.0.2/32 dev lo");
        pull(laptop, way, "first pull after the VPN came up");
        laptop.must("ip address del 10.9.0.2/32 dev lo");
    }
}
