//! Everything that was blocked or would have been, as rows: small, since there may be ten thousand.

use jiff::Timestamp;
use policy::Entry;

use crate::page::{ListedRow, Outcome};

/// All rows, the latest first.
#[derive(Debug, Default)]
pub(super) struct Denials(Vec<ListedRow>);

impl Denials {
    /// Adds entries, or their newer counts.
    pub(super) fn add(&mut self, entries: &[Entry]) {
        let known: std::collections::HashSet<&str> =
            entries.iter().map(|entry| entry.verdict.id.as_str()).collect();
        self.0.retain(|denial| !known.contains(denial.row.id.as_str()));
        self.0.extend(entries.iter().map(ListedRow::of));
        self.0.sort_by_key(|denial| std::cmp::Reverse(denial.last));
    }

    /// Every row with what it is found by.
    pub(super) fn rows(&self) -> &[ListedRow] {
        &self.0
    }

    /// When the latest was asked for.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.0.first().map(|denial| denial.last)
    }

    /// How many were blocked after this time; what passed and was recorded is none.
    pub(super) fn after(&self, time: Timestamp) -> u32 {
        let recent = self.0.iter().take_while(|denial| denial.last > time);
        let count = recent.filter(|denial| denial.row.outcome == Outcome::Blocked).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}
