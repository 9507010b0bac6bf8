//! A site without the public internet: a registry of the enrollment's stands in for Docker Hub.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::Flavor;
use serde_json::json;

use super::lab::{arrived, condition, denied, is_not_called_policy, open_policy, told};

const PLACE: &str = "/etc/pullgate/enrollment.toml";
const THERE: &str = "foreign.example/library/official";
const STAND_IN: &str = "\n[stand-in.\"docker.io\"]\nurl = \"https://foreign.example\"\n";
const TRUST: &str = "ca = \"/etc/internet/foreign-ca.pem\"\n";

#[test]
fn a_stand_in_answers_for_docker_hub() {
    let laptop = enrolled(Options::docker(Store::Classic), &open_policy(json!({})));
    let internet = laptop.internet();
    internet.publish(&Image::new(THERE, &["1"]));
    let enrollment = laptop.read_file(PLACE).expect("the laptop is enrolled");
    laptop.write_file("/root/with.toml", format!("{enrollment}{STAND_IN}{TRUST}"));
    laptop.must("pullgate enroll /root/with.toml --replace");
    comes_from_there(&laptop);
    denied(&Flavor::DockerPull.attempt(&laptop, "docker.io/someuser/tool:1"));
    laptop.must("systemctl restart pullgate.service");
    comes_from_there(&laptop);
    trust_that_is_missing_is_said(&laptop, &enrollment);
    an_edit_of_the_file_counts_at_once(&laptop, &enrollment);
}

fn comes_from_there(laptop: &Laptop) {
    let before = laptop.internet().count(THERE);
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        laptop.run("docker rmi official:1; podman rmi official:1");
        let outcome = flavor.attempt(laptop, "docker.io/library/official:1");
        arrived(&outcome);
        assert!(outcome.asked.is_nothing(), "{outcome}");
    }
    assert!(laptop.internet().count(THERE).since(before).blobs > 0);
}

fn trust_that_is_missing_is_said(laptop: &Laptop, enrollment: &str) {
    let wrong = TRUST.replace("foreign-ca", "nowhere-ca");
    laptop.write_file("/root/wrong.toml", format!("{enrollment}{STAND_IN}{wrong}"));
    laptop.must("pullgate enroll /root/wrong.toml --replace");
    let said = condition(laptop, "stand-in-unusable").unwrap_or_default();
    assert!(said.contains("/etc/internet/nowhere-ca.pem") && said.contains("does not exist"), "{said}");
    laptop.run("docker rmi official:1");
    let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1");
    is_not_called_policy(&outcome);
    assert!(outcome.terminal.contains("certificate of foreign.example"), "{outcome}");
    let told = told(laptop, "docker.io/library/official");
    assert!(told.starts_with("allowed, certificate: foreign.example"), "{told}");
}

fn an_edit_of_the_file_counts_at_once(laptop: &Laptop, enrollment: &str) {
    laptop.write_file("/etc/pullgate/next", format!("{enrollment}{STAND_IN}{TRUST}"));
    laptop.must(&format!("mv /etc/pullgate/next {PLACE}"));
    laptop.wait_for("the stand-in is usable", |laptop| condition(laptop, "stand-in-unusable").is_none());
    comes_from_there(laptop);
    laptop.write_file("/etc/pullgate/next", enrollment);
    laptop.must(&format!("mv /etc/pullgate/next {PLACE}"));
    laptop.wait_for("Docker Hub answers for itself", |laptop| {
        laptop.run("docker rmi official:1");
        let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1");
        outcome.present && outcome.asked.manifests > 0
    });
}
