//! Verdicts in lists: what was blocked as a table, the record as lines that can go on without end.

use jiff::Timestamp;
use policy::render;
use wire::Entry;

use super::table::table;
use super::text::one_line;
use super::verdict::trouble_in_short;
use super::{View, words};

/// What was blocked, as a table.
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
            render::cause(&entry.verdict.finding).to_owned(),
            words::asker(entry, view),
            words::image(entry),
        ]
    };
    let rows: Vec<_> = entries.iter().map(row).collect();
    table(["WHEN", "ID", "WHY", "ASKED BY", "IMAGE"], &rows)
}

/// What stands in place of an empty record.
pub(crate) fn no_record(since: Option<Timestamp>, view: &View) -> String {
    format!(
        "No engine has asked for an image{}. When one does, the verdict appears here.\n",
        from(since, view)
    )
}

fn from(since: Option<Timestamp>, view: &View) -> String {
    since.map(|since| format!(" since {}", view.date(since))).unwrap_or_default()
}

/// One verdict as a line of the record.
pub(crate) fn log_line(entry: &Entry, view: &View) -> String {
    let finding = &entry.verdict.finding;
    let trouble = entry.upstream.as_ref().and_then(trouble_in_short);
    let trouble = trouble.map(|words| format!(" · {words}")).unwrap_or_default();
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
