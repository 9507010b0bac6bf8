//! The engines: a row each, then what needs somebody's eyes; plans and changes in sentences.

use wire::{EngineChange, EnginePlan, EngineReport};

use super::status::conditions;
use super::text::{indented, one_line, table};
use super::{View, words};

/// Every engine in a row.
pub(crate) fn engines(reports: &[EngineReport], view: &View) -> String {
    if reports.is_empty() {
        return "No engine was found on this machine. When one is installed, it appears here.\n".to_owned();
    }
    let row = |report: &EngineReport| {
        let version = report.version.as_deref().unwrap_or_default();
        let time = |time: Option<jiff::Timestamp>| time.map(|time| view.ago(time)).unwrap_or_default();
        [
            report.engine.clone(),
            format!("{} {version}", report.name),
            words::routed(report).to_owned(),
            time(report.proved_at),
            time(report.repaired_at),
            report.why.clone().unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = reports.iter().map(row).collect();
    let rows = table(["ENGINE", "NAME", "CHECKED", "TESTED", "REPAIRED", "WHY"], &rows);
    let all: Vec<_> = reports.iter().flat_map(|report| report.conditions.clone()).collect();
    let text = if all.is_empty() { rows } else { format!("{rows}\n{}", conditions(&all, view)) };
    text + &personal(reports)
}

/// What somebody has of their own is for them to know where.
fn personal(reports: &[EngineReport]) -> String {
    let line = |report: &EngineReport| {
        let sentences: Vec<String> = report.personal.iter().map(|it| it.sentence.clone()).collect();
        format!("\n{}\n{}", one_line(&report.name), indented(&sentences))
    };
    reports.iter().filter(|report| !report.personal.is_empty()).map(line).collect()
}

/// Every engine in a row, and what was seen of each.
pub(crate) fn evidence(reports: &[EngineReport], view: &View) -> String {
    let seen = reports.iter().filter(|report| !report.details.is_empty());
    let seen = seen.map(|report| format!("\n{}\n{}", one_line(&report.name), indented(&report.details)));
    engines(reports, view) + &seen.collect::<String>()
}

/// What would change.
pub(crate) fn plans(plans: &[EnginePlan]) -> String {
    let one =
        |plan: &EnginePlan| block(&plan.engine, &plan.sentences, plan.refused.as_ref(), "nothing to change");
    if plans.is_empty() { nothing() } else { plans.iter().map(one).collect() }
}

/// What was changed.
pub(crate) fn changes(changes: &[EngineChange]) -> String {
    let one = |change: &EngineChange| {
        block(&change.engine, &change.sentences, change.refused.as_ref(), "was already as it should be")
    };
    if changes.is_empty() { nothing() } else { changes.iter().map(one).collect() }
}

fn nothing() -> String {
    "No engine was found on this machine, so there is nothing to change\n".to_owned()
}

fn block(engine: &str, sentences: &[String], refused: Option<&String>, otherwise: &str) -> String {
    let engine = one_line(engine);
    let refused = refused.map(|why| format!("  not done: {}\n", one_line(why)));
    match (sentences, refused) {
        ([], None) => format!("{engine}: {otherwise}\n"),
        (_, refused) => format!("{engine}:\n{}{}", indented(sentences), refused.unwrap_or_default()),
    }
}
