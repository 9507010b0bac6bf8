//! What these tests share: a policy that knows the small internet, and what the product says afterwards.

use acceptance::laptop::{Laptop, Output};
use acceptance::product::policy;
use acceptance::pull::{Outcome, masks};
use serde_json::{Value, json};

/// The registries that tests pull from, each allowed by a rule of its own; all others are blocked.
const HOSTS: [&str; 13] = [
    "docker.io",
    "ghcr.io",
    "quay.io",
    "registry.k8s.io",
    "registry.acme.example",
    "harbor.acme.example",
    "expired.example",
    "wronghost.example",
    "foreign.example",
    "203.0.113.20:5000",
    "203.0.113.20:7",
    "198.51.100.1:5000",
    "nowhere.example",
];

/// A policy that allows these registries, with some keys replaced.
pub(crate) fn open_policy(change: Value) -> Value {
    let entries: Vec<Value> = HOSTS.iter().map(|host| json!({ "host": host, "action": "allow" })).collect();
    let mut whole = policy(json!({ "registries": { "default": "block", "entries": entries } }));
    if let (Value::Object(whole), Value::Object(change)) = (&mut whole, change) {
        whole.extend(change);
    }
    whole
}

/// The journal's entries about one repository, the latest last.
pub(crate) fn entries(laptop: &Laptop, repository: &str) -> Vec<Value> {
    let lines = laptop.must("pullgate log --json").stdout;
    let entries = lines.lines().map(|line| serde_json::from_str(line).expect("the log is JSON"));
    entries
        .filter(|entry: &Value| entry["verdict"]["finding"]["image"]["name"]["repository"] == repository)
        .collect()
}

/// The latest entry about a repository, once the journal knows what became of it.
pub(crate) fn entry(laptop: &Laptop, repository: &str) -> Value {
    let mut last = Value::Null;
    laptop.wait_for("the journal has it", |laptop| {
        last = entries(laptop, repository).pop().unwrap_or_default();
        last["verdict"]["finding"]["outcome"] == "blocked" || !last["upstream"].is_null()
    });
    last
}

/// What the journal says of a repository's latest pull, on one line.
pub(crate) fn told(laptop: &Laptop, repository: &str) -> String {
    let entry = entry(laptop, repository);
    let finding = &entry["verdict"]["finding"];
    let outcome = finding["outcome"].as_str().unwrap_or_default();
    let upstream = &entry["upstream"];
    match upstream["kind"].as_str() {
        None => format!("{outcome}, {}", finding["reason"]["kind"].as_str().unwrap_or_default()),
        Some(kind) => {
            let words: Vec<String> = ["proxy", "host", "status", "message", "problem"]
                .iter()
                .map(|key| &upstream[key])
                .filter(|value| !value.is_null())
                .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                .collect();
            format!("{outcome}, {kind}: {}", words.join(", "))
        }
    }
}

/// Holds that a person was told of anything but the policy: no verdict's name, and no word of ours that blocks.
pub(crate) fn is_not_called_policy(outcome: &Outcome) {
    let text = &outcome.terminal;
    assert!(!text.contains("image access denied") && !text.contains("pg-"), "{text}");
    assert!(outcome.code != 0 && !outcome.present, "{text}");
}

/// Holds that an attempt succeeded and brought the image.
pub(crate) fn arrived(outcome: &Outcome) {
    assert_eq!((outcome.code, outcome.present), (0, true), "{}", outcome.terminal);
}

/// Holds that an attempt was stopped by the policy before the registry was asked.
pub(crate) fn denied(outcome: &Outcome) {
    let text = &outcome.terminal;
    assert!(text.contains("image access denied") && text.contains("pullgate why pg-"), "{text}");
    assert!(outcome.code != 0 && !outcome.present && outcome.asked.is_nothing(), "{outcome}");
}

/// How things stand.
pub(crate) fn status(laptop: &Laptop) -> Value {
    serde_json::from_str(&laptop.must("pullgate status --json").stdout).expect("the status is JSON")
}

/// The sentence of a condition; `None` while there is no such condition.
pub(crate) fn condition(laptop: &Laptop, code: &str) -> Option<String> {
    let status = status(laptop);
    let list = status["conditions"].as_array().expect("conditions are a list");
    let found = list.iter().find(|condition| condition["code"] == code)?;
    Some(found["sentence"].as_str().unwrap_or_default().to_owned())
}

/// Restarts the service, as an update does.
pub(crate) fn restart(laptop: &Laptop) -> Output {
    laptop.must("systemctl restart pullgate.service")
}

/// The usual masks, and those of ages, clocks and temporary files.
pub(crate) fn masked() -> Vec<(&'static str, &'static str)> {
    let mut all = masks();
    all.extend([
        (r"(?m)^ *SHORT: (Verifying Checksum|Download complete|Pulling fs layer|Waiting)\n", ""),
        (r#"(?m)^ *time="TIME" level=info .*\n"#, ""),
        (r"heuristic tuning data: [^)]*", "DATA"),
        (r"(just now|\b\d+ (s|min|h|d) ago)", "AGO"),
        (r"\.pullgate-\d+-\d+\.tmp", ".pullgate-TMP"),
        (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?( UTC)?", "CLOCK"),
        (r"\b\d\d:\d\d(:\d\d)?\b", "CLOCK"),
    ]);
    all
}
