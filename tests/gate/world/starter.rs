//! The starter policy on a laptop whose tools pull helpers by themselves, and what it says of what people pull by habit.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{ENROLLMENT, install, with_product};
use acceptance::pull::Flavor;

use crate::network::lab::{arrived, denied};

/// What tools of today pull by themselves: Testcontainers, kind, k3d, Dev Containers, act, buildx, Docker, LocalStack.
const HELPERS: [&str; 14] = [
    "docker.io/testcontainers/ryuk:0.14.0",
    "docker.io/testcontainers/sshd:1.4.0",
    "docker.io/testcontainers/vncrecorder:1.3.0",
    "docker.io/alpine/socat:1.7.4.3-r0",
    "docker.io/library/alpine:3.17",
    "docker.io/kindest/node:v1.31.0",
    "docker.io/rancher/k3s:v1.33.4-k3s1",
    "ghcr.io/k3d-io/k3d-tools:5.8.3",
    "docker.io/catthehacker/ubuntu:act-latest",
    "ghcr.io/catthehacker/ubuntu:act-latest",
    "docker.io/moby/buildkit:buildx-stable-1",
    "docker.io/docker/model-runner:latest",
    "docker.io/mcp/fetch:latest",
    "docker.io/localstack/localstack:4.1",
];

const WAYS: [Flavor; 2] = [Flavor::DockerPull, Flavor::Podman];

fn publish(laptop: &Laptop) {
    for image in HELPERS {
        let (repository, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
        laptop.internet().publish(&Image::new(repository, &[tag]));
    }
}

fn helpers_arrive(laptop: &Laptop) {
    for image in HELPERS {
        for way in WAYS {
            arrived(&way.attempt(laptop, image));
        }
    }
    laptop.must("docker image prune --all --force && podman image rm --all --force");
}

#[test]
fn tools_of_today_work_under_the_starter_policy_and_nothing_else_comes_in() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    publish(&laptop);
    helpers_arrive(&laptop);
    laptop.must("mkdir --parents /etc/pullgate/policy && pullgate policy starter --output /etc/pullgate/policy/policy.json");
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    laptop.must("pullgate enroll /root/enrollment.toml");
    helpers_arrive(&laptop);
    for image in ["docker.io/someuser/tool:1", "docker.io/bitnami/tool:1", "quay.io/coreos/etcd:1"] {
        denied(&Flavor::DockerPull.attempt(&laptop, image));
    }
    let namesake = laptop.run("pullgate explain someuser/nginx:1");
    assert!(namesake.code == 3 && !namesake.stdout.contains("instead"), "{}", namesake.terminal);
    laptop.must("pullgate unenroll --yes");
    helpers_arrive(&laptop);
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/someuser/tool:1"));
}

#[test]
fn the_starter_policy_and_its_catalog_are_printed_checked_and_tried() {
    let laptop = Laptop::boot(&with_product(Options::daemonless()));
    install(&laptop);
    let ada = |command: &str| laptop.run_as(Person::Ada, command);
    let made = ada(
        "pullgate policy starter --organization beta > beta.json && pullgate policy starter --catalog > catalog.json",
    );
    assert_eq!(made.code, 0, "{}", made.terminal);
    let checked = ada("pullgate policy check beta.json --organization beta --catalog catalog.json");
    assert!(checked.code == 0 && !checked.stdout.contains("warning"), "{}", checked.terminal);
    let bare = ada("pullgate policy check beta.json --organization beta");
    assert!(bare.stdout.contains("no catalog is named"), "{}", bare.terminal);
    laptop.write_file(
        "/tmp/cases.txt",
        "allow nginx:1.27 by official\naudit jenkins/jenkins:lts # sponsored\nblock someuser/tool by community\n\
         block nginx:1.27\n",
    );
    let tried = ada("pullgate policy test beta.json /tmp/cases.txt --tap");
    assert_eq!(tried.code, 1, "{}", tried.terminal);
    let marks: Vec<bool> = tried
        .stdout
        .lines()
        .filter_map(|line| match line.split(' ').next() {
            Some("ok") => Some(true),
            Some("not") => Some(false),
            Some(_) | None => None,
        })
        .collect();
    assert_eq!(marks, [true, true, true, false], "{}", tried.stdout);
}
