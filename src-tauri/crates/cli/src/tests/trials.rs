//! Policies to begin with, and policies that are tried on images for somebody, at some time.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Played, Stage};
use crate::exit::Exit;

const CASES: &str = "# what people here need\nallow nginx:1.27 by official\naudit jenkins/jenkins:lts\n\
                     block someuser/tool by d1 # not by that rule\nallow acme/semgrep as group \"Security team\"\n\
                     block acme/semgrep as group qa\nallow quay.io/a/b as role owner\n\
                     block acme/old on 2027-01-31\nallow acme/old on 2027-01-01\nblock nginx:1.27\n";

fn document() -> String {
    let mut document: Value = serde_json::from_str(policy::STARTER).unwrap();
    document["hub"]["organizations"] = json!([]);
    document["allow"] = json!([
        { "id": "semgrep", "match": "acme/semgrep", "groups": ["Security team"] },
        { "id": "old", "match": "acme/old", "expires": "2027-01-31T00:00:00Z" }
    ]);
    document["exemptions"] = json!([{ "id": "owners", "hubRole": "owner" }]);
    document.to_string()
}

fn play(line: &str) -> Played {
    let stage = Stage::new();
    stage.put("policy.json", &document());
    stage.put("cases.txt", CASES);
    stage.put("wrong.txt", "allow nginx\nwatch nginx\n");
    stage.play(line)
}

#[test]
fn cases_say_who_asks_when_and_by_which_rule_and_what_is_not_as_it_should_be() {
    let lines =
        ["", " --tap", " --junit"].map(|format| format!("policy test DIR/policy.json DIR/cases.txt{format}"));
    let wrong = "policy test DIR/policy.json DIR/wrong.txt".to_owned();
    let seen = lines.into_iter().chain([wrong]).map(|line| format!("$ {line}\n{}\n", play(&line).seen()));
    assert_snapshot!(seen.collect::<Vec<_>>().join("\n"));
}

#[test]
fn cases_for_programs_say_what_was_wanted() {
    let played = play("policy test DIR/policy.json DIR/cases.txt --json");
    let lines: Vec<Value> = played.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let bad: Vec<&Value> = lines.iter().filter(|line| line["good"] == false).collect();
    assert_eq!((played.exit, lines.len(), bad.len()), (Exit::Failed, 9, 2));
    assert_eq!(
        (&bad[0]["wanted"], &bad[0]["wantedRule"], &bad[0]["line"]),
        (&json!("blocked"), &json!("d1"), &json!(4))
    );
}

#[test]
fn an_image_is_explained_for_somebody_at_some_time() {
    let explain = |rest: &str| play(&format!("policy explain DIR/policy.json {rest}")).exit;
    assert_eq!(explain("acme/old as group qa on 2027-01-01"), Exit::Yes);
    assert_eq!(explain("acme/old on 2027-01-31"), Exit::Denied);
    assert_eq!(explain("quay.io/a/b as role owner"), Exit::Yes);
    assert_eq!(explain("quay.io/a/b"), Exit::Denied);
    assert_eq!(explain("quay.io/a/b as owner"), Exit::Usage);
    assert_eq!(explain("quay.io/a/b by owners"), Exit::Usage);
}

#[test]
fn the_starter_policy_is_printed_for_an_organization_and_its_catalog_beside() {
    let stage = Stage::new();
    let own = stage.play("policy starter --organization beta");
    assert_eq!((own.exit, own.out.contains("acme")), (Exit::Yes, false));
    assert_eq!(stage.play("policy starter --organization beta --output DIR/policy.json").exit, Exit::Yes);
    assert_eq!(stage.play("policy starter --catalog --output DIR/catalog.json").exit, Exit::Yes);
    let checked = stage.play("policy check DIR/policy.json --organization beta --catalog DIR/catalog.json");
    assert_eq!((checked.exit, checked.out.contains("warning")), (Exit::Yes, false), "{}", checked.out);
    assert_eq!(stage.play("policy starter").out, policy::STARTER);
    let wrong = stage.play("policy starter --organization Not\"Good");
    assert_eq!((wrong.exit, wrong.out.as_str()), (Exit::Usage, ""));
}

/// What people pull by habit and a usual policy stops: each denial ends in a next step, and none names a namesake.
#[test]
fn what_people_pull_by_habit_is_answered_with_a_sensible_step() {
    let images = [
        "jwilder/nginx-proxy:latest",
        "containrrr/watchtower:latest",
        "dpage/pgadmin4:9",
        "wurstmeister/kafka:latest",
        "mailhog/mailhog:latest",
        "jboss/keycloak:16.1.1",
        "sameersbn/gitlab:latest",
        "alpine/git:latest",
        "curlimages/curl:8.11.0",
        "nodered/node-red:latest",
        "ollama/ollama:latest",
        "pytorch/pytorch:latest",
        "kindest/node:v1.31.0",
        "catthehacker/ubuntu:act-latest",
        "localstack/localstack:4",
        "centos:7",
        "openjdk:11",
        "bitnamilegacy/redis:7",
        "bitnami/kafka:3.9",
        "postgres:latest",
        "quay.io/keycloak/keycloak:26.0",
        "gcr.io/distroless/static-debian12:nonroot",
        "mcr.microsoft.com/mssql/server:2022-latest",
    ];
    let stage = Stage::new();
    stage.put("policy.json", policy::STARTER);
    let first = |image: &str| {
        let seen = stage.play(&format!("policy explain DIR/policy.json {image}")).out;
        seen.lines().next().unwrap_or_default().to_owned()
    };
    assert_snapshot!(images.map(first).join("\n"));
}
