//! The part that needs root is away or fails: known hosts go on, new ones fail in words, somebody is told.

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{
    arrived, condition, denied, is_not_called_policy, masked, open_policy, restart, status,
};

/// What the service tells, each in its own time, when the steward is away.
const LACKING: [&str; 3] = ["certificates-unavailable", "engines-unknown", "upstream-unknown"];

#[test]
fn without_the_steward_known_hosts_go_on_and_new_ones_fail_in_words() {
    let laptop = enrolled(Options::docker(Store::Classic), &open_policy(json!({})));
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1"));
    laptop.must("systemctl mask --runtime --now pullgate-steward.socket pullgate-steward.service 2>&1");
    laptop.must("docker rmi official:1");
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1"));
    denied(&Flavor::DockerPull.attempt(&laptop, "docker.io/someuser/tool:1"));
    let mut text = said(&laptop, "the steward is away", "quay.io/coreos/etcd:1");
    restart(&laptop);
    text += &said(&laptop, "the steward is away from the start", "quay.io/coreos/etcd:1");
    laptop.write_file(
        "/etc/systemd/system/pullgate-steward.service.d/broken.conf",
        "[Service]\nExecStart=\nExecStart=/bin/false\n",
    );
    laptop.must("systemctl unmask --runtime pullgate-steward.socket pullgate-steward.service 2>&1");
    laptop.must("systemctl daemon-reload && systemctl start pullgate-steward.socket");
    text += &said(&laptop, "the steward fails", "quay.io/coreos/etcd:1");
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("without_the_steward", text);
    });
    laptop.must("rm -r /etc/systemd/system/pullgate-steward.service.d && systemctl daemon-reload");
    laptop.must("systemctl stop pullgate-steward.service; systemctl start pullgate-steward.socket");
    laptop
        .wait_for("it is back", |laptop| Flavor::DockerPull.attempt(laptop, "quay.io/coreos/etcd:1").present);
    laptop.wait_for("nobody needs to be told", |laptop| status(laptop)["conditions"] == json!([]));
}

fn said(laptop: &Laptop, what: &str, image: &str) -> String {
    let outcome = Flavor::DockerPull.attempt(laptop, image);
    is_not_called_policy(&outcome);
    assert!(outcome.asked.is_nothing(), "{outcome}");
    let never = Flavor::DockerPull.attempt(laptop, "docker.io/evil/miner:1");
    assert!(never.code != 0 && !never.present && never.asked.is_nothing(), "{never}");
    let command = laptop.run("pullgate engines apply docker").terminal;
    laptop.wait_for("everything that lacks the steward is told", |laptop| {
        LACKING.iter().all(|code| condition(laptop, code).is_some())
    });
    let status = laptop.run("pullgate status").terminal;
    format!("# {what}\n{outcome}\n{command}\n{status}\n")
}
