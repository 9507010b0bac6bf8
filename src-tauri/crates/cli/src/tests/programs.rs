//! Answers for programs: exactly one object, or one a line, with the fields of the manual.

use serde_json::Value;
use wire::{
    DoctorReport, EngineChange, EnginePlan, Entries, ExplainReport, PolicyReport, PolicyState, Response,
    Routed, WhyReport,
};

use super::{Stage, sample};

fn lines(line: &str, response: Response) -> Vec<Value> {
    let played = Stage::answering(response).play(line);
    assert_eq!(played.err, "");
    played.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn an_answer_is_one_object() {
    let finding = sample::blocked();
    let explain = ExplainReport { image: "x".into(), finding: finding.clone(), sentences: Vec::new() };
    let why = WhyReport { entry: Some(sample::entry(finding)), sentences: Vec::new() };
    let policy = PolicyReport {
        state: PolicyState::Absent,
        document: None,
        sentences: Vec::new(),
        warnings: Vec::new(),
    };
    let doctor = DoctorReport { checks: Vec::new(), bundle: None };
    let cases: [(&str, Response, &[&str]); 5] = [
        (
            "status --json",
            Response::Status(Box::new(sample::status())),
            &[
                "version",
                "organization",
                "enforcing",
                "signIn",
                "policy",
                "engines",
                "conditions",
                "fronts",
                "settings",
            ],
        ),
        ("explain x --json", Response::Explain(Box::new(explain)), &["image", "finding", "sentences"]),
        ("why --json", Response::Why(Box::new(why)), &["entry", "sentences"]),
        ("policy show --json", Response::Policy(Box::new(policy)), &["state", "sentences", "warnings"]),
        ("doctor --json", Response::Doctor(doctor), &["checks"]),
    ];
    for (line, response, fields) in cases {
        let objects = lines(line, response);
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        let mut found = keys(&objects[0]);
        found.sort_unstable();
        assert_eq!((objects.len(), found), (1, fields), "{line}");
    }
}

#[test]
fn a_list_is_one_object_a_line() {
    let entries = || vec![sample::entry_of_docker(sample::blocked(), None), sample::entry(sample::allowed())];
    let page = || Response::Entries(Entries { entries: entries(), more: false });
    let blocked = lines("blocked --json", page());
    let json = |entry: &wire::Entry| serde_json::to_value(entry).unwrap();
    assert_eq!(blocked, entries().iter().map(json).collect::<Vec<_>>());
    let log = lines("log --json", page());
    assert_eq!(log, entries().iter().rev().map(json).collect::<Vec<_>>());

    let engines = vec![sample::engine("docker", "Docker Engine", Routed::Yes); 2];
    assert_eq!(lines("engines --json", Response::Engines { engines }).len(), 2);
    let plan = EnginePlan { engine: "docker".into(), sentences: Vec::new(), plan: None, refused: None };
    assert_eq!(lines("engines plan --json", Response::Plans { plans: vec![plan; 3] }).len(), 3);
    let change = EngineChange { engine: "docker".into(), sentences: Vec::new(), refused: None };
    assert_eq!(lines("engines --json apply", Response::Changes { changes: vec![change; 2] }).len(), 2);
}

#[test]
fn an_empty_list_is_no_line() {
    let nothing = || Response::Entries(Entries { entries: Vec::new(), more: false });
    assert_eq!(lines("blocked --json", nothing()), Vec::<Value>::new());
    assert_eq!(lines("log --json", nothing()), Vec::<Value>::new());
}

#[test]
fn the_manual_names_every_field_of_every_answer() {
    let manual = include_str!("../../../../docs/json.md");
    let entry = sample::entry_of_docker(
        sample::blocked(),
        Some(wire::UpstreamResult::Certificate { host: "x".into(), problem: "y".into() }),
    );
    let answers = [
        serde_json::to_value(sample::status()).unwrap(),
        serde_json::to_value(sample::condition(wire::Severity::Notice, "x", Some("y"))).unwrap(),
        serde_json::to_value(entry).unwrap(),
        serde_json::to_value(sample::engine("docker", "Docker Engine", Routed::Yes)).unwrap(),
    ];
    let mut missing = Vec::new();
    answers.iter().for_each(|answer| unnamed(answer, manual, &mut missing));
    assert_eq!(missing, Vec::<String>::new());
}

fn unnamed(value: &Value, manual: &str, missing: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if !manual.contains(&format!("`{name}`")) {
                    missing.push(name.clone());
                }
                unnamed(value, manual, missing);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| unnamed(value, manual, missing)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
