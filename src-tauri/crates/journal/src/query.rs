//! Which entries are wanted, and who may see them.

use jiff::Timestamp;
use policy::Outcome;
use rusqlite::ToSql;

use crate::row;

/// Which entries are wanted; those that are recent come first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// Only entries with a request at or after this time.
    pub since: Option<Timestamp>,
    /// Only entries of these outcomes; of any where none is named.
    pub outcomes: Vec<Outcome>,
    /// For whose eyes.
    pub visible_to: Viewer,
    /// At most so many entries.
    pub limit: usize,
}

/// The place of an entry in the answer to a query; what comes after it is older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub(crate) last: i64,
    pub(crate) row: i64,
}

/// For whose eyes entries are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// An administrator: every entry.
    Everything,
    /// A person: their own entries, and those of engines that serve everybody.
    Person(u32),
}

impl Query {
    /// The query as an SQL condition, with its values in order.
    pub(crate) fn condition(&self) -> (String, Vec<Box<dyn ToSql>>) {
        let mut clauses = vec!["1"];
        let mut values: Vec<Box<dyn ToSql>> = Vec::new();
        if let Some(since) = self.since {
            clauses.push("last >= ?");
            values.push(Box::new(row::nanoseconds(since)));
        }
        let marks = vec!["?"; self.outcomes.len()].join(", ");
        let of_outcomes = format!("outcome IN ({marks})");
        if !self.outcomes.is_empty() {
            clauses.push(&of_outcomes);
            values.extend(self.outcomes.iter().map(|outcome| {
                let word: Box<dyn ToSql> = Box::new(row::outcome_word(*outcome));
                word
            }));
        }
        if let Viewer::Person(uid) = self.visible_to {
            clauses.push("(uid IS NULL OR uid = 0 OR uid = ?)");
            values.push(Box::new(uid));
        }
        (clauses.join(" AND "), values)
    }
}
