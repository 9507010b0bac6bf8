//! Policy files, without any service.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Played, Stage};
use crate::exit::Exit;

fn play(document: &str, line: &str) -> Played {
    let stage = Stage::new();
    stage.put("policy.json", document);
    stage.put("catalog.json", &catalog().to_string());
    stage.play(line)
}

fn catalog() -> Value {
    json!({ "schema": "1.0", "asOf": "2026-11-01T00:00:00Z", "namespaces": { "someuser": "verifiedPublisher" } })
}

fn starter(change: Value) -> String {
    let mut document: Value = serde_json::from_str(policy::STARTER).unwrap();
    let Value::Object(fields) = change else { panic!("a change is an object") };
    document.as_object_mut().unwrap().extend(fields);
    document.to_string()
}

fn check(document: &str) -> String {
    play(document, "policy check DIR/policy.json").seen()
}

#[test]
fn a_check_says_good_or_where_it_is_not() {
    let cases = [
        ("the starter policy", policy::STARTER.to_owned()),
        ("with something odd", starter(json!({ "allow": [] }))),
        ("an unknown key", starter(json!({ "denny": [] }))),
        ("not JSON", "{\n  \"schema\": 1.0,\n".to_owned()),
        ("a later version", starter(json!({ "schema": "2.0" }))),
    ];
    assert_snapshot!(cases.map(|(name, text)| format!("## {name}\n{}\n", check(&text))).join("\n"));
}

#[test]
fn a_check_for_another_organization_or_of_no_file_fails() {
    let other = play(policy::STARTER, "policy check DIR/policy.json --organization other").seen();
    let absent = play(policy::STARTER, "policy check DIR/none.json").seen();
    assert_snapshot!([other, absent].join("\n"));
}

#[test]
fn a_check_for_programs_is_one_object_either_way() {
    let object = |document: &str| {
        let played = play(document, "policy check DIR/policy.json --json");
        (played.exit, serde_json::from_str::<Value>(&played.out).unwrap(), played.err)
    };
    let (exit, good, err) = object(policy::STARTER);
    assert_eq!(
        (exit, &good["good"], &good["stamp"]["serial"], err.as_str()),
        (Exit::Yes, &json!(true), &json!(1), "")
    );
    let (exit, bad, err) = object(&starter(json!({ "denny": [] })));
    assert_eq!((exit, &bad["good"], err.as_str()), (Exit::Failed, &json!(false), ""));
    assert_eq!(bad["refusal"]["value"]["path"], "/denny");
}

#[test]
fn an_image_is_tried_on_a_file() {
    let explain =
        |image: &str| play(policy::STARTER, &format!("policy explain DIR/policy.json {image}")).seen();
    let images = ["nginx:1.27", "someuser/tool", "ghcr.io/acme/tool"];
    assert_snapshot!(images.map(|image| format!("## {image}\n{}\n", explain(image))).join("\n"));
}

#[test]
fn the_catalog_comes_from_beside_the_policy_or_from_where_it_is_said() {
    let own = policy_bundle::sha256(catalog().to_string().as_bytes());
    let named = starter(json!({ "catalog": { "url": "catalog.json", "sha256": own } }));
    let missing = starter(json!({ "catalog": { "url": "other.json", "sha256": "9c".repeat(32) } }));
    let explain = "policy explain DIR/policy.json someuser/tool";
    assert_eq!(play(&named, explain).exit, Exit::Yes);
    assert_eq!(play(policy::STARTER, explain).exit, Exit::Denied);
    assert_eq!(play(policy::STARTER, &format!("{explain} --catalog DIR/catalog.json")).exit, Exit::Yes);
    assert_snapshot!(play(&missing, explain).seen());
}

#[test]
fn an_explanation_for_programs_has_the_fields_of_the_services() {
    let played = play(policy::STARTER, "policy explain DIR/policy.json someuser/tool --json");
    let report: wire::ExplainReport = serde_json::from_str(&played.out).unwrap();
    assert_eq!((played.exit, report.image.as_str()), (Exit::Denied, "docker.io/someuser/tool"));
    assert_eq!(report.finding.outcome, policy::Outcome::Blocked);
}

#[test]
fn the_schema_is_json() {
    let played = Stage::new().play("policy schema");
    let schema: Value = serde_json::from_str(&played.out).unwrap();
    assert_eq!((played.exit, &schema["title"]), (Exit::Yes, &json!("Pullgate policy")));
}
