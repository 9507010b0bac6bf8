//! An entry as a row of the table, there and back.

use jiff::Timestamp;
use policy::{Asker, Entry, Outcome};
use rusqlite::{Connection, Row};

use crate::error::JournalError;

/// The columns an entry is read from, in the order of [`Stored`].
pub(crate) const COLUMNS: &str = "row, id, last, count, uid, digest, upstream, verdict, failures";

/// A row as it lies in the table, not yet understood.
pub(crate) struct Stored {
    pub(crate) row: i64,
    id: String,
    pub(crate) last: i64,
    count: u32,
    asker: Asker,
    digest: Option<String>,
    upstream: Option<String>,
    verdict: String,
    failures: Option<String>,
}

impl Stored {
    /// Reads the columns of [`COLUMNS`].
    pub(crate) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            row: row.get(0)?,
            id: row.get(1)?,
            last: row.get(2)?,
            count: row.get(3)?,
            asker: Asker { uid: row.get(4)? },
            digest: row.get(5)?,
            upstream: row.get(6)?,
            verdict: row.get(7)?,
            failures: row.get(8)?,
        })
    }

    /// Understands the row, or says which entry cannot be.
    pub(crate) fn entry(self) -> Result<Entry, JournalError> {
        let fault = |error: String| JournalError::Entry { id: self.id.clone(), detail: error };
        let verdict = serde_json::from_str(&self.verdict).map_err(|error| fault(error.to_string()))?;
        let upstream = self.upstream.as_deref().map(serde_json::from_str).transpose();
        let upstream = upstream.map_err(|error| fault(error.to_string()))?;
        let failures = self.failures.as_deref().map(serde_json::from_str).transpose();
        let failures = failures.map_err(|error| fault(error.to_string()))?;
        let last = Timestamp::from_nanosecond(self.last.into()).map_err(|error| fault(error.to_string()))?;
        let (count, asker, digest) = (self.count, self.asker, self.digest);
        Ok(Entry { verdict, count, last, asker, upstream, failures, digest })
    }
}

/// A time as the table keeps it; times that do not fit are held at the edge.
pub(crate) fn nanoseconds(time: Timestamp) -> i64 {
    let nanoseconds = time.as_nanosecond();
    i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX })
}

/// The word the table has for an outcome.
pub(crate) fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Audited => "audited",
        Outcome::Blocked => "blocked",
    }
}

/// The outcome of a word of the table; none for a word of a later version.
pub(crate) fn outcome_of(word: &str) -> Option<Outcome> {
    [Outcome::Allowed, Outcome::Audited, Outcome::Blocked].into_iter().find(|one| outcome_word(*one) == word)
}

/// Fails when the table has not the columns of this version.
pub(crate) fn check_columns(connection: &Connection) -> rusqlite::Result<()> {
    connection.prepare(&format!("SELECT at, outcome, engine, image, {COLUMNS} FROM entries")).map(drop)
}
