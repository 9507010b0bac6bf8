//! Proof, what undoes it, and the way back: every file as it was, byte for byte, and Podman asks registries itself.

use std::collections::BTreeSet;

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::machine::tidy;

const OWN: &str = "unqualified-search-registries = [\"docker.io\"]\n\n# ours since 2019\n[[registry]]\nprefix = \"ghcr.io/acme\"\nlocation = \"ghcr.io/acme\"\n";
const OWN_POLICY: &str = "{\n    \"default\": [ {\"type\": \"insecureAcceptAnything\"} ]\n}\n";

#[test]
fn routing_is_proved_and_taken_off_without_a_trace() {
    let options = Options::daemonless().file("/etc/containers/registries.conf.d/050-own.conf", OWN);
    let laptop = Laptop::boot(&with_product(options));
    laptop.write_file("/etc/containers/policy.json", OWN_POLICY);
    laptop.must("chown root:docker /etc/containers/policy.json && chmod 640 /etc/containers/policy.json");
    install(&laptop);
    let before = inventory(&laptop);
    enroll(&laptop, &policy(json!({})));
    assert!(inventory(&laptop) != before);
    the_proof_is_a_pull_that_was_blocked(&laptop);
    a_persons_own_file_undoes_it_and_is_told(&laptop);
    laptop.must("pullgate engines restore podman");
    is_as_before(&laptop, &before);
    let outcome = Flavor::Podman.attempt(&laptop, "docker.io/someuser/tool:1");
    assert_eq!((outcome.code, outcome.present, outcome.asked.manifests > 0), (0, true, true), "{outcome}");
    assert_eq!(report(&laptop)["routed"], "no");
}

fn the_proof_is_a_pull_that_was_blocked(laptop: &Laptop) {
    laptop.internet().forget();
    let report = report(laptop);
    assert_eq!(report["routed"], "yes", "{report}");
    let sandbox = laptop.must("systemctl show pullgate-steward -p CapabilityBoundingSet").stdout;
    assert!(!sandbox.contains("cap_sys_admin"), "{sandbox}");
    assert_eq!(laptop.internet().requests(), [], "the canary got no further than the gateway");
}

fn a_persons_own_file_undoes_it_and_is_told(laptop: &Laptop) {
    let file = "/home/ada/.config/containers/registries.conf";
    laptop.run_as(Person::Ada, "mkdir -p .config/containers && touch .config/containers/registries.conf");
    let outcome = Flavor::Podman.attempt_as(Person::Ada, laptop, "docker.io/someuser/tool:1");
    assert!(outcome.present, "a person's own file beats the system's: {outcome}");
    let told = report(laptop);
    assert_eq!(told["routed"], "partly", "{told}");
    assert!(told["why"].as_str().unwrap_or_default().contains("those of ada"), "{told}");
    // Where they are, only that person and root are told.
    assert!(told["personal"].to_string().contains(file), "{told}");
    let others = laptop.run_as(Person::Bob, "pullgate engines --json").stdout;
    assert!(others.contains("those of ada") && !others.contains(file), "{others}");
    laptop.must(&format!("rm {file}"));
    assert_eq!(report(laptop)["routed"], "yes");
    tidy(laptop, Person::Ada);
    assert!(!Flavor::Podman.attempt_as(Person::Ada, laptop, "docker.io/someuser/tool:1").present);
}

fn report(laptop: &Laptop) -> Value {
    let said = laptop.run("pullgate engines verify podman --json").stdout;
    let line = said.lines().next().expect("there is a report");
    serde_json::from_str(line).expect("a report is JSON")
}

/// Every file below `/etc` but the product's own: type, mode, owner, target of links, and what is in it.
pub(crate) fn inventory(laptop: &Laptop) -> BTreeSet<String> {
    let list = "cd /etc && find . -path ./pullgate -prune -o -printf '%y %m %u:%g %p %l\\n'";
    let sums = "cd /etc && find . -path ./pullgate -prune -o -type f -print0 | xargs -0 sha256sum";
    let text = laptop.must(list).stdout + &laptop.must(sums).stdout;
    text.lines().map(str::to_owned).collect()
}

/// Holds that `/etc` is as it was.
pub(crate) fn is_as_before(laptop: &Laptop, before: &BTreeSet<String>) {
    let now = inventory(laptop);
    let different: Vec<_> = before.symmetric_difference(&now).collect();
    assert!(different.is_empty(), "{different:#?}");
}
