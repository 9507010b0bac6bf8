//! Whatever a policy host says, the last good policy stays in force, and the status says why.

use std::fmt::Write;

use acceptance::pull::Flavor;
use serde_json::json;

use super::bad_documents::{Bad, all};
use super::desk::{Desk, EVIL, HOST, OFFICIAL, REFUSED, UNREACHABLE, desk, snapshot};
use crate::network::lab::{arrived, condition, denied, restart};

/// A restart takes its time, and is the same for all of them.
const EACH: usize = 7;

#[test]
fn a_bad_set_is_refused_in_words_and_the_last_good_one_stays_in_force() {
    let mut desk = desk();
    let mut text = String::new();
    for (at, (name, bad)) in all().into_iter().enumerate() {
        let good = desk.serial;
        put(&mut desk, bad);
        let refreshed = desk.refresh();
        assert_eq!(refreshed.code, 1, "{name}: {}", refreshed.terminal);
        // The service asks by itself, too, and may be in the middle of it.
        let (stays, mut said) = (format!("version {good} stays in force"), String::new());
        desk.laptop.wait_for(&format!("the status says what is wrong: {name}"), |laptop| {
            said = [REFUSED, UNREACHABLE].iter().find_map(|code| condition(laptop, code)).unwrap_or_default();
            said.ends_with(&stays)
        });
        writeln!(text, "{name}\n  {said}\n  {}", refreshed.terminal.trim_end())
            .expect("memory does not fail");
        desk.is_in_force(good);
        if at % EACH == 0 {
            restart(&desk.laptop);
            desk.is_in_force(good);
            arrived(&Flavor::DockerPull.attempt(&desk.laptop, OFFICIAL));
            denied(&Flavor::DockerPull.attempt(&desk.laptop, EVIL));
            desk.laptop.must(&format!("docker rmi {OFFICIAL}"));
        }
        desk.laptop.internet().behave_well();
        desk.good();
        desk.laptop.wait_for(&format!("all is well again after: {name}"), |laptop| {
            [REFUSED, UNREACHABLE].iter().all(|code| condition(laptop, code).is_none())
        });
    }
    snapshot("bad_sets", &text);
    let crashes = desk.laptop.must("systemctl show -P NRestarts pullgate.service").stdout;
    assert_eq!(crashes.trim(), "0");
}

fn put(desk: &mut Desk, bad: Bad) {
    match bad {
        Bad::Behaves(file, manner) => desk.laptop.internet().behave(&format!("{HOST}/v1/{file}"), manner),
        Bad::Gone(file) => desk.laptop.policy_host().remove(&format!("v1/{file}")),
        Bad::Bytes(file, bytes) => desk.put(file, bytes(desk.serial, desk.version)),
        Bad::Under(trust, bytes) => {
            desk.trust(trust);
            desk.put("policy.json", bytes(desk.serial, desk.version));
        }
        Bad::Catalog(bytes) => {
            let sha256 = policy_bundle::sha256(bytes.as_bytes());
            desk.publish(json!({ "catalog": { "url": "catalog.json", "sha256": sha256 } }));
            desk.put("catalog.json", bytes);
            desk.serial -= 1;
        }
    }
}
