//! podman, buildah, skopeo and containerd's CRI.

use acceptance::laptop::{Laptop, Options, Person};
use acceptance::pull::Flavor;

/// Holds that an attempt succeeds, that the image is there, and that the registry delivered it.
pub(super) fn arrives(laptop: &Laptop, flavor: Flavor, image: &str) {
    let outcome = flavor.attempt(laptop, image);
    let terminal = &outcome.terminal;
    assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?} of {image}:\n{terminal}");
    assert!(outcome.asked.manifests > 0, "{flavor:?} of {image} asked for {:?}", outcome.asked);
}

#[test]
fn every_daemonless_way_brings_in_an_image() {
    let laptop = Laptop::boot(&Options::daemonless());
    let images = [
        "docker.io/library/official:1",
        "docker.io/grafana/tool:1",
        "docker.io/someuser/tool:1",
        "quay.io/coreos/etcd:1",
        "ghcr.io/acme/app:1",
    ];
    for (flavor, image) in Flavor::DAEMONLESS.into_iter().zip(images) {
        arrives(&laptop, flavor, image);
    }
}

#[test]
fn an_ordinary_person_pulls_without_root() {
    let laptop = Laptop::boot(&Options::daemonless());
    let outcome = Flavor::Podman.attempt_as(Person::Bob, &laptop, "docker.io/library/official:1");
    assert_eq!((outcome.code, outcome.present), (0, true), "{}", outcome.terminal);
    let login = "echo ada-secret | podman login -u ada --password-stdin docker.io";
    assert_eq!(laptop.run_as(Person::Ada, login).code, 0);
    let private = "docker.io/acme/private:1";
    assert!(Flavor::Podman.attempt_as(Person::Ada, &laptop, private).present);
    assert!(!Flavor::Podman.attempt_as(Person::Bob, &laptop, private).present);
}

#[test]
fn a_registry_that_wants_a_password_gets_it() {
    let laptop = Laptop::boot(&Options::daemonless());
    let image = "harbor.acme.example/team/app:1";
    assert!(!Flavor::Podman.attempt_as(Person::Ada, &laptop, image).present);
    let login = "echo ada-secret | podman login -u ada --password-stdin harbor.acme.example";
    assert_eq!(laptop.run_as(Person::Ada, login).code, 0);
    assert!(Flavor::Podman.attempt_as(Person::Ada, &laptop, image).present);
    assert!(laptop.internet().requests().iter().any(|asked| asked.authorized && asked.status == 200));
}

#[test]
fn a_kubelet_pulls_through_containerd() {
    let laptop = Laptop::boot(&Options::containerd());
    arrives(&laptop, Flavor::Cri, "docker.io/library/official:1");
    let refused = Flavor::Cri.attempt(&laptop, "docker.io/acme/private:1");
    assert_eq!((refused.code, refused.present), (1, false), "{}", refused.terminal);
    laptop.must("cri-pull pull docker.io/acme/private:1 ada ada-secret");
}
