//! What to type instead.

use super::*;

#[test]
fn the_command_is_that_of_the_engine_that_asked() {
    let command = |engine| command_instead(&Verdict { engine, ..verdict(blocked("someuser/tool")) });
    assert_eq!(
        Engine::ALL.map(|engine| command(engine).unwrap_or_default()),
        [
            "docker pull bitnami/tool",
            "FROM bitnami/tool",
            "podman pull docker.io/bitnami/tool",
            "buildah pull docker.io/bitnami/tool",
            "docker://docker.io/bitnami/tool",
            "docker://docker.io/bitnami/tool",
            "",
            "",
            "nerdctl pull bitnami/tool",
            "",
        ]
    );
    assert_eq!(command_instead(&verdict(pull(&situation(json!({})), "nginx"))), None);
}

/// What an engine without a usual command is asked again by, is the image's name.
#[test]
fn what_was_asked_for_can_be_asked_for_again_by_every_engine_and_a_push_cannot() {
    let again = |engine| command_again(&Verdict { engine, ..verdict(blocked("someuser/tool:1")) });
    assert_eq!(again(Engine::Docker).as_deref(), Some("docker pull someuser/tool:1"));
    assert_eq!(again(Engine::Podman).as_deref(), Some("podman pull docker.io/someuser/tool:1"));
    assert_eq!(again(Engine::Kubernetes).as_deref(), Some("docker.io/someuser/tool:1"));
    let push = Finding { action: Action::Push, ..blocked("someuser/tool:1") };
    assert_eq!(command_again(&verdict(push)), None);
}

#[test]
fn the_tags_of_docker_hub_have_a_page() {
    let page = |image: &str| {
        let reason = Reason::TagRequired;
        let image = pull(&situation(json!({})), image).image;
        tags_page(&Finding { image, ..catalogue::finding(reason) })
    };
    assert_eq!(page("postgres").as_deref(), Some("https://hub.docker.com/_/postgres/tags"));
    assert_eq!(page("grafana/tool").as_deref(), Some("https://hub.docker.com/r/grafana/tool/tags"));
    assert_eq!(page("ghcr.io/acme/tool"), None);
    assert_eq!(tags_page(&blocked("someuser/tool")), None, "no tag of it would help");
}
