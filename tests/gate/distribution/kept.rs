//! What a machine kept, when it starts and the policy host is away.

use std::fmt::Write;

use acceptance::internet::Manner;
use acceptance::laptop::Laptop;
use acceptance::product::while_stopped;
use acceptance::pull::Flavor;
use serde_json::json;

use super::desk::{EVIL, HOST, OFFICIAL, REFUSED, UNREACHABLE, desk, snapshot};
use crate::network::lab::{arrived, denied, status};

const KEPT: &str = "/var/lib/pullgate/policy.json";

/// Each with what it is called and the command that makes a good file so.
const DAMAGES: [(&str, &str); 6] = [
    ("a bit of the policy flipped", "sed -i 's/eyJ/eyK/g' $0"),
    ("cut in half", "truncate -s 900 $0"),
    ("empty", ": > $0"),
    ("for everybody to read", "chmod 644 $0"),
    ("of root", "chown root $0"),
    ("a folder", "rm $0 && mkdir $0"),
];

fn start_after(laptop: &Laptop, command: &str) {
    let damage = format!("sh -c '{}' {KEPT}", command.replace('\'', "'\\''"));
    while_stopped(laptop, &damage);
}

#[test]
fn a_good_policy_that_was_kept_goes_on_while_the_host_is_away() {
    let desk = desk();
    desk.laptop.internet().behave(HOST, Manner::unavailable(None));
    start_after(&desk.laptop, "true");
    desk.laptop.wait_for("the host is missed", |_| desk.said(UNREACHABLE).is_some());
    desk.is_in_force(desk.serial);
    arrived(&Flavor::DockerPull.attempt(&desk.laptop, OFFICIAL));
    denied(&Flavor::DockerPull.attempt(&desk.laptop, EVIL));
    desk.laptop.must(&format!("docker rmi {OFFICIAL}"));
    snapshot("away", &desk.laptop.run("pullgate status").terminal);
}

#[test]
fn a_kept_policy_that_is_damaged_blocks_in_the_open_until_the_host_is_back() {
    let mut desk = desk();
    let mut text = String::new();
    for (name, damage) in DAMAGES {
        desk.laptop.internet().behave(HOST, Manner::unavailable(None));
        start_after(&desk.laptop, damage);
        assert_eq!(status(&desk.laptop)["policy"]["state"], "unusable", "{name}");
        assert_eq!(desk.verdicts(), [3, 3], "{name}");
        let said = desk.said(REFUSED).unwrap_or_default();
        assert!(said.contains(KEPT), "{name}: {said}");
        writeln!(text, "{name}\n  {said}").expect("memory does not fail");
        if name == "cut in half" {
            let pulled = desk.laptop.run(&format!("docker pull {OFFICIAL}"));
            assert!(pulled.code != 0, "{}", pulled.terminal);
            writeln!(text, "{}", pulled.terminal).expect("memory does not fail");
            writeln!(text, "{}", desk.laptop.run("pullgate status").terminal).expect("memory does not fail");
        }
        desk.laptop.internet().behave_well();
        desk.laptop.run(&format!("[ -d {KEPT} ] && rmdir {KEPT}"));
        desk.laptop.must("pullgate policy refresh");
        desk.is_in_force(desk.serial);
        assert_eq!([REFUSED, UNREACHABLE].map(|code| desk.said(code)), [None, None], "{name}");
        desk.rule(json!({}));
        desk.laptop.must("systemctl restart pullgate.service");
        desk.is_in_force(desk.serial);
    }
    snapshot("damaged", &text);
}

#[test]
fn a_policy_in_force_does_not_suffer_from_what_happens_to_the_kept_one() {
    let desk = desk();
    desk.laptop.internet().behave(HOST, Manner::unavailable(None));
    desk.laptop.must(&format!("echo garbage > {KEPT}"));
    assert_eq!(desk.refresh().code, 1);
    desk.is_in_force(desk.serial);
    assert_eq!(desk.said(REFUSED), None);
}
