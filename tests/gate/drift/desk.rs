//! What these tests share: what the product says of drift, and how long something took.

use std::time::{Duration, Instant};

use acceptance::laptop::Laptop;
use serde_json::Value;

use crate::network::lab::{masked, status};

/// Longer than anything here takes, what only root can see included.
const PATIENCE: Duration = Duration::from_secs(90);

/// Asks again and again until it holds, and tells how long that took.
pub(crate) fn until(laptop: &Laptop, what: &str, holds: impl Fn(&Laptop) -> bool) -> Duration {
    let started = Instant::now();
    laptop.wait_up_to(PATIENCE, what, holds);
    eprintln!("{what} after {:?}", started.elapsed());
    started.elapsed()
}

/// Every condition about engines, on a line each.
pub(crate) fn told(laptop: &Laptop) -> Vec<String> {
    let status = status(laptop);
    let conditions = status["conditions"].as_array().expect("conditions are a list");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |it: &Value| {
        let (code, sentence) = (text(&it["code"]), text(&it["sentence"]));
        format!("{code} ({}): {sentence}\n  → {}", text(&it["severity"]), text(&it["action"]))
    };
    conditions.iter().map(line).filter(|line| line.starts_with("engine")).collect()
}

/// The condition with these words in it, once it is there.
pub(crate) fn tells(laptop: &Laptop, words: &str) -> String {
    until(laptop, &format!("`{words}` is told"), |laptop| told(laptop).iter().any(|it| it.contains(words)));
    told(laptop).into_iter().find(|it| it.contains(words)).unwrap_or_default()
}

/// One engine as it was last seen.
pub(crate) fn report(laptop: &Laptop, engine: &str) -> Value {
    let lines = laptop.must("pullgate engines --json").stdout;
    let reports = lines.lines().map(|line| serde_json::from_str(line).expect("a report is JSON"));
    reports.into_iter().find(|it: &Value| it["engine"] == engine).expect("the engine is here")
}

/// Holds that an engine proves to be routed.
pub(crate) fn is_routed(laptop: &Laptop, engine: &str) {
    let said = laptop.run(&format!("pullgate engines verify {engine} --json")).stdout;
    let first: Value = serde_json::from_str(said.lines().next().unwrap_or_default()).expect("a report");
    assert_eq!(first["routed"], "yes", "{first:#}");
}

/// Compares conditions with their snapshot.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut filters = masked();
    filters.extend([(r"process \d+", "process PID"), (r" {2,}", "  ")]);
    insta::with_settings!({ filters => filters, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("drift_{name}"), text);
    });
}
