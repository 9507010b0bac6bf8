//! What each engine says, without a gate, about an image that its registry keeps from it.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options, Store};
use acceptance::pull::{Flavor, masks};

const IMAGE: &str = "docker.io/acme/private:1";

#[test]
fn the_registry_refuses_docker_with_the_classic_store() {
    refuses("classic", &Options::docker(Store::Classic), &Flavor::DOCKER);
}

#[test]
fn the_registry_refuses_docker_with_the_containerd_store() {
    refuses("containerd", &Options::docker(Store::Containerd), &Flavor::DOCKER);
}

#[test]
fn the_registry_refuses_engines_without_a_daemon() {
    refuses("daemonless", &Options::daemonless(), &Flavor::DAEMONLESS);
}

#[test]
fn the_registry_refuses_a_kubelet() {
    refuses("cri", &Options::containerd(), &[Flavor::Cri]);
}

fn refuses(name: &str, options: &Options, flavors: &[Flavor]) {
    let laptop = Laptop::boot(options);
    let mut text = String::new();
    for flavor in flavors {
        let outcome = flavor.attempt(&laptop, IMAGE);
        writeln!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("refused_{name}"), text);
    });
}
