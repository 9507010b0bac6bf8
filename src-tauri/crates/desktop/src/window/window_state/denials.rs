//! Everything that was blocked or would have been, as rows: small, since there may be ten thousand.

use jiff::Timestamp;
use policy::Entry;

use crate::page::{BlockedRow, Outcome};

/// All rows, the latest first.
#[derive(Debug, Default)]
pub(super) struct Denials(Vec<Denial>);

#[derive(Debug)]
struct Denial {
    last: Timestamp,
    row: BlockedRow,
    /// What it is searched by, in lower case.
    text: String,
}

impl Denials {
    /// Adds entries, or their newer counts.
    pub(super) fn add(&mut self, entries: &[Entry]) {
        let known: std::collections::HashSet<&str> =
            entries.iter().map(|entry| entry.verdict.id.as_str()).collect();
        self.0.retain(|denial| !known.contains(denial.row.id.as_str()));
        self.0.extend(entries.iter().map(Denial::of));
        self.0.sort_by_key(|denial| std::cmp::Reverse(denial.last));
    }

    /// Every row with what it is searched by.
    pub(super) fn rows(&self) -> impl ExactSizeIterator<Item = (&BlockedRow, &str)> {
        self.0.iter().map(|denial| (&denial.row, denial.text.as_str()))
    }

    /// How many were blocked from this time on; what passed and was recorded is none.
    pub(super) fn since(&self, time: Timestamp) -> u32 {
        let recent = self.0.iter().take_while(|denial| denial.last >= time);
        let count = recent.filter(|denial| denial.row.outcome == Outcome::Blocked).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

impl Denial {
    fn of(entry: &Entry) -> Self {
        let row = BlockedRow::of(entry);
        let engine = entry.verdict.engine.name();
        let text = format!("{} {} {engine} {}", row.image, row.cause, row.id).to_lowercase();
        Self { last: entry.last, row, text }
    }
}
