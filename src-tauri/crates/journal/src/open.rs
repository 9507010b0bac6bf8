//! Opening the journal: a new file, a good one, an older one, or a damaged one.
//!
//! An absent file is a first run. A damaged one is kept under another name and a new one begun, so that verdicts
//! go on being recorded; a file of a later version is left alone.

use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::aside;
use crate::error::JournalError;
use crate::journal::Journal;
use crate::{row, schema};

const OWNER_ONLY: u32 = 0o600;
const PATIENCE: Duration = Duration::from_secs(2);
const LARGEST_LOG: i64 = 4 << 20;

/// An open journal, and what became of a damaged one.
#[derive(Debug)]
pub struct Opened {
    /// The journal.
    pub journal: Journal,
    /// Where the damaged file is now, if there was one.
    pub set_aside: Option<PathBuf>,
}

/// Opens the journal at a path whose folder exists, or begins one there.
pub(crate) fn open(path: &Path, now: Timestamp) -> Result<Opened, JournalError> {
    match begin(path) {
        Ok(journal) => Ok(Opened { journal, set_aside: None }),
        Err(JournalError::Damaged { .. }) => {
            let set_aside = aside::set_aside(path, now)?;
            Ok(Opened { journal: begin(path)?, set_aside: Some(set_aside) })
        }
        Err(error) => Err(error),
    }
}

fn begin(path: &Path) -> Result<Journal, JournalError> {
    make_private(path)?;
    let connection = connect(path)?;
    Ok(Journal::new(path, connection))
}

/// Creates the file for its owner alone; SQLite gives the files beside it the same mode.
fn make_private(path: &Path) -> Result<(), JournalError> {
    let protect = || {
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(OWNER_ONLY).open(path)?;
        file.set_permissions(Permissions::from_mode(OWNER_ONLY))
    };
    protect().map_err(|source| JournalError::File { operation: "open", path: path.to_owned(), source })
}

fn connect(path: &Path) -> Result<Connection, JournalError> {
    let fault = |source| JournalError::of(path, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection.busy_timeout(PATIENCE).map_err(fault)?;
    keep_log_on_close(&connection, true).map_err(fault)?;
    let found = schema::version(&connection).map_err(fault)?;
    if found > schema::CURRENT {
        return Err(JournalError::Newer { path: path.to_owned(), found, known: schema::CURRENT });
    }
    check(path, &connection)?;
    prepare(&connection, found == 0).map_err(fault)?;
    schema::migrate(&mut connection).map_err(|source| foreign(path, source))?;
    row::check_columns(&connection).map_err(|source| foreign(path, source))?;
    keep_log_on_close(&connection, false).map_err(fault)?;
    Ok(connection)
}

/// Until a file has proved sound, closing it must change nothing: what is set aside is evidence.
fn keep_log_on_close(connection: &Connection, keep: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep).map(drop)
}

fn prepare(connection: &Connection, new: bool) -> rusqlite::Result<()> {
    if new {
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "journal_size_limit", LARGEST_LOG)
}

fn check(path: &Path, connection: &Connection) -> Result<(), JournalError> {
    let detail: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|source| JournalError::of(path, source))?;
    if detail == "ok" { Ok(()) } else { Err(JournalError::Damaged { path: path.to_owned(), detail }) }
}

/// A sound database whose tables are not a journal's is as useless as a damaged one.
fn foreign(path: &Path, source: rusqlite::Error) -> JournalError {
    if matches!(source, rusqlite::Error::SqlInputError { .. }) {
        JournalError::Damaged { path: path.to_owned(), detail: source.to_string() }
    } else {
        JournalError::of(path, source)
    }
}

#[cfg(test)]
mod tests;
