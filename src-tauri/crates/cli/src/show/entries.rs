//! Verdicts in lists: what was blocked as a table, the record as lines that can go on without end.

use jiff::Timestamp;
use policy::Outcome;
use policy_text::render;
use wire::Entry;

use super::text::{one_line, table};
use super::verdict::{failures_in_short, trouble_in_short};
use super::{View, words};

/// What was blocked or would have been, as a table.
pub(crate) fn blocked(entries: &[Entry], since: Option<Timestamp>, view: &View) -> String {
    if entries.is_empty() {
        return format!(
            "Nothing has been blocked{}. When it is, the reason appears here.\n",
            from(since, view)
        );
    }
    let row = |entry: &Entry| {
        [
            view.ago(entry.last),
            entry.verdict.id.to_string(),
            format!(
                "{}{}",
                render::cause(&entry.verdict.finding),
                if is_audited(entry) { AUDITED } else { "" }
            ),
            words::asker(entry, view),
            words::image(entry),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    let table = table(["WHEN", "ID", "WHY", "ASKED BY", "IMAGE"], &rows);
    if entries.iter().any(is_audited) { format!("{table}{AUDITED_NOTE}") } else { table }
}

const AUDITED: &str = " (audit)";
const AUDITED_NOTE: &str =
    "\n(audit): it passed, and would be blocked if the policy had `\"mode\": \"enforce\"`.\n";

pub(super) fn is_audited(entry: &Entry) -> bool {
    entry.verdict.finding.outcome == Outcome::Audited
}

/// What stands in place of verdicts that came faster than they were taken.
pub(crate) fn missed(events: u64) -> String {
    let s = if events == 1 { "" } else { "s" };
    format!("… {events} event{s} came too fast to be shown; `pullgate log` has them all\n")
}

/// What stands in place of an empty record.
pub(crate) fn no_record(since: Option<Timestamp>, view: &View) -> String {
    format!("No engine has asked for an image{}. When one does, it appears here.\n", from(since, view))
}

fn from(since: Option<Timestamp>, view: &View) -> String {
    since.map(|since| format!(" since {}", view.date(since))).unwrap_or_default()
}

/// One verdict as a line of the record.
pub(crate) fn log_line(entry: &Entry, view: &View) -> String {
    let finding = &entry.verdict.finding;
    let trouble = entry.upstream.as_ref().and_then(trouble_in_short);
    let trouble = trouble.into_iter().chain(failures_in_short(entry));
    let trouble: String = trouble.map(|words| format!(" · {words}")).collect();
    format!(
        "{}  {:8}  {}  {:21}  {:22}  {}\n",
        view.second(entry.last),
        render::outcome(finding.outcome),
        entry.verdict.id,
        render::cause(finding),
        words::asker(entry, view),
        one_line(&format!("{}{trouble}", words::image(entry))),
    )
}
