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
