//! What the registry itself refuses is told in its own words and never as the policy's.

use std::fmt::Write;

use acceptance::internet::Manner;
use acceptance::pull::Flavor;

use super::desk::Desk;

on_both_stores![
    too_many_requests_is_the_registrys_word,
    an_unknown_manifest_is_the_registrys_word,
    a_denial_of_docker_hub_is_docker_hubs_word,
    a_server_error_is_the_registrys_word,
];

fn too_many_requests_is_the_registrys_word(desk: &mut Desk) {
    is_the_registrys_word(desk, "too_many_requests", Manner::too_many_requests());
}

fn an_unknown_manifest_is_the_registrys_word(desk: &mut Desk) {
    is_the_registrys_word(desk, "not_found", Manner::not_found());
}

fn a_denial_of_docker_hub_is_docker_hubs_word(desk: &mut Desk) {
    is_the_registrys_word(desk, "hub_denies", Manner::hub_denies("grafana/tool"));
}

fn a_server_error_is_the_registrys_word(desk: &mut Desk) {
    let manner =
        Manner::Refuses { status: 503, code: "UNAVAILABLE".to_owned(), message: "try later".to_owned() };
    is_the_registrys_word(desk, "server_error", manner);
}

fn is_the_registrys_word(desk: &Desk, name: &str, manner: Manner) {
    let mut text = String::new();
    for flavor in [Flavor::DockerPull, Flavor::BuildKit] {
        let (image, _) = desk.publish(flavor, "docker.io/grafana/tool");
        desk.laptop.internet().behave("docker.io/grafana/tool", manner.clone());
        let lines = desk.journal().len();
        let outcome = flavor.attempt(&desk.laptop, &image);
        desk.laptop.internet().behave_well();
        assert!(outcome.code != 0 && !outcome.present && !outcome.asked.is_nothing(), "{outcome}");
        assert!(!outcome.terminal.contains("pullgate"), "{outcome}");
        let entries = desk.journal_since(lines);
        let [entry] = &entries[..] else { panic!("one pull is one line: {entries:#?}") };
        assert_eq!(entry["verdict"]["finding"]["outcome"], "allowed", "{entry:#}");
        let id = entry["verdict"]["id"].as_str().expect("a verdict has an id");
        assert!(!desk.laptop.must("pullgate blocked --json").stdout.contains(id));
        let why = desk.laptop.must(&format!("pullgate why {id}")).terminal;
        let why = why.lines().take(2).collect::<Vec<_>>().join("\n");
        writeln!(text, "{flavor:?}: {outcome}journal: {}\n{why}\n", entry["upstream"])
            .expect("memory does not fail");
    }
    desk.snapshot(&format!("registry_says_{name}"), &text);
}
