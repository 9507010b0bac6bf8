//! Recording, finding and pruning entries.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use policy::{Entry, VerdictId};
use rusqlite::{Connection, OptionalExtension, ToSql, named_params, params, params_from_iter};

use crate::error::JournalError;
use crate::open::{self, Opened};
use crate::query::{Position, Query};
use crate::row::{COLUMNS, Stored, nanoseconds, outcome_word};

/// The record of verdicts, shared by all who write and read it.
pub struct Journal {
    path: PathBuf,
    connection: Mutex<Connection>,
}

impl Journal {
    /// Opens the journal at a path whose folder exists, or begins one there; a damaged file is moved aside.
    pub fn open(path: &Path, now: Timestamp) -> Result<Opened, JournalError> {
        open::open(path, now)
    }

    pub(crate) fn new(path: &Path, connection: Connection) -> Self {
        Self { path: path.to_owned(), connection: Mutex::new(connection) }
    }

    /// Adds an entry or, where its verdict is known, brings its count, time, digest and upstream up to date.
    ///
    /// Neither count nor time ever goes back, so a late writer does no harm.
    pub fn record(&self, entry: &Entry) -> Result<(), JournalError> {
        self.write(&self.locked(), entry)
    }

    /// Adds entries in one transaction, which a slow disk has to keep once. One that cannot be added is left out and
    /// logged.
    ///
    /// # Errors
    /// The file cannot be written; then none of them was added.
    pub fn record_all(&self, entries: &[Entry]) -> Result<(), JournalError> {
        let connection = self.locked();
        let fault = |source| self.fault(source);
        let transaction = connection.unchecked_transaction().map_err(fault)?;
        for entry in entries {
            match self.write(&transaction, entry) {
                Ok(()) => {}
                Err(error @ (JournalError::Taken { .. } | JournalError::Entry { .. })) => {
                    tracing::warn!(%error, "an entry is left out of the journal");
                }
                Err(error) => return Err(error),
            }
        }
        transaction.commit().map_err(fault)
    }

    fn write(&self, connection: &Connection, entry: &Entry) -> Result<(), JournalError> {
        let verdict = &entry.verdict;
        let id = verdict.id.as_str();
        let fault =
            |error: serde_json::Error| JournalError::Entry { id: id.to_owned(), detail: error.to_string() };
        let upstream = entry.upstream.as_ref().map(serde_json::to_string).transpose().map_err(fault)?;
        let failures = entry.failures.as_ref().map(serde_json::to_string).transpose().map_err(fault)?;
        let values = named_params! {
            ":id": id,
            ":at": nanoseconds(verdict.at),
            ":last": nanoseconds(entry.last),
            ":count": entry.count,
            ":outcome": outcome_word(verdict.finding.outcome),
            ":engine": verdict.engine.name(),
            ":image": verdict.finding.image.familiar(),
            ":uid": entry.asker.uid,
            ":digest": entry.digest,
            ":upstream": upstream,
            ":failures": failures,
            ":verdict": serde_json::to_string(verdict).map_err(fault)?,
        };
        let changed = connection.prepare(RECORD).and_then(|mut statement| statement.execute(values));
        match changed.map_err(|source| self.fault(source))? {
            0 => Err(JournalError::Taken { id: verdict.id.clone() }),
            _ => Ok(()),
        }
    }

    /// The entries a query wants, the most recent first.
    ///
    /// An entry that this version cannot understand is left out and logged.
    pub fn query(&self, query: &Query) -> Result<Vec<Entry>, JournalError> {
        Ok(self.page(query, query.limit, None)?.0)
    }

    /// A part of the entries a query wants: at most so many of those after a position, and the position to go on
    /// from, which is none at the end. An entry that is asked for again meanwhile moves up and is not given twice.
    pub fn page(
        &self,
        query: &Query,
        limit: usize,
        after: Option<Position>,
    ) -> Result<(Vec<Entry>, Option<Position>), JournalError> {
        let (mut condition, mut values) = query.condition();
        if let Some(Position { last, row }) = after {
            condition.push_str(" AND (last, row) < (?, ?)");
            values.push(Box::new(last));
            values.push(Box::new(row));
        }
        values.push(Box::new(i64::try_from(limit).unwrap_or(i64::MAX)));
        let rows = self.rows(&format!("{condition} ORDER BY last DESC, row DESC LIMIT ?"), &values)?;
        let end = rows.last().filter(|_| rows.len() >= limit);
        let end = end.map(|end| Position { last: end.last, row: end.row });
        Ok((rows.into_iter().filter_map(understood).collect(), end))
    }

    /// The entry of one verdict.
    pub fn find(&self, id: &VerdictId) -> Result<Option<Entry>, JournalError> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE id = ?");
        let found = self.locked().query_row(&sql, params![id.as_str()], Stored::read).optional();
        found.map_err(|source| self.fault(source))?.map(Stored::entry).transpose()
    }

    /// Removes entries whose last request is older than a time, then those beyond a number of rows, and gives their room
    /// back; says how many went.
    ///
    /// Where there are too many, whoever has the most entries of one outcome loses the oldest of them first, so that a
    /// flood of one user's takes nothing away from others. User ids of one range count as one user.
    pub fn prune(
        &self,
        keep_rows: usize,
        older_than: Timestamp,
        ranges: &[(u32, u32)],
    ) -> Result<usize, JournalError> {
        let keep = i64::try_from(keep_rows).unwrap_or(i64::MAX);
        let connection = self.locked();
        let prune = || {
            let aged = connection.execute(PRUNE_AGED, params![nanoseconds(older_than)])?;
            let count: i64 = connection.query_row("SELECT count(*) FROM entries", [], |row| row.get(0))?;
            let surplus = match count > keep {
                true => connection.execute(&prune_surplus(ranges), params![keep])?,
                false => 0,
            };
            exhaust(&connection, "PRAGMA incremental_vacuum")?;
            exhaust(&connection, "PRAGMA wal_checkpoint(PASSIVE)")?;
            Ok(aged + surplus)
        };
        prune().map_err(|source| self.fault(source))
    }

    /// The rows that meet a condition, as they lie in the table.
    fn rows(&self, rest: &str, values: &[Box<dyn ToSql>]) -> Result<Vec<Stored>, JournalError> {
        let sql = format!("SELECT {COLUMNS} FROM entries WHERE {rest}");
        let connection = self.locked();
        let read = || {
            let mut statement = connection.prepare(&sql)?;
            let rows = statement.query_map(params_from_iter(values), Stored::read)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        };
        read().map_err(|source| self.fault(source))
    }

    pub(crate) fn fault(&self, source: rusqlite::Error) -> JournalError {
        JournalError::of(&self.path, source)
    }

    /// A thread that died while it held the connection has left no open transaction: each statement is one.
    pub(crate) fn locked(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Runs a statement that does its work row by row.
fn exhaust(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// The entry of a row, if this version understands it.
fn understood(row: Stored) -> Option<Entry> {
    row.entry().inspect_err(|error| tracing::warn!(%error, "an entry of the journal is left out")).ok()
}

const RECORD: &str = "
    INSERT INTO entries
        (id, at, last, count, outcome, engine, image, uid, digest, upstream, failures, verdict)
    VALUES
        (:id, :at, :last, :count, :outcome, :engine, :image, :uid, :digest, :upstream, :failures, :verdict)
    ON CONFLICT (id) DO UPDATE SET
        last = max(last, excluded.last),
        count = max(count, excluded.count),
        digest = coalesce(excluded.digest, digest),
        upstream = coalesce(excluded.upstream, upstream),
        failures = coalesce(excluded.failures, failures)
    WHERE at = excluded.at AND image = excluded.image";

const PRUNE_AGED: &str = "DELETE FROM entries WHERE last < ?";

/// The most ranges that a statement names; those of more users count as users of their own.
const MOST_RANGES: usize = 500;

/// The rows that are too many: each has a depth among those of its user and outcome, the latest first, and the deepest go.
fn prune_surplus(ranges: &[(u32, u32)]) -> String {
    let first = |(first, last): &(u32, u32)| format!("WHEN uid BETWEEN {first} AND {last} THEN {first}");
    let cases: Vec<String> = ranges.iter().take(MOST_RANGES).map(first).collect();
    let user =
        if cases.is_empty() { "uid".to_owned() } else { format!("CASE {} ELSE uid END", cases.join(" ")) };
    format!(
        "DELETE FROM entries WHERE row IN (SELECT row FROM (SELECT row, last, row_number() OVER \
         (PARTITION BY {user}, outcome ORDER BY last DESC, row DESC) AS depth FROM entries) \
         ORDER BY depth, last DESC, row DESC LIMIT -1 OFFSET ?)"
    )
}

#[cfg(test)]
mod tests;
