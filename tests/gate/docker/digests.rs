//! Pulls by digest: judged by the tag that is known to name it, or by the rule of the repository.

use std::{thread, time::Duration};

use acceptance::internet::Manner;
use acceptance::pull::Flavor;

use super::desk::Desk;

on_both_stores![
    a_digest_that_an_allowed_tag_was_seen_to_name_arrives,
    a_digest_inside_an_allowed_index_arrives,
    a_pull_by_an_allowed_tag_goes_on_while_the_service_is_replaced,
    a_digest_of_a_repository_allowed_by_its_class_arrives,
    a_digest_beside_its_tag_is_judged_as_the_digest_it_asks_for,
    a_digest_of_a_denied_repository_is_denied_whatever_names_it,
];

const BY_TAG: &str = "docker.io/localstack/localstack";

/// The tag is pulled for another platform, so that the digest finds nothing of its own at home.
fn a_digest_that_an_allowed_tag_was_seen_to_name_arrives(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let (image, published) = desk.publish(flavor, BY_TAG);
        let by_digest = format!("{BY_TAG}@{}", published.index);
        desk.stops(flavor, &by_digest);
        let seen = desk.ada(&format!("docker pull --platform linux/arm64 {image}"));
        assert_eq!(seen.code, 0, "{}", seen.terminal);
        desk.laptop.must(&format!("docker image rm {image}"));
        desk.arrives(flavor, &by_digest);
    }
}

fn a_digest_inside_an_allowed_index_arrives(desk: &mut Desk) {
    let (image, published) = desk.publish(Flavor::DockerPull, BY_TAG);
    let manifest = format!("{BY_TAG}@{}", published.manifest);
    desk.stops(Flavor::DockerPull, &manifest);
    desk.arrives(Flavor::DockerPull, &image);
    desk.forget_images();
    desk.arrives(Flavor::DockerPull, &manifest);
}

fn a_pull_by_an_allowed_tag_goes_on_while_the_service_is_replaced(desk: &mut Desk) {
    let (image, _) = desk.publish(Flavor::DockerPull, BY_TAG);
    desk.laptop.internet().behave(BY_TAG, Manner::Slow { milliseconds: 1500 });
    let mut restarts = 0;
    let pulled = thread::scope(|scope| {
        let pull = scope.spawn(|| desk.ada(&format!("docker pull {image}")));
        while !pull.is_finished() {
            thread::sleep(Duration::from_secs(1));
            desk.laptop.must("systemctl restart pullgate.service");
            restarts += 1;
        }
        pull.join().expect("no pull panics")
    });
    assert_eq!(pulled.code, 0, "after {restarts} restarts: {}", pulled.terminal);
    assert!(restarts > 2, "the pull was over after {restarts} restarts");
    let crashes = desk.laptop.run("pullgate status --json").terminal.contains("service-crashing");
    assert!(!crashes, "a service that is replaced has not crashed");
}

fn a_digest_of_a_repository_allowed_by_its_class_arrives(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let (_, published) = desk.publish(flavor, "docker.io/library/official");
        desk.arrives(flavor, &format!("docker.io/library/official@{}", published.index));
        let (_, published) = desk.publish(flavor, "docker.io/library/official");
        desk.arrives(flavor, &format!("docker.io/library/official@{}", published.manifest));
    }
}

fn a_digest_beside_its_tag_is_judged_as_the_digest_it_asks_for(desk: &mut Desk) {
    let (image, published) = desk.publish(Flavor::DockerPull, BY_TAG);
    let both = format!("{image}@{}", published.index);
    desk.stops(Flavor::DockerPull, &both);
    desk.arrives(Flavor::DockerPull, &image);
    desk.forget_images();
    let both = desk.ada(&format!("docker pull {both}"));
    assert_eq!(both.code, 0, "{}", both.terminal);
}

fn a_digest_of_a_denied_repository_is_denied_whatever_names_it(desk: &mut Desk) {
    let (_, published) = desk.publish(Flavor::DockerPull, "docker.io/someuser/other");
    for flavor in Flavor::DOCKER {
        for digest in [&published.index, &published.manifest] {
            desk.stops(flavor, &format!("docker.io/someuser/other@{digest}"));
        }
    }
}
