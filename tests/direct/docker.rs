//! Docker Engine in both image stores.

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::pull::Flavor;

use super::others::arrives;

#[test]
fn every_docker_way_brings_in_an_image_with_the_classic_store() {
    every_way_brings_in_an_image(Store::Classic);
}

#[test]
fn every_docker_way_brings_in_an_image_with_the_containerd_store() {
    every_way_brings_in_an_image(Store::Containerd);
}

fn every_way_brings_in_an_image(store: Store) {
    let laptop = Laptop::boot(&Options::docker(store));
    let containerd = laptop.must("docker info").stdout.contains("io.containerd.snapshotter.v1");
    assert_eq!(containerd, store == Store::Containerd);
    let images = [
        "docker.io/library/official:1",
        "docker.io/grafana/tool:1",
        "docker.io/someuser/tool:1",
        "docker.io/evil/miner:1",
        "docker.io/docker/dockerfile:1",
        "ghcr.io/acme/app:1",
    ];
    for (flavor, image) in Flavor::DOCKER.into_iter().zip(images) {
        arrives(&laptop, flavor, image);
    }
    private_images_need_a_login(&laptop);
    pushes_arrive(&laptop);
}

fn private_images_need_a_login(laptop: &Laptop) {
    let refused = Flavor::DockerPull.attempt(laptop, "docker.io/acme/private:1");
    assert_eq!((refused.code, refused.present), (1, false), "{}", refused.terminal);
    let login = laptop.run_as(Person::Ada, "docker login -u ada -p ada-secret");
    assert!(login.stdout.contains("Login Succeeded"), "{}", login.terminal);
    arrives(laptop, Flavor::DockerPull, "docker.io/acme/private:1");
}

fn pushes_arrive(laptop: &Laptop) {
    let build = "docker build -t docker.io/acme/pushed:1 - <<< 'FROM docker.io/acme/private:1'";
    let push = format!("{build} && docker push docker.io/acme/pushed:1");
    let pushed = laptop.run_as(Person::Ada, &push);
    assert_eq!(pushed.code, 0, "{}", pushed.terminal);
    assert!(laptop.internet().count("docker.io/acme/pushed").pushes > 0);
}
