//! Whom the machine trusts: private authorities, client certificates, registries without TLS, and certificates
//! that must not be believed.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, enrolled, install, with_product};
use acceptance::pull::{Flavor, repository};
use serde_json::json;

use crate::network::lab::{arrived, denied, is_not_called_policy, masked, open_policy, told};

const FOLDER: &str = "/etc/docker/certs.d/registry.acme.example";
const PRIVATE: &str = "registry.acme.example/team/app:1";
const PLAIN: &str = "203.0.113.20:5000/plain/app:1";

#[test]
fn what_the_machine_trusted_before_it_was_enrolled_is_trusted_after() {
    let insecure = r#"{ "insecure-registries": ["203.0.113.20:5000"] }"#;
    let options = Options::docker(Store::Classic).file("/etc/docker/daemon.json", insecure);
    let laptop = Laptop::boot(&with_product(options));
    give_authority(&laptop);
    give_client(&laptop);
    install(&laptop);
    enroll(&laptop, &open_policy(json!({})));
    arrived(&Flavor::DockerPull.attempt(&laptop, PRIVATE));
    arrived(&Flavor::DockerPull.attempt(&laptop, PLAIN));
    arrived(&Flavor::BuildKit.attempt(&laptop, PRIVATE));
    arrived(&Flavor::Podman.attempt(&laptop, PRIVATE));
    let push = format!(
        "docker tag {PLAIN} 203.0.113.20:5000/plain/pushed:1 && docker push 203.0.113.20:5000/plain/pushed:1"
    );
    let pushed = laptop.run_as(Person::Ada, &push);
    assert_eq!(pushed.code, 0, "{}", pushed.terminal);
    assert!(laptop.internet().count("203.0.113.20:5000/plain/pushed").pushes > 0);
    broken_certificates_are_blamed(&laptop, "broken_certificates_classic", Flavor::DockerPull);
    broken_certificates_are_blamed(&laptop, "broken_certificates_podman", Flavor::Podman);
    denied(&Flavor::DockerPull.attempt(&laptop, "203.0.113.20:7000/plain/app:1"));
    only_roots_own_files_are_trusted(&laptop);
}

#[test]
fn what_the_machine_is_given_afterwards_is_trusted_within_seconds() {
    let laptop = enrolled(Options::docker(Store::Containerd), &open_policy(json!({})));
    broken_certificates_are_blamed(&laptop, "broken_certificates_containerd", Flavor::DockerPull);
    let mut words = String::new();
    let mut say = |what: &str| {
        let outcome = Flavor::DockerPull.attempt(&laptop, PRIVATE);
        is_not_called_policy(&outcome);
        let journal = told(&laptop, repository(PRIVATE));
        write!(words, "{what}\n{outcome}  journal: {journal}\n\n").expect("memory does not fail");
        outcome.terminal
    };
    say("nothing given");
    give_authority(&laptop);
    let mut last = String::new();
    laptop.wait_for("the authority is trusted", |laptop| {
        last = Flavor::DockerPull.attempt(laptop, PRIVATE).terminal;
        last.contains("client certificate")
    });
    say("the authority given");
    give_client(&laptop);
    laptop.wait_for("the client certificate is shown", |laptop| {
        Flavor::DockerPull.attempt(laptop, PRIVATE).present
    });
    arrived(&Flavor::Podman.attempt(&laptop, PRIVATE));
    let plain = Flavor::DockerPull.attempt(&laptop, PLAIN);
    is_not_called_policy(&plain);
    write!(words, "without TLS\n{plain}").expect("memory does not fail");
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("trust_given_later", words);
    });
}

fn give_authority(laptop: &Laptop) {
    laptop.must(&format!("mkdir -p {FOLDER} && cp /etc/internet/acme-ca.pem {FOLDER}/ca.crt"));
}

fn give_client(laptop: &Laptop) {
    laptop.must(&format!(
        "cd {FOLDER} && cp /etc/internet/client.key client.key && cp /etc/internet/client.pem client.cert"
    ));
}

fn broken_certificates_are_blamed(laptop: &Laptop, name: &str, flavor: Flavor) {
    let mut text = String::new();
    for host in ["expired.example", "wronghost.example", "foreign.example"] {
        let image = format!("{host}/team/app:1");
        let outcome = flavor.attempt(laptop, &image);
        is_not_called_policy(&outcome);
        assert!(outcome.terminal.contains(&format!("the certificate of {host}")), "{outcome}");
        assert!(outcome.asked.is_nothing(), "{outcome}");
        let journal = told(laptop, repository(&image));
        assert!(journal.starts_with(&format!("allowed, certificate: {host}")), "{journal}");
        write!(text, "{host}\n{outcome}  journal: {journal}\n\n").expect("memory does not fail");
    }
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

/// An authority that somebody else could have put there is none.
fn only_roots_own_files_are_trusted(laptop: &Laptop) {
    let folder = "/etc/docker/certs.d/foreign.example";
    laptop.must(&format!(
        "install -d -o ada {folder} && install -m 666 /etc/internet/foreign-ca.pem {folder}/ca.crt"
    ));
    let other = "/etc/docker/certs.d/expired.example";
    laptop.must(&format!("mkdir -p {other} && cp /etc/internet/ca.pem {other}/ca.crt"));
    laptop.must("pullgate engines verify docker");
    let outcome = Flavor::DockerPull.attempt(laptop, "foreign.example/team/app:1");
    is_not_called_policy(&outcome);
    assert!(outcome.terminal.contains("does not trust"), "{outcome}");
    laptop.must(&format!("chown -R root {folder} && chmod 644 {folder}/ca.crt"));
    laptop.wait_for("it is root's own", |laptop| {
        Flavor::DockerPull.attempt(laptop, "foreign.example/team/app:1").present
    });
}
