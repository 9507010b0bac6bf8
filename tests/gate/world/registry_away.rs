//! A firewall drops, a VPN is not up, a registry is away: what is blocked is told at once, what is allowed is told the
//! cause, and an engine stays proved.

use std::fmt::Write;
use std::time::{Duration, Instant};

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::{Flavor, Outcome};
use serde_json::json;

use crate::network::lab::{arrived, is_not_called_policy, masked, open_policy, restart, told};

const BLOCKED: &str = "docker.io/someuser/tool:1";
const ALLOWED: &str = "docker.io/library/official:1";
const DROP: &str = "iptables -I OUTPUT -d 203.0.113.0/24 -p tcp -m multiport --dports 443,80 -j DROP";
const REJECT: &str = "iptables -I OUTPUT -d 203.0.113.0/24 -p tcp -m multiport --dports 443,80 -j REJECT --reject-with tcp-reset";
const MEND: &str = "iptables -F OUTPUT";
/// Where the promise is a second or two.
const BOUND: Duration = Duration::from_secs(10);

#[test]
fn a_blocked_image_is_told_at_once_while_its_registry_is_away() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        arrived(&flavor.attempt(&laptop, BLOCKED));
    }
    laptop.must("docker rmi someuser/tool:1; podman rmi -af; su - ada -c 'podman rmi -af'");
    install(&laptop);
    enroll(&laptop, &open_policy(json!({})));
    let mut page = String::new();
    for (how, cut) in [("dropped", DROP), ("refused", REJECT)] {
        laptop.must(cut);
        // As at a boot without a network: nothing is remembered.
        restart(&laptop);
        writeln!(page, "# packets are {how}").expect("memory does not fail");
        for flavor in [Flavor::DockerPull, Flavor::Podman] {
            blocked_at_once(&laptop, flavor, how);
            allowed_names_the_cause(&laptop, flavor, how, &mut page);
        }
        proof_holds(&laptop);
        nobody_is_logged_in(&laptop, how, &mut page);
        laptop.must(MEND);
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("registry_away_classic", page);
    });
    arrived(&Flavor::DockerPull.attempt(&laptop, ALLOWED));
    laptop.must("pullgate unenroll --yes");
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        arrived(&flavor.attempt(&laptop, BLOCKED));
    }
}

#[test]
fn a_blocked_image_is_told_at_once_by_the_containerd_store_too() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Containerd)));
    arrived(&Flavor::DockerPull.attempt(&laptop, BLOCKED));
    laptop.must("docker rmi someuser/tool:1");
    install(&laptop);
    enroll(&laptop, &open_policy(json!({})));
    laptop.must(DROP);
    restart(&laptop);
    let mut page = String::new();
    blocked_at_once(&laptop, Flavor::DockerPull, "dropped");
    blocked_at_once(&laptop, Flavor::BuildKit, "dropped");
    allowed_names_the_cause(&laptop, Flavor::DockerPull, "dropped", &mut page);
    proof_holds(&laptop);
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("registry_away_containerd", page);
    });
    laptop.must(MEND);
    arrived(&Flavor::DockerPull.attempt(&laptop, ALLOWED));
    laptop.must("pullgate unenroll --yes");
    arrived(&Flavor::DockerPull.attempt(&laptop, BLOCKED));
}

fn blocked_at_once(laptop: &Laptop, flavor: Flavor, how: &str) {
    let (outcome, took) = timed(laptop, flavor, BLOCKED);
    let text = &outcome.terminal;
    eprintln!("{flavor:?} of a blocked image, packets {how}: told after {:.1} s", took.as_secs_f32());
    assert!(text.contains("image access denied") && text.contains("pullgate why pg-"), "{flavor:?}: {text}");
    assert!(took < BOUND, "{flavor:?}: {took:?}");
}

fn allowed_names_the_cause(laptop: &Laptop, flavor: Flavor, how: &str, page: &mut String) {
    let (outcome, took) = timed(laptop, flavor, ALLOWED);
    eprintln!("{flavor:?} of an allowed image, packets {how}: told after {:.1} s", took.as_secs_f32());
    is_not_called_policy(&outcome);
    let journal = told(laptop, "docker.io/library/official");
    writeln!(page, "{flavor:?}\n{outcome}  journal: {journal}\n").expect("memory does not fail");
}

fn timed(laptop: &Laptop, flavor: Flavor, image: &str) -> (Outcome, Duration) {
    let begun = Instant::now();
    let outcome = flavor.attempt(laptop, image);
    (outcome, begun.elapsed())
}

fn proof_holds(laptop: &Laptop) {
    let proof = laptop.run("pullgate engines verify docker");
    assert_eq!(proof.code, 0, "{}", proof.terminal);
}

/// A registry that cannot be asked has not found a login good.
fn nobody_is_logged_in(laptop: &Laptop, how: &str, page: &mut String) {
    let output = laptop.run_as(Person::Ada, "docker login -u ada -p not-hers 2>&1");
    assert!(output.code != 0 && !output.stdout.contains("Succeeded"), "{how}: {}", output.terminal);
    let last = output.stdout.lines().last().unwrap_or_default();
    writeln!(page, "docker login\n  {last}\n").expect("memory does not fail");
}
