//! The list of what was blocked.

use jiff::Timestamp;
use policy::{Action, Class, Entry};
use policy_text::render;
use serde::{Deserialize, Serialize};

use super::reason::{ReasonCount, ReasonKind, count_reasons};
use super::{Outcome, Reader};
use crate::text;

/// Which rows of the list are wanted, beside the words that are searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct BlockedFilter {
    /// Of this engine.
    pub(crate) engine: Option<String>,
    /// For this kind of reason.
    pub(crate) reason: Option<ReasonKind>,
    /// Of this time.
    pub(crate) period: Option<Period>,
}

/// A time in the reader's own days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Period {
    /// Since midnight.
    Today,
    /// Today and the six days before.
    Week,
    /// One day, as `2026-11-28`.
    Day(String),
}

/// A part of the list of what was blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BlockedPage {
    /// How many there are.
    pub total: u32,
    /// How many match search and filter.
    pub matching: u32,
    /// How many of all were blocked today and in the six days before; what passed and was recorded is none of them.
    pub week: u32,
    /// How many of these today.
    pub today: u32,
    /// The engines that asked for any.
    pub engines: Vec<String>,
    /// The kinds of reasons of all.
    pub(crate) reasons: Vec<ReasonCount>,
    /// The place of the first row given.
    pub from: u32,
    /// The rows, the latest first.
    pub rows: Vec<BlockedRow>,
}

/// One image that was blocked, or would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BlockedRow {
    /// The verdict's id.
    pub id: String,
    /// The image as people type it; `push to …` for a push.
    pub image: String,
    /// What became of it: blocked or recorded.
    pub outcome: Outcome,
    /// The kind of reason, which a sign stands for.
    pub(crate) reason: ReasonKind,
    /// Why, in a word or two; of what is recorded alone, why it would be blocked.
    pub cause: String,
    /// The engine that asked.
    pub engine: String,
    /// The command that gets the image to use instead, or its name where none is known for the engine.
    pub instead: Option<String>,
    /// When it was blocked last, in RFC 3339.
    pub last: String,
    /// How often.
    pub count: u32,
}

/// A row with what it is found by.
#[derive(Debug)]
pub(crate) struct ListedRow {
    pub(crate) row: BlockedRow,
    pub(crate) last: Timestamp,
    class: Option<Class>,
    /// What it is searched by, in lower case.
    text: String,
}

impl ListedRow {
    /// An entry of the journal as a row.
    pub(crate) fn of(entry: &Entry) -> Self {
        let finding = &entry.verdict.finding;
        let image = finding.image.familiar();
        let row = BlockedRow {
            id: entry.verdict.id.to_string(),
            image: match finding.action {
                Action::Pull => image,
                Action::Push => format!("push to {image}"),
            },
            outcome: finding.outcome.into(),
            reason: ReasonKind::of(finding.rule.as_ref().map(|rule| rule.kind)),
            cause: text::cause(finding),
            engine: entry.verdict.engine.name().to_owned(),
            instead: render::command_instead(&entry.verdict).or_else(|| finding.instead.clone()),
            last: entry.last.to_string(),
            count: entry.count,
        };
        let text = format!("{} {} {} {}", row.image, row.cause, row.engine, row.id).to_lowercase();
        Self { row, last: entry.last, class: finding.class, text }
    }

    fn is_blocked_in(&self, (from, until): (Timestamp, Timestamp)) -> bool {
        self.row.outcome == Outcome::Blocked && from <= self.last && self.last < until
    }
}

/// The part of the list that is wanted, of all rows, the latest first.
pub(crate) fn blocked(
    all: &[ListedRow],
    search: &str,
    filter: &BlockedFilter,
    (from, count): (u32, u32),
    reader: &Reader,
) -> BlockedPage {
    let search = search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let time = filter.period.as_ref().map(|period| span(period, reader));
    let is_wanted = |one: &&ListedRow| {
        words.iter().all(|word| one.text.contains(word))
            && filter.engine.as_ref().is_none_or(|engine| one.row.engine == *engine)
            && filter.reason.is_none_or(|reason| one.row.reason == reason)
            && time.is_none_or(|(from, until)| from <= one.last && one.last < until)
    };
    let matching: Vec<&ListedRow> = all.iter().filter(is_wanted).collect();
    let rows = matching.iter().skip(index(from)).take(index(count)).map(|one| one.row.clone()).collect();
    let in_period = |period| {
        let span = span(&period, reader);
        whole(all.iter().filter(|one| one.is_blocked_in(span)).count())
    };
    BlockedPage {
        total: whole(all.len()),
        matching: whole(matching.len()),
        week: in_period(Period::Week),
        today: in_period(Period::Today),
        engines: engines(all),
        reasons: count_reasons(all.iter().map(|one| (one.row.reason, one.class, 1)), usize::MAX),
        from,
        rows,
    }
}

/// Where a period begins and ends; a day that is none is empty.
fn span(period: &Period, reader: &Reader) -> (Timestamp, Timestamp) {
    let since = |days| (reader.days(days).first().map_or(Timestamp::MAX, |day| day.begins), Timestamp::MAX);
    match period {
        Period::Today => since(1),
        Period::Week => since(7),
        Period::Day(date) => date
            .parse()
            .ok()
            .and_then(|date| reader.span_of(date))
            .unwrap_or((Timestamp::MAX, Timestamp::MAX)),
    }
}

fn engines(all: &[ListedRow]) -> Vec<String> {
    let engines: std::collections::BTreeSet<&String> = all.iter().map(|one| &one.row.engine).collect();
    engines.into_iter().cloned().collect()
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
