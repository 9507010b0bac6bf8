//! What is allowed arrives, in every way, with the person's own login.

use acceptance::internet::Manner;
use acceptance::pull::Flavor;

use super::desk::Desk;

on_both_stores![
    an_official_image_arrives,
    a_verified_publishers_image_arrives,
    a_tag_inside_the_allow_rule_arrives,
    an_allowed_path_of_another_registry_arrives,
    a_private_image_arrives_with_the_persons_own_login_only,
    an_image_for_another_platform_arrives_from_the_same_index,
    blobs_arrive_from_a_registry_that_delivers_them_itself,
];

fn an_official_image_arrives(desk: &mut Desk) {
    every_way_arrives(desk, "docker.io/library/official");
}

fn a_verified_publishers_image_arrives(desk: &mut Desk) {
    every_way_arrives(desk, "docker.io/grafana/tool");
}

fn a_tag_inside_the_allow_rule_arrives(desk: &mut Desk) {
    every_way_arrives(desk, "docker.io/localstack/localstack");
}

fn an_allowed_path_of_another_registry_arrives(desk: &mut Desk) {
    every_way_arrives(desk, "ghcr.io/acme/app");
}

fn a_private_image_arrives_with_the_persons_own_login_only(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let (image, _) = desk.publish(flavor, "docker.io/acme/private");
        let refused = flavor.attempt(&desk.laptop, &image);
        assert!(refused.code != 0 && !refused.present, "{flavor:?}: {refused}");
        assert!(!refused.terminal.contains("image access denied"), "{flavor:?}: {refused}");
        desk.logged_in("", || desk.arrives(flavor, &image));
    }
}

fn an_image_for_another_platform_arrives_from_the_same_index(desk: &mut Desk) {
    let (image, _) = desk.publish(Flavor::DockerPull, "docker.io/library/official");
    let pulled = desk.ada(&format!("docker pull --quiet --platform linux/arm64 {image}"));
    assert_eq!(pulled.code, 0, "{}", pulled.terminal);
    let inspected = desk.ada(&format!("docker image inspect --format '{{{{.Architecture}}}}' {image}"));
    assert_eq!(inspected.stdout.trim(), "arm64");
    let denied = desk.ada("docker pull --platform linux/arm64 docker.io/evil/miner:1");
    assert!(denied.terminal.contains("image access denied: evil/miner:1"), "{}", denied.terminal);
}

fn blobs_arrive_from_a_registry_that_delivers_them_itself(desk: &mut Desk) {
    desk.laptop.internet().behave("docker.io/grafana/tool", Manner::InlineBlobs);
    let asked = desk.arrives(Flavor::DockerPull, "docker.io/grafana/tool:1").asked;
    assert_eq!(asked.contents, 0, "{asked:?}");
}

fn every_way_arrives(desk: &Desk, repository: &str) {
    for flavor in Flavor::DOCKER {
        let (image, _) = desk.publish(flavor, repository);
        desk.arrives(flavor, &image);
    }
}
