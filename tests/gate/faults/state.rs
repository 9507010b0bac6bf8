//! State on disk that cannot be read: the strict side, and a condition that names the file.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy, while_stopped};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, condition, denied, masked, status};

const KEPT: &str = "/var/lib/pullgate/policy.json";
const POLICY: &str = "/etc/pullgate/policy/policy.json";
const ALLOWED: &str = "docker.io/library/official:1";

#[test]
fn state_that_cannot_be_read_is_never_taken_for_no_state() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let enrollment = laptop.read_file("/etc/pullgate/enrollment.toml").expect("the laptop is enrolled");
    let lenient = enrollment.replace("keys = []", "keys = []\nabsent = \"allow\"");
    laptop.write_file("/root/lenient.toml", lenient);
    laptop.must(
        "pullgate enroll /root/lenient.toml --replace && mv /etc/pullgate/policy/policy.json /root/good.json",
    );
    laptop.wait_for("it is missed", |laptop| condition(laptop, "policy-refused").is_some());
    for (name, damage) in [
        ("garbage", format!("echo garbage > {KEPT}")),
        ("empty", format!(": > {KEPT}")),
        ("a folder", format!("rm {KEPT} && mkdir {KEPT}")),
        (
            "of root alone",
            format!("rmdir {KEPT} && cp /root/good.json {KEPT} && chown root {KEPT} && chmod 600 {KEPT}"),
        ),
    ] {
        while_stopped(&laptop, &damage);
        assert_eq!(status(&laptop)["policy"]["state"], "unusable", "{name}");
        let outcome = Flavor::SkopeoCopy.attempt(&laptop, ALLOWED);
        assert!(outcome.code != 0 && outcome.asked.is_nothing(), "{name}: {outcome}");
        let shown = laptop.run("pullgate status").terminal;
        assert!(shown.contains(KEPT), "{name}: {shown}");
    }
    let shown = laptop.run("pullgate status").terminal;
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("state_of_another", shown);
    });
    laptop.must(&format!("rm -f {KEPT} && cp /root/good.json {POLICY}"));
    laptop.wait_for("the policy is there", |laptop| status(laptop)["policy"]["state"] == "current");
    an_unreadable_pause_is_none(&laptop);
    a_read_only_disk_stops_nothing(&laptop);
}

fn an_unreadable_pause_is_none(laptop: &Laptop) {
    for damage in ["echo '{\"until\":' > $0 && chown pullgate $0 && chmod 600 $0", "rm $0 && mkdir $0"] {
        let damage = damage.replace('\'', "'\\''");
        while_stopped(laptop, &format!("sh -c '{damage}' /var/lib/pullgate/pause.json"));
        let said = condition(laptop, "pause-unreadable").unwrap_or_default();
        assert!(said.contains("cannot be read"), "{said}");
        denied(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/evil/miner:1"));
        assert_eq!(status(laptop)["enforcing"], true);
    }
    let refused = laptop.run("pullgate pause --for 1m --reason x");
    assert!(refused.code == 1 && refused.terminal.contains("pause.json"), "{}", refused.terminal);
    laptop.must("rmdir /var/lib/pullgate/pause.json && systemctl restart pullgate.service");
}

fn a_read_only_disk_stops_nothing(laptop: &Laptop) {
    let mount = "mount -t tmpfs -o ro,mode=700,uid=pullgate,gid=pullgate tmpfs /var/lib/pullgate";
    while_stopped(laptop, mount);
    denied(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/evil/miner:1"));
    arrived(&Flavor::SkopeoCopy.attempt(laptop, ALLOWED));
    for code in ["journal-failing", "policy-not-kept"] {
        assert!(condition(laptop, code).is_some_and(|said| said.contains("Read-only")), "{code}");
    }
    let refused = laptop.run("pullgate pause --for 1m --reason x");
    assert!(refused.code == 1 && refused.terminal.contains("Read-only"), "{}", refused.terminal);
    denied(&Flavor::SkopeoCopy.attempt(laptop, "docker.io/evil/miner:1"));
    while_stopped(laptop, "umount /var/lib/pullgate");
}

#[test]
fn a_policy_in_another_folder_is_followed_from_the_moment_of_enrollment() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    let enrollment = laptop.read_file("/etc/pullgate/enrollment.toml").expect("the laptop is enrolled");
    laptop.write_file("/srv/policy/policy.json", policy(json!({ "serial": 2 })).to_string());
    laptop.write_file("/root/moved.toml", enrollment.replace("/etc/pullgate/policy/", "/srv/policy/"));
    laptop.must("pullgate enroll /root/moved.toml --replace");
    assert_eq!(status(&laptop)["policy"]["stamp"]["serial"], 2);
    laptop.write_file("/srv/policy/new", policy(json!({ "serial": 3 })).to_string());
    laptop.must("mv /srv/policy/new /srv/policy/policy.json");
    laptop.wait_for("the next policy", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 3);
}
