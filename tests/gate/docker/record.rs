//! The record: one decision is one line, and its id is the same on every surface.

use acceptance::laptop::Output;
use acceptance::pull::Flavor;
use serde_json::{Value, json};

use super::desk::Desk;

on_both_stores![
    the_id_in_the_terminal_is_the_id_of_every_surface,
    an_allowed_pull_is_one_line_with_digest_and_answer,
    a_denied_attempt_is_one_line_however_often_the_engine_asks,
    a_denied_pull_is_found_by_a_person_without_rights,
];

fn the_id_in_the_terminal_is_the_id_of_every_surface(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let outcome = desk.stops(flavor, "docker.io/old/expired:1");
        let id = id(&outcome.terminal);
        // Attempts of one engine within two seconds are one, so the latest line may be another engine's.
        let blocked = objects(&desk.laptop.must("pullgate blocked --json"));
        let of_id: Vec<_> = blocked.iter().filter(|entry| entry["verdict"]["id"] == id).collect();
        let why = objects(&desk.laptop.must(&format!("pullgate why {id} --json"))).remove(0);
        assert_eq!(of_id, [&why["entry"]], "{flavor:?}");
        assert_eq!(
            why["entry"]["verdict"]["finding"]["image"]["name"]["repository"],
            "docker.io/old/expired"
        );
    }
}

fn an_allowed_pull_is_one_line_with_digest_and_answer(desk: &mut Desk) {
    for flavor in Flavor::DOCKER {
        let (image, published) = desk.publish(flavor, "docker.io/grafana/tool");
        let lines = desk.journal().len();
        desk.arrives(flavor, &image);
        let entries = desk.journal_since(lines);
        assert_eq!(entries.len(), 1, "{flavor:?}: {entries:#?}");
        assert_eq!(entries[0]["verdict"]["finding"]["outcome"], "allowed");
        assert_eq!(entries[0]["upstream"], json!({ "kind": "delivered", "status": 200 }), "{flavor:?}");
        assert_eq!(entries[0]["digest"], published.index, "{flavor:?}");
    }
}

fn a_denied_attempt_is_one_line_however_often_the_engine_asks(desk: &mut Desk) {
    for (flavor, image) in [
        (Flavor::DockerPull, "docker.io/someuser/a:1"),
        (Flavor::DockerRun, "docker.io/someuser/b:1"),
        (Flavor::Compose, "docker.io/someuser/c:1"),
        (Flavor::BuildKit, "docker.io/someuser/d:1"),
        (Flavor::BuildKitSyntax, "docker.io/someuser/e:1"),
        (Flavor::ClassicBuild, "docker.io/someuser/f:1"),
        (Flavor::DockerPull, &format!("docker.io/someuser/g@sha256:{}", "0a".repeat(32))),
    ] {
        let lines = desk.journal().len();
        desk.stops(flavor, image);
        let entries = desk.journal_since(lines);
        assert_eq!(entries.len(), 1, "{flavor:?}: {entries:#?}");
        assert_eq!((&entries[0]["count"], &entries[0]["upstream"]), (&Value::from(1), &Value::Null));
    }
}

fn a_denied_pull_is_found_by_a_person_without_rights(desk: &mut Desk) {
    let outcome = desk.stops(Flavor::DockerPull, "docker.io/evil/miner:1");
    let id = id(&outcome.terminal);
    let why = desk.ada(&format!("pullgate why {id}"));
    assert_eq!(why.code, 0, "{}", why.terminal);
    desk.snapshot("why", &why.terminal);
}

fn id(terminal: &str) -> &str {
    let start = terminal.rfind("pg-").expect("the terminal names an id");
    &terminal[start..start + 11]
}

fn objects(output: &Output) -> Vec<Value> {
    output.stdout.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}
