//! What an enrollment believed ends with it: the next one begins as on a machine that never had one.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{self, install, while_stopped, with_product};
use acceptance::pull::Flavor;
use acceptance::signing::{self, CATALOG, PLATFORM, ROOT, enrollment, signed_policy, signed_trust, trust};
use serde_json::json;

use crate::network::lab::{arrived, condition, denied, masked, status};

const URL: &str = "https://policy.acme.example/v1/";
const OFFICIAL: &str = "docker.io/library/official:1";
const WAYS: [Flavor; 2] = [Flavor::DockerPull, Flavor::Podman];

/// Holds that a person reads the same on every surface, whatever was before, while the first policy of a signed
/// enrollment does not arrive.
fn waits_for_its_first_policy(laptop: &Laptop) {
    laptop.write_file("/root/enrollment.toml", enrollment(URL, &[ROOT]));
    laptop.must("pullgate enroll /root/enrollment.toml --yes");
    laptop.wait_for("the host is missed", |laptop| condition(laptop, "policy-unreachable").is_some());
    let mut text = String::new();
    for way in WAYS {
        let outcome = way.attempt(laptop, OFFICIAL);
        denied(&outcome);
        writeln!(text, "{}", outcome.terminal).expect("memory does not fail");
    }
    for command in
        ["status", "policy show", "explain official:1", "explain someuser/tool:1", "doctor", "engines"]
    {
        writeln!(text, "$ pullgate {command}\n{}", laptop.run(&format!("pullgate {command}")).terminal)
            .expect("memory does not fail");
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("enrollments_first_policy", text);
    });
}

/// Holds that images come in as on a machine without the product.
fn pulls_freely(laptop: &Laptop) {
    for way in WAYS {
        for image in [OFFICIAL, "docker.io/someuser/tool:1"] {
            arrived(&way.attempt(laptop, image));
        }
    }
    laptop.must("docker image rm --force official:1 someuser/tool:1 && podman image rm --all --force");
}

/// Ends the enrollment and holds that nothing it believed is left.
fn unenroll(laptop: &Laptop) {
    laptop.must("pullgate unenroll --yes");
    let left = laptop.must("ls /var/lib/pullgate").stdout;
    assert!(!left.contains("policy") && !left.contains("pause"), "{left}");
    let after = status(laptop);
    assert_eq!((&after["policy"]["state"], &after["conditions"]), (&json!("absent"), &json!([])));
    assert!(after["pause"].is_null());
}

fn signed(laptop: &Laptop) {
    let host = laptop.policy_host();
    host.put("v1/trust.json", signed_trust(&trust(json!({ "version": 7 })), &[ROOT]));
    host.put("v1/catalog.json", CATALOG);
    host.put("v1/policy.json", signed_policy(&signing::policy(json!({ "serial": 9 })), &[PLATFORM]));
}

#[test]
fn an_enrollment_after_another_begins_as_on_a_machine_that_never_had_one() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic).policy_host()));
    install(&laptop);
    pulls_freely(&laptop);
    waits_for_its_first_policy(&laptop);
    unenroll(&laptop);
    pulls_freely(&laptop);

    // An unsigned file of the same organization, in force and paused for a while.
    product::enroll(&laptop, &product::policy(json!({ "serial": 40 })));
    arrived(&Flavor::DockerPull.attempt(&laptop, OFFICIAL));
    laptop.must("docker image rm --force official:1 && pullgate pause --for 2h --reason outage");
    unenroll(&laptop);
    laptop.must("rm --recursive /etc/pullgate/policy");
    waits_for_its_first_policy(&laptop);
    unenroll(&laptop);

    // A signed set by the same keys, fetched from the same place.
    signed(&laptop);
    laptop.write_file("/root/enrollment.toml", enrollment(URL, &[ROOT]));
    laptop.must("pullgate enroll /root/enrollment.toml --yes");
    laptop.wait_for("the policy arrives", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 9);
    arrived(&Flavor::DockerPull.attempt(&laptop, OFFICIAL));
    laptop.must("docker image rm --force official:1 && rm --recursive /srv/policy/v1");
    unenroll(&laptop);
    waits_for_its_first_policy(&laptop);

    // Enrollments that are taken away by hand while the service does not run end as well.
    signed(&laptop);
    laptop.must("pullgate policy refresh");
    assert_eq!(status(&laptop)["policy"]["stamp"]["serial"], 9);
    while_stopped(&laptop, "rm --recursive /etc/pullgate/enrollment.toml /srv/policy/v1");
    laptop.must("pullgate engines restore");
    assert_eq!(laptop.run("ls /var/lib/pullgate/policy.json").code, 2);
    waits_for_its_first_policy(&laptop);

    // Its record is no belief, and stays.
    let log = laptop.must("pullgate log").stdout;
    assert!(log.contains("official:1"), "{log}");
    unenroll(&laptop);
    pulls_freely(&laptop);
}

#[test]
fn a_changed_enrollment_does_not_believe_what_nobody_signed_and_says_where_things_came_from() {
    let laptop = Laptop::boot(&with_product(Options::daemonless().policy_host()));
    install(&laptop);
    product::enroll(&laptop, &product::policy(json!({ "serial": 40 })));
    let shown = |laptop: &Laptop| laptop.must("pullgate policy show").stdout;
    assert!(shown(&laptop).contains("From file:///etc/pullgate/policy/, last confirmed"));
    assert!(shown(&laptop).contains("Not signed; its file belongs to root"));

    // Keys where there were none.
    signing::enroll(&laptop, URL, &[ROOT]);
    laptop.wait_for("the host is missed", |laptop| condition(laptop, "policy-unreachable").is_some());
    assert_eq!(shown(&laptop), "No policy has arrived on this machine yet\n");
    denied(&Flavor::Podman.attempt(&laptop, OFFICIAL));

    // Another place by the same keys: what they signed is believed, and comes from where it came from.
    signed(&laptop);
    laptop.must("pullgate policy refresh");
    arrived(&Flavor::Podman.attempt(&laptop, OFFICIAL));
    signing::enroll(&laptop, "https://policy.acme.example/v2/", &[ROOT]);
    laptop.wait_for("the other place is missed", |laptop| condition(laptop, "policy-unreachable").is_some());
    let moved = shown(&laptop);
    assert!(moved.contains(&format!("From {URL}, last confirmed")), "{moved}");
    assert!(
        moved.contains("names https://policy.acme.example/v2/ now, from which no policy was accepted yet"),
        "{moved}"
    );
    assert!(!moved.contains("Not believed"), "{moved}");

    // Other keys: it holds as a policy that is out of date, and says that it is not believed.
    signing::enroll(&laptop, URL, &[signing::NEXT_ROOT]);
    laptop.wait_for("it is told", |laptop| condition(laptop, "policy-stale").is_some());
    let rotated = shown(&laptop);
    assert!(rotated.contains("Not believed any longer: an earlier enrollment believed it"), "{rotated}");

    // Another place where nobody signs: only a file at that place would be believed.
    laptop.write_file("/root/enrollment.toml", product::ENROLLMENT.replace("/policy/", "/elsewhere/"));
    laptop.must("pullgate enroll /root/enrollment.toml --replace --yes");
    laptop.must("rm /etc/pullgate/policy/policy.json");
    let unsigned = product::policy(json!({ "serial": 41 })).to_string();
    laptop.write_file("/etc/pullgate/elsewhere/policy.json", unsigned);
    laptop.wait_for("the file is taken", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 41);
    laptop.write_file("/root/enrollment.toml", product::ENROLLMENT);
    laptop.must("pullgate enroll /root/enrollment.toml --replace --yes");
    assert_eq!(status(&laptop)["policy"]["state"], "absent");
}

#[test]
fn anybody_fetches_the_policy_by_hand_once_in_ten_seconds() {
    let laptop = Laptop::boot(&with_product(Options::daemonless().policy_host()));
    install(&laptop);
    signed(&laptop);
    signing::enroll(&laptop, URL, &[ROOT]);
    laptop.wait_for("the policy arrives", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 9);
    let host = laptop.policy_host();
    host.put("v1/policy.json", signed_policy(&signing::policy(json!({ "serial": 10 })), &[PLATFORM]));
    let ada = laptop.run_as(Person::Ada, "pullgate policy refresh");
    assert!(ada.code == 0 && ada.stdout.contains("version 10"), "{}", ada.terminal);
    let bob = laptop.run_as(Person::Bob, "pullgate policy refresh");
    assert_eq!(bob.code, 1, "{}", bob.terminal);
    let seconds = bob.terminal.split("try again in ").nth(1).and_then(|rest| rest.split(' ').next());
    let seconds: u32 = seconds.and_then(|text| text.parse().ok()).unwrap_or_default();
    assert!((1..=10).contains(&seconds), "{}", bob.terminal);
    laptop.must("pullgate policy refresh");
    laptop.wait_for("ten seconds pass", |laptop| {
        laptop.run_as(Person::Bob, "pullgate policy refresh").code == 0
    });
}
