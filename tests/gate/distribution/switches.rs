//! Other places of the policy: signed files of this machine, and the way from an unsigned one to a signed one.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{self, install, with_product};
use acceptance::signing::{
    CATALOG, PLATFORM, ROOT, STRANGER, enroll, id, policy, signed_policy, signed_trust, trust,
};
use serde_json::{Value, json};

use super::desk::{REFUSED, STALE, UNREACHABLE, URL, snapshot};
use crate::network::lab::{condition, status};

const FOLDER: &str = "file:///etc/pullgate/policy/";

fn put(laptop: &Laptop, name: &str, bytes: impl AsRef<[u8]>) {
    laptop.write_file(&format!("/etc/pullgate/policy/{name}.new"), bytes);
    laptop.must(&format!("cd /etc/pullgate/policy && mv {name}.new {name}"));
}

fn signed(serial: u64, key: u8) -> Vec<u8> {
    signed_policy(&policy(json!({ "serial": serial })), &[key])
}

fn serial(laptop: &Laptop) -> Value {
    status(laptop)["policy"]["stamp"]["serial"].take()
}

#[test]
fn a_signed_policy_in_files_of_this_machine_is_believed_by_its_signature() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    put(&laptop, "trust.json", signed_trust(&trust(json!({})), &[ROOT]));
    put(&laptop, "catalog.json", CATALOG);
    put(&laptop, "policy.json", signed(1, PLATFORM));
    enroll(&laptop, FOLDER, &[ROOT]);
    assert_eq!(status(&laptop)["policy"]["signedBy"], json!([id(PLATFORM)]));
    put(&laptop, "policy.json", signed(2, PLATFORM));
    laptop.wait_for("the next edition", |laptop| serial(laptop) == 2);
    put(&laptop, "policy.json", signed(3, STRANGER));
    laptop.wait_for("it is refused", |laptop| condition(laptop, REFUSED).is_some());
    let stranger = condition(&laptop, REFUSED).unwrap_or_default();
    laptop.must("rm /etc/pullgate/policy/trust.json");
    laptop.wait_for("it is missed", |laptop| condition(laptop, REFUSED).is_some_and(|said| said != stranger));
    let missing = condition(&laptop, REFUSED).unwrap_or_default();
    snapshot("files", &format!("{stranger}\n{missing}"));
    assert_eq!(serial(&laptop), 2);
    put(&laptop, "trust.json", signed_trust(&trust(json!({ "version": 2 })), &[ROOT]));
    put(&laptop, "policy.json", signed(4, PLATFORM));
    laptop.wait_for("it is good again", |laptop| serial(laptop) == 4 && condition(laptop, REFUSED).is_none());
}

#[test]
fn what_nobody_signed_is_not_believed_any_longer_once_the_enrollment_names_keys() {
    let laptop = Laptop::boot(&with_product(Options::daemonless().policy_host()));
    install(&laptop);
    product::enroll(&laptop, &product::policy(json!({ "serial": 40 })));
    enroll(&laptop, URL, &[ROOT]);
    laptop.wait_for("the host has nothing yet", |laptop| condition(laptop, UNREACHABLE).is_some());
    assert_eq!(status(&laptop)["policy"]["state"], "absent", "the unsigned one is not believed");
    assert_eq!(condition(&laptop, STALE), None);
    snapshot("unsigned_to_signed", &condition(&laptop, UNREACHABLE).unwrap_or_default());
    let waits = laptop.run("pullgate explain official:1");
    assert!(waits.code == 3 && waits.stdout.contains("has not arrived"), "{}", waits.terminal);
    let host = laptop.policy_host();
    host.put("v1/trust.json", signed_trust(&trust(json!({})), &[ROOT]));
    host.put("v1/catalog.json", CATALOG);
    host.put("v1/policy.json", signed(1, PLATFORM));
    laptop.must("pullgate policy refresh");
    assert_eq!(serial(&laptop), 1, "a lower serial under a signature is the newer one");
    assert_eq!(status(&laptop)["conditions"], json!([]));
    laptop.must("pullgate unenroll --yes");
    assert_eq!(status(&laptop)["conditions"], json!([]));
}

#[test]
fn what_was_said_of_another_place_is_forgotten_with_it() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    enroll(&laptop, "https://nowhere.example/policy/", &[ROOT]);
    laptop.wait_for("there is no host", |laptop| condition(laptop, UNREACHABLE).is_some());
    snapshot("nowhere", &laptop.run("pullgate status").terminal);
    put(&laptop, "policy.json", product::policy(json!({})).to_string());
    laptop.write_file("/root/enrollment.toml", product::ENROLLMENT);
    laptop.must("pullgate enroll /root/enrollment.toml --replace --yes");
    assert_eq!(status(&laptop)["conditions"], json!([]));
    assert_eq!(serial(&laptop), 1);
}
