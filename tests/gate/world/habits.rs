//! What people pull by habit, under the starter policy: it comes in, or the answer names a step that works.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{ENROLLMENT, install, with_product};
use acceptance::pull::Flavor;
use serde_json::Value;

use crate::network::lab::{arrived, denied};

/// Communities' images, retired ones, ones without a version, and those of other registries.
const HABITS: [&str; 40] = [
    "jwilder/nginx-proxy:latest",
    "nginxproxy/nginx-proxy:1.6",
    "containrrr/watchtower:latest",
    "dpage/pgadmin4:9",
    "adoptopenjdk/openjdk11:latest",
    "wurstmeister/kafka:latest",
    "wurstmeister/zookeeper:latest",
    "mailhog/mailhog:latest",
    "axllent/mailpit:v1.21",
    "osixia/openldap:1.5.0",
    "jboss/keycloak:16.1.1",
    "sameersbn/gitlab:latest",
    "wiremock/wiremock:3.9.1",
    "mockserver/mockserver:5.15.0",
    "localstack/localstack:4",
    "alpine/git:latest",
    "alpine/socat:latest",
    "curlimages/curl:8.11.0",
    "dbeaver/cloudbeaver:latest",
    "mlikiowa/napcat-docker:latest",
    "nodered/node-red:latest",
    "hashicorp/http-echo:1.0",
    "kennethreitz/httpbin:latest",
    "stefanprodan/podinfo:6.7.0",
    "nicolaka/netshoot:latest",
    "ollama/ollama:latest",
    "vllm/vllm-openai:latest",
    "pytorch/pytorch:latest",
    "tensorflow/tensorflow:latest",
    "kindest/node:v1.31.0",
    "catthehacker/ubuntu:act-latest",
    "centos:7",
    "openjdk:11",
    "bitnamilegacy/redis:7",
    "bitnami/kafka:3.9",
    "postgres:latest",
    "node:latest",
    "quay.io/keycloak/keycloak:26.0",
    "gcr.io/distroless/static-debian12:nonroot",
    "mcr.microsoft.com/mssql/server:2022-latest",
];

/// What the starter policy lets in as it is asked for, and what it lets in instead of what is asked for.
const FEWEST: (usize, usize) = (13, 18);

#[test]
fn what_people_pull_by_habit_comes_in_or_ends_in_a_step_that_works() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    install(&laptop);
    HABITS.iter().for_each(|image| publish(&laptop, image));
    arrived(&Flavor::DockerPull.attempt(&laptop, HABITS[0]));
    laptop.must("docker image prune --all --force");
    laptop.must("mkdir --parents /etc/pullgate/policy && pullgate policy starter --output /etc/pullgate/policy/policy.json");
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    laptop.must("pullgate enroll /root/enrollment.toml");
    let (mut allowed, mut replaced) = (0, 0);
    for image in HABITS {
        let finding = explained(&laptop, image);
        match (finding["outcome"].as_str(), finding["instead"].as_str()) {
            (Some("allowed" | "recorded"), _) => {
                arrived(&Flavor::DockerPull.attempt(&laptop, image));
                allowed += 1;
            }
            (_, Some(instead)) => {
                denied(&Flavor::DockerPull.attempt(&laptop, image));
                let instead = format!("{instead}:latest");
                publish(&laptop, &instead);
                arrived(&Flavor::DockerPull.attempt(&laptop, &instead));
                replaced += 1;
            }
            (_, None) => {
                denied(&Flavor::DockerPull.attempt(&laptop, image));
                let (link, help) = (finding["requestUrl"].as_str(), finding["support"].as_str());
                assert!(link.is_some_and(|link| link.starts_with("https://")) && help.is_some(), "{finding}");
            }
        }
    }
    eprintln!(
        "of {}: {allowed} come in, {replaced} have a replacement that comes in, the others a request",
        HABITS.len()
    );
    assert!(allowed >= FEWEST.0 && replaced >= FEWEST.1, "{allowed} and {replaced}");
    laptop.must("pullgate unenroll --yes && docker image prune --all --force");
    arrived(&Flavor::DockerPull.attempt(&laptop, HABITS[0]));
}

fn explained(laptop: &Laptop, image: &str) -> Value {
    let said = laptop.run_as(Person::Ada, &format!("pullgate explain {image} --json")).stdout;
    let mut answer: Value = serde_json::from_str(&said).expect("an explanation is JSON");
    answer["finding"].take()
}

fn publish(laptop: &Laptop, image: &str) {
    let (name, tag) = image.rsplit_once(':').unwrap_or((image, "latest"));
    let is_elsewhere = name.split('/').next().is_some_and(|first| first.contains('.'));
    let name = match (is_elsewhere, name.contains('/')) {
        (true, _) => name.to_owned(),
        (false, true) => format!("docker.io/{name}"),
        (false, false) => format!("docker.io/library/{name}"),
    };
    laptop.internet().publish(&Image::new(&name, &[tag]));
}
