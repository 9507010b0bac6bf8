//! The list of what was blocked.

use policy::{Action, Entry, Finding, RuleKind};
use serde::Serialize;

use super::Outcome;
use crate::text;

/// A part of the list of what was blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BlockedPage {
    /// How many there are.
    pub total: u32,
    /// How many match the search.
    pub matching: u32,
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
    /// When it was blocked last, in RFC 3339.
    pub last: String,
    /// How often.
    pub count: u32,
}

/// Why an image was blocked, as far as a sign can say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) enum ReasonKind {
    /// Who publishes it.
    Class,
    /// Where it comes from.
    Registry,
    /// Its tag or digest.
    Version,
    /// A rule that denies it by name.
    Name,
    /// A push.
    Push,
    /// Nobody is signed in.
    SignIn,
    /// The policy is not there, or too old.
    Policy,
    /// Something that holds for some, or for a while.
    Exception,
}

impl ReasonKind {
    fn of(finding: &Finding) -> Self {
        match finding.rule.as_ref().map(|rule| rule.kind) {
            None | Some(RuleKind::Class) => Self::Class,
            Some(RuleKind::Registry) => Self::Registry,
            Some(RuleKind::Pin) => Self::Version,
            Some(RuleKind::Deny) => Self::Name,
            Some(RuleKind::Push) => Self::Push,
            Some(RuleKind::SignIn) => Self::SignIn,
            Some(RuleKind::Presence | RuleKind::Staleness) => Self::Policy,
            Some(
                RuleKind::Allow | RuleKind::Grant | RuleKind::Exemption | RuleKind::Pause | RuleKind::Canary,
            ) => Self::Exception,
        }
    }
}

impl BlockedRow {
    /// An entry of the journal as a row.
    pub fn of(entry: &Entry) -> Self {
        let finding = &entry.verdict.finding;
        let image = finding.image.familiar();
        Self {
            id: entry.verdict.id.to_string(),
            image: match finding.action {
                Action::Pull => image,
                Action::Push => format!("push to {image}"),
            },
            outcome: finding.outcome.into(),
            reason: ReasonKind::of(finding),
            cause: text::cause(finding),
            last: entry.last.to_string(),
            count: entry.count,
        }
    }
}

/// The part of the list that is wanted, of all rows with what they are searched by.
pub fn blocked<'a>(
    all: impl ExactSizeIterator<Item = (&'a BlockedRow, &'a str)>,
    search: &str,
    (from, count): (u32, u32),
) -> BlockedPage {
    let total = whole(all.len());
    let search = search.to_lowercase();
    let words: Vec<&str> = search.split_whitespace().collect();
    let matching: Vec<&BlockedRow> =
        all.filter(|(_, text)| words.iter().all(|word| text.contains(word))).map(|(row, _)| row).collect();
    let rows = matching.iter().skip(index(from)).take(index(count)).map(|&row| row.clone()).collect();
    BlockedPage { total, matching: whole(matching.len()), from, rows }
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn index(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}
