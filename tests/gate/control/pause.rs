//! Break-glass: a pause is journaled, seen by everybody, ends by itself, and the policy can forbid it.

use std::time::{Duration, Instant};

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enrolled, policy, write_policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, denied, entries, entry, masked, restart, status};

const IMAGE: &str = "docker.io/someuser/tool:1";

#[test]
fn a_pause_lets_images_pass_is_seen_and_ends_by_itself() {
    let laptop = enrolled(Options::docker(Store::Classic), &policy(json!({})));
    denied(&Flavor::DockerPull.attempt(&laptop, IMAGE));
    let paused = laptop.must("pullgate pause --for 3s --reason 'registry outage'");
    let started = Instant::now();
    arrived(&Flavor::DockerPull.attempt(&laptop, IMAGE));
    let shown = laptop.run_as(Person::Bob, "pullgate status; pullgate explain someuser/tool:1").terminal;
    let entry = entry(&laptop, "docker.io/someuser/tool");
    let finding = &entry["verdict"]["finding"];
    assert_eq!((&finding["outcome"], &finding["reason"]["kind"]), (&json!("allowed"), &json!("paused")));
    let rule = finding["rule"]["text"].as_str().unwrap_or_default();
    assert!(rule.contains("root") && rule.contains("registry outage"), "{rule}");
    laptop.must("docker rmi someuser/tool:1");
    laptop.wait_for("the pause ends", |laptop| status(laptop)["enforcing"] == true);
    assert!(started.elapsed() >= Duration::from_millis(2500) && status(&laptop)["pause"].is_null());
    denied(&Flavor::DockerPull.attempt(&laptop, IMAGE));
    let log = laptop.must("pullgate log").stdout;
    let text = format!("{}\n{shown}\n{log}", paused.terminal);
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("paused", text);
    });
    it_outlives_a_restart(&laptop);
    the_policy_can_forbid_it(&laptop);
}

fn it_outlives_a_restart(laptop: &Laptop) {
    laptop.must("pullgate pause --for 10m --reason migration");
    restart(laptop);
    assert_eq!(status(laptop)["pause"]["reason"], "migration");
    laptop.must("systemctl kill --signal=KILL pullgate.service");
    laptop.wait_for("the service is back", |laptop| laptop.run("pullgate status").code == 0);
    assert_eq!(
        (&status(laptop)["pause"]["by"], &status(laptop)["enforcing"]),
        (&json!("root"), &json!(false))
    );
    arrived(&Flavor::Podman.attempt(laptop, IMAGE));
    laptop.must("podman rmi docker.io/someuser/tool:1 && pullgate resume");
    denied(&Flavor::Podman.attempt(laptop, IMAGE));
    restart(laptop);
    assert!(status(laptop)["pause"].is_null());
    denied(&Flavor::DockerPull.attempt(laptop, IMAGE));
}

fn the_policy_can_forbid_it(laptop: &Laptop) {
    laptop.must("pullgate pause --for 10m --reason meanwhile");
    write_policy(laptop, &policy(json!({ "serial": 2, "pause": { "allowed": false } })));
    laptop.wait_for("the next policy", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 2);
    denied(&Flavor::DockerPull.attempt(laptop, IMAGE));
    assert_eq!((&status(laptop)["enforcing"], status(laptop)["pause"].is_null()), (&json!(true), true));
    let refused = laptop.run("pullgate pause --for 1m --reason again");
    assert_eq!(refused.code, 1, "{}", refused.terminal);
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("pause_forbidden", refused.terminal);
    });
    assert_eq!(
        entries(laptop, "docker.io/someuser/tool")
            .last()
            .map(|last| last["verdict"]["finding"]["outcome"].clone()),
        Some(json!("blocked"))
    );
}
