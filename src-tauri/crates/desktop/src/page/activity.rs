//! What was decided in the last seven days, counted for a picture, and what was blocked last.

use policy::EntryCount;
use serde::Serialize;

use super::reader::Day;
use super::reason::{ReasonCount, ReasonKind, count_reasons};
use super::{BlockedRow, Outcome};

/// As many days as are shown.
pub(crate) const DAYS: u32 = 7;
/// As many kinds of reasons as a bar can show.
const MOST_REASONS: usize = 4;
/// As many of what was blocked last.
const LAST: usize = 3;

/// The last seven days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityPage {
    /// Day by day, today last.
    pub(crate) days: Vec<ActivityDay>,
    /// How many pulls and pushes were judged in all of them.
    pub(crate) checked: u32,
    /// How many of these were blocked.
    pub(crate) blocked: u32,
    /// Why, the most frequent reason first.
    pub(crate) reasons: Vec<ReasonCount>,
    /// What was blocked last, whenever that was.
    pub(crate) last: Vec<BlockedRow>,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivityDay {
    /// As `2026-11-28`.
    pub(crate) date: String,
    /// How many pulls and pushes were judged.
    pub(crate) checked: u32,
    /// How many of these were blocked.
    pub(crate) blocked: u32,
}

/// Days with what the service counted in each of them, and the list of what was blocked, the latest first.
pub(crate) fn activity<'a>(
    days: &[Day],
    spans: &[Vec<EntryCount>],
    denials: impl Iterator<Item = &'a BlockedRow>,
) -> ActivityPage {
    let day = |(day, counts): (&Day, &Vec<EntryCount>)| ActivityDay {
        date: day.date.to_string(),
        checked: sum(counts.iter()),
        blocked: sum(counts.iter().filter(is_blocked)),
    };
    let all = || spans.iter().take(days.len()).flatten();
    let reason = |count: &EntryCount| (ReasonKind::of(count.rule), count.class, count.entries);
    let last = denials.filter(|row| row.outcome == Outcome::Blocked).take(LAST);
    ActivityPage {
        days: days.iter().zip(spans).map(day).collect(),
        checked: sum(all()),
        blocked: sum(all().filter(is_blocked)),
        reasons: count_reasons(all().filter(is_blocked).map(reason), MOST_REASONS),
        last: last.cloned().collect(),
    }
}

fn is_blocked(count: &&EntryCount) -> bool {
    count.outcome == policy::Outcome::Blocked
}

fn sum<'a>(counts: impl Iterator<Item = &'a EntryCount>) -> u32 {
    counts.map(|count| count.entries).fold(0, u32::saturating_add)
}
