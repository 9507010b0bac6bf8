//! The record as `pullgate blocked` and `pullgate log` tell it, and the verdicts a terminal names.

use acceptance::laptop::Laptop;
use acceptance::pull::Outcome;
use serde_json::Value;

/// One line of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) id: String,
    /// `allowed`, `audited` or `blocked`.
    pub(crate) outcome: String,
    /// Repository and target, such as `docker.io/evil/miner:1`.
    pub(crate) image: String,
    pub(crate) engine: String,
    pub(crate) uid: Option<u64>,
    pub(crate) count: u64,
    /// What came of it at the registry, such as `delivered 200`.
    pub(crate) upstream: Option<String>,
}

/// Everything on record, oldest first.
pub(crate) fn log(laptop: &Laptop) -> Vec<Told> {
    read(&laptop.must("pullgate log --json").stdout)
}

/// Everything blocked.
pub(crate) fn blocked(laptop: &Laptop) -> Vec<Told> {
    read(&laptop.must("pullgate blocked --json").stdout)
}

/// What is on record about one image, oldest first.
pub(crate) fn about(laptop: &Laptop, image: &str) -> Vec<Told> {
    log(laptop).into_iter().filter(|told| told.image == image).collect()
}

/// The verdict that a text names.
pub(crate) fn id_in(text: &str) -> Option<String> {
    let start = text.find("pg-")?;
    text.get(start..start + 11).map(str::to_owned)
}

/// Holds that nothing came and nothing was asked of the registry; tells the verdict that the terminal names.
pub(crate) fn refused(outcome: &Outcome) -> String {
    let held = outcome.code != 0 && !outcome.present && outcome.asked.is_nothing();
    assert!(held && outcome.terminal.contains("image access denied: "), "{:?}\n{outcome}", outcome.asked);
    id_in(&outcome.terminal).expect("the terminal names a verdict")
}

/// The same, and that the verdict is on record.
pub(crate) fn is_denied(laptop: &Laptop, outcome: &Outcome) -> Told {
    let id = refused(outcome);
    blocked(laptop).into_iter().find(|told| told.id == id).expect("`pullgate blocked` tells it")
}

fn read(lines: &str) -> Vec<Told> {
    lines.lines().map(|line| told(&serde_json::from_str(line).expect("a line is one JSON object"))).collect()
}

fn told(entry: &Value) -> Told {
    let text = |pointer: &str| entry.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let name = "/verdict/finding/image/name";
    let image = text(&format!("{name}/repository")).or_else(|| text(&format!("{name}/unlisted")));
    let upstream = text("/upstream/kind").map(|kind| match entry.pointer("/upstream/status") {
        Some(status) => format!("{kind} {status}"),
        None => kind,
    });
    Told {
        id: text("/verdict/id").unwrap_or_default(),
        outcome: text("/verdict/finding/outcome").unwrap_or_default(),
        image: image.unwrap_or_default() + &text("/verdict/finding/image/target").unwrap_or_default(),
        engine: text("/verdict/engine").unwrap_or_default(),
        uid: entry.pointer("/asker/uid").and_then(Value::as_u64),
        count: entry.pointer("/count").and_then(Value::as_u64).unwrap_or_default(),
        upstream,
    }
}
