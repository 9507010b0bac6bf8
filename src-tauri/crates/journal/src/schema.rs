//! The tables, and how an older file becomes a current one.
//!
//! A step, once released, never changes: a new need is a new step at the end. SQLite's `user_version` counts the
//! steps a file has gone through.

use rusqlite::{Connection, TransactionBehavior};

/// One entry a row. The columns beside `verdict` are what is searched, updated or not part of a verdict;
/// `at` and `last` are nanoseconds since 1970, `upstream` and `verdict` are JSON.
const FIRST: &str = "
    CREATE TABLE entries (
        row      INTEGER PRIMARY KEY,
        id       TEXT    NOT NULL UNIQUE,
        at       INTEGER NOT NULL,
        last     INTEGER NOT NULL,
        count    INTEGER NOT NULL,
        outcome  TEXT    NOT NULL,
        engine   TEXT    NOT NULL,
        image    TEXT    NOT NULL,
        uid      INTEGER,
        pid      INTEGER,
        program  TEXT,
        digest   TEXT,
        upstream TEXT,
        verdict  TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX entries_by_time ON entries (last, row);
    CREATE INDEX entries_by_outcome ON entries (outcome, last, row);
";

/// What failed under a verdict beside its last outcome, as JSON.
const SECOND: &str = "ALTER TABLE entries ADD COLUMN failures TEXT;";

const STEPS: [&str; 2] = [FIRST, SECOND];

/// The format of files that this version writes.
pub(crate) const CURRENT: u32 = STEPS.len() as u32;

/// The format of a file; 0 when it is new.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes a file through the steps it has not seen.
pub(crate) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seen = version(&transaction)?;
    for (step, number) in STEPS.iter().zip(1..).filter(|(_, number)| *number > seen) {
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
    }
    transaction.commit()
}
