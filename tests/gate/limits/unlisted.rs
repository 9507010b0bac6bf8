//! A rule for images of every registry, under a policy that lets registries pass that it does not name.

use acceptance::laptop::Laptop;
use acceptance::product::{policy, write_policy};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::{ada, comes, publish, row};
use crate::network::lab::{arrived, denied};

const WELL_KNOWN: &str = "quay.io/acme/xmrig:1";
const OTHER: &str = "cache.acme.example/acme/xmrig:1";
const RULE: &str = "**/xmrig";

fn open(mode: &str, serial: u32) -> Value {
    policy(json!({
        "serial": serial,
        "mode": mode,
        "registries": { "default": "allow", "entries": [{ "id": "hub", "host": "docker.io", "action": "allow" }] },
        "deny": [{ "id": "d1", "match": RULE, "reason": "Known miner" }],
    }))
}

pub(super) fn a_rule_for_every_registry_holds_where_the_manual_says(laptop: &Laptop) {
    row("Podman and its relatives, `registries.default: allow`");
    for image in [WELL_KNOWN, OTHER, "cache.acme.example/someuser/tool:1"] {
        publish(laptop, image.trim_end_matches(":1"));
    }
    adopt(laptop, "enforce", 2);
    let said = Flavor::Podman.attempt(laptop, WELL_KNOWN);
    denied(&said);
    assert!(said.terminal.contains("Known miner (rule: d1)"), "{}", said.terminal);
    for image in [WELL_KNOWN, OTHER] {
        denied(&Flavor::DockerPull.attempt(laptop, image));
    }
    arrived(&Flavor::Podman.attempt(laptop, OTHER));
    let checked = laptop.must("pullgate policy check /etc/pullgate/policy/policy.json").terminal;
    assert!(
        checked.contains("a rule for images of every registry does not hold for their pulls"),
        "{checked}"
    );
    row("public mirrors of Docker Hub under other names");
    denied(&Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1"));
    arrived(&Flavor::DockerPull.attempt(laptop, "cache.acme.example/someuser/tool:1"));
    let alias = ada(laptop, "docker pull registry.ipv6.docker.com/someuser/tool:1");
    assert!(alias.terminal.contains("image access denied: someuser/tool:1"), "{}", alias.terminal);
    adopt(laptop, "audit", 3);
    let before = laptop.must("pullgate blocked --json").stdout.lines().count();
    laptop.must(&format!("podman rmi --all --force && podman pull {WELL_KNOWN} && podman pull {OTHER}"));
    let blocked = laptop.must("pullgate blocked --json").stdout;
    let of = |image: &str| blocked.lines().filter(|line| line.contains(image.trim_end_matches(":1"))).count();
    assert!(blocked.lines().count() > before && of("acme/xmrig") > 0, "{blocked}");
    comes(&laptop.run(&format!("pullgate images | grep {OTHER}")));
}

/// Puts the policy in force, and waits until Podman knows of it.
fn adopt(laptop: &Laptop, mode: &str, serial: u32) {
    write_policy(laptop, &open(mode, serial));
    laptop.wait_for("the policy is in force", |laptop| {
        let shown = laptop.must("pullgate policy show --json").stdout;
        serde_json::from_str::<Value>(&shown).is_ok_and(|it| it["document"]["serial"] == serial)
    });
    laptop.wait_for("Podman is led to well-known registries", |laptop| {
        let led = laptop.must("cat /etc/containers/registries.conf.d/zz-pullgate.conf").stdout;
        led.contains("\"quay.io\"") && !led.contains("/unlisted")
    });
}
