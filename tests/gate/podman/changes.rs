//! Between two pulls the world changes: the policy, its mode, its registries, the gateway itself.

use std::time::{Duration, Instant};

use acceptance::laptop::Laptop;
use acceptance::product::{policy, write_policy};
use acceptance::pull::{Flavor, Outcome, masks};
use serde_json::{Value, json};

use super::machine::laptop;
use super::record::{about, id_in, is_denied};

const IMAGE: &str = "docker.io/acme/tool:1";
const PROMISE: Duration = Duration::from_secs(1);

#[test]
fn the_next_pull_obeys_what_has_changed() {
    let laptop = laptop();
    a_changed_policy_rules_the_next_pull(&laptop);
    a_registry_named_anew_is_routed_by_itself(&laptop);
    audit_lets_through_and_warns(&laptop);
    a_killed_service_is_waited_for(&laptop);
    without_the_gateway_nothing_comes_and_nothing_leaves(&laptop);
}

fn a_changed_policy_rules_the_next_pull(laptop: &Laptop) {
    assert!(Flavor::SkopeoCopy.attempt(laptop, IMAGE).present);
    let denied = json!([{ "id": "d9", "match": "docker.io/acme/tool", "reason": "Withdrawn" }]);
    let outcome = after(laptop, json!({ "serial": 2, "deny": denied }), stopped_before_it_began);
    is_denied(laptop, &outcome);
    after(laptop, json!({ "serial": 3 }), |outcome| outcome.present);
}

/// A pull that had begun under the earlier policy is stopped in its middle, when the registry was asked already.
fn stopped_before_it_began(outcome: &Outcome) -> bool {
    !outcome.present && outcome.asked.is_nothing()
}

/// Puts a policy in force and pulls until it is obeyed: every pull that starts after a second must.
fn after(laptop: &Laptop, change: Value, obeys: impl Fn(&Outcome) -> bool) -> Outcome {
    write_policy(laptop, &policy(change));
    let changed = Instant::now();
    loop {
        let waited = changed.elapsed();
        let outcome = Flavor::SkopeoCopy.attempt(laptop, IMAGE);
        if obeys(&outcome) {
            return outcome;
        }
        assert!(waited < PROMISE, "a pull {waited:?} after the change does not obey it: {outcome}");
    }
}

fn a_registry_named_anew_is_routed_by_itself(laptop: &Laptop) {
    let image = "registry.k8s.io/pause:1";
    is_denied(laptop, &Flavor::SkopeoInspect.attempt(laptop, image));
    let private = "harbor.acme.example/dockerhub-proxy/library/official:1";
    is_denied(laptop, &Flavor::SkopeoInspect.attempt(laptop, private));
    let entries = json!({ "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "k8s", "host": "registry.k8s.io", "action": "allow" },
        { "id": "harbor", "host": "harbor.acme.example", "action": "allow" },
    ] });
    write_policy(laptop, &policy(json!({ "serial": 4, "registries": entries })));
    laptop.wait_for("the registry has a route of its own", |laptop| {
        let said = laptop.run(&format!("skopeo inspect docker://{private} 2>&1")).stdout;
        said.contains("harbor.acme.example refuses access: 401")
    });
    assert!(Flavor::Podman.attempt(laptop, image).present);
    write_policy(laptop, &policy(json!({ "serial": 5 })));
    laptop.wait_for("the registry is blocked again", |laptop| {
        !Flavor::SkopeoInspect.attempt(laptop, image).present
    });
}

fn audit_lets_through_and_warns(laptop: &Laptop) {
    write_policy(laptop, &policy(json!({ "serial": 6, "mode": "audit" })));
    laptop.wait_for("audit is in force", |laptop| laptop.run("pullgate explain someuser/tool:1").code == 0);
    let mut text = String::new();
    for (flavor, image) in
        [(Flavor::Podman, "docker.io/someuser/tool:1"), (Flavor::SkopeoCopy, "docker.io/evil/miner:1")]
    {
        let outcome = flavor.attempt(laptop, image);
        assert_eq!((outcome.code, outcome.present), (0, true), "{outcome}");
        let told = about(laptop, image).pop().expect("it is on record");
        assert_eq!(told.outcome, "audited");
        assert_eq!(Some(told.id), id_in(&outcome.terminal), "{outcome}");
        text.push_str(&outcome.to_string());
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("audited", text);
    });
    write_policy(laptop, &policy(json!({ "serial": 7 })));
    laptop.wait_for("the policy blocks again", |laptop| {
        laptop.run("pullgate explain someuser/tool:1").code == 3
    });
}

fn a_killed_service_is_waited_for(laptop: &Laptop) {
    laptop.must("systemctl kill --signal=KILL pullgate.service");
    let outcome = Flavor::SkopeoCopy.attempt(laptop, IMAGE);
    assert_eq!((outcome.code, outcome.present), (0, true), "{outcome}");
}

fn without_the_gateway_nothing_comes_and_nothing_leaves(laptop: &Laptop) {
    let sockets = "pullgate-proxy.socket pullgate-mirror.socket pullgate-control.socket";
    laptop.wait_for("every name has a route", |laptop| {
        let conf = laptop.read_file("/etc/containers/registries.conf.d/zz-pullgate.conf");
        conf.unwrap_or_default().contains("\"*.io\"")
    });
    laptop.must(&format!("systemctl stop {sockets} pullgate.service"));
    laptop.internet().forget();
    for (flavor, image) in Flavor::DAEMONLESS.into_iter().zip([
        "docker.io/library/official:1",
        "docker.io/grafana/tool:1",
        "ghcr.io/acme/app:1",
        "quay.io/coreos/etcd:1",
        "docker.io/evil/miner:1",
    ]) {
        let outcome = flavor.attempt(laptop, image);
        assert!(outcome.code != 0 && !outcome.present, "{outcome}");
        assert!(outcome.terminal.contains("connect: connection refused"), "{outcome}");
    }
    assert_eq!(laptop.internet().requests(), [], "nothing was asked of anybody");
    laptop.must(&format!("systemctl start {sockets}"));
    assert!(Flavor::SkopeoCopy.attempt(laptop, IMAGE).present);
}
