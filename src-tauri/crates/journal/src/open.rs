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
mod tests {
    use std::fs;

    use super::*;
    use crate::sample::{entry, everything, folder, time};

    type Damage = fn(&mut Vec<u8>);

    fn reopened(path: &Path) -> Opened {
        Journal::open(path, time(100)).unwrap()
    }

    fn damage(path: &Path, change: Damage) {
        let mut bytes = fs::read(path).unwrap();
        change(&mut bytes);
        fs::File::create(path).and_then(|mut file| std::io::Write::write_all(&mut file, &bytes)).unwrap();
    }

    /// A closed journal with twenty entries.
    fn filled(path: &Path) {
        let journal = reopened(path).journal;
        (1..=20).for_each(|number| journal.record(&entry(number)).unwrap());
    }

    #[test]
    fn entries_outlive_the_process() {
        let (_folder, path) = folder();
        filled(&path);
        let Opened { journal, set_aside } = reopened(&path);
        assert_eq!((journal.query(&everything()).unwrap().len(), set_aside), (20, None));
    }

    #[test]
    fn entries_outlive_a_process_that_was_killed() {
        let (_folder, path) = folder();
        let (_other, copy) = folder();
        let journal = reopened(&path).journal;
        journal.record(&entry(1)).unwrap();
        fs::copy(&path, &copy).unwrap();
        fs::copy(path.with_extension("sqlite-wal"), copy.with_extension("sqlite-wal")).unwrap();
        assert_eq!(reopened(&copy).journal.query(&everything()).unwrap(), [entry(1)]);
    }

    #[test]
    fn every_file_is_the_owners_alone() {
        let (folder, path) = folder();
        fs::File::create(&path).unwrap().set_permissions(Permissions::from_mode(0o644)).unwrap();
        let journal = reopened(&path).journal;
        journal.record(&entry(1)).unwrap();
        let mode = |file: fs::DirEntry| {
            (file.file_name().into_string().unwrap(), file.metadata().unwrap().permissions().mode() & 0o777)
        };
        let mut modes: Vec<_> =
            fs::read_dir(folder.path()).unwrap().map(|file| mode(file.unwrap())).collect();
        modes.sort();
        let names = ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"];
        assert_eq!(modes, names.map(|name| (name.to_owned(), 0o600)));
    }

    #[test]
    fn an_empty_file_is_a_first_run() {
        let (_folder, path) = folder();
        fs::File::create(&path).unwrap();
        assert_eq!(reopened(&path).set_aside, None);
    }

    #[test]
    fn a_damaged_file_is_kept_under_another_name_and_a_new_one_begun() {
        let kinds: [(&str, Damage); 4] = [
            ("not a database", |bytes| *bytes = b"verdicts, once".repeat(100)),
            ("cut short", |bytes| bytes.truncate(bytes.len() / 2)),
            ("a page of rubbish", |bytes| bytes[4096..8192].fill(0xa5)),
            ("a header of zeros", |bytes| bytes[..100].fill(0)),
        ];
        for (kind, change) in kinds {
            let (_folder, path) = folder();
            filled(&path);
            damage(&path, change);
            let bytes = fs::read(&path).unwrap();
            let Opened { journal, set_aside } = reopened(&path);
            let aside = set_aside.expect(kind);
            assert_eq!(aside, path.with_extension("damaged-20260725T172140Z"), "{kind}");
            assert!(fs::read(&aside).unwrap() == bytes, "{kind}");
            assert_eq!(journal.query(&everything()).unwrap(), [], "{kind}");
            journal.record(&entry(1)).unwrap();
        }
    }

    #[test]
    fn a_second_damage_in_the_same_second_overwrites_nothing() {
        let (_folder, path) = folder();
        for suffix in ["", "-2", "-3"] {
            fs::File::create(&path)
                .and_then(|mut file| std::io::Write::write_all(&mut file, &[7; 5000]))
                .unwrap();
            let name = format!("damaged-20260725T172140Z{suffix}");
            assert_eq!(reopened(&path).set_aside, Some(path.with_extension(name)));
        }
    }

    #[test]
    fn the_log_of_a_damaged_file_is_not_played_into_the_new_one() {
        let (_folder, path) = folder();
        let (_other, copy) = folder();
        filled(&path);
        let journal = reopened(&path).journal;
        journal.record(&entry(21)).unwrap();
        fs::copy(path.with_extension("sqlite-wal"), copy.with_extension("sqlite-wal")).unwrap();
        fs::File::create(&copy)
            .and_then(|mut file| std::io::Write::write_all(&mut file, &[7; 5000]))
            .unwrap();
        let Opened { journal, set_aside } = reopened(&copy);
        assert_eq!(journal.query(&everything()).unwrap(), []);
        let aside = set_aside.unwrap().into_os_string().into_string().unwrap();
        assert!(Path::new(&format!("{aside}-wal")).exists());
    }

    #[test]
    fn a_database_of_something_else_is_set_aside_too() {
        let (_folder, path) = folder();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("CREATE TABLE entries (song TEXT); PRAGMA user_version = 1").unwrap();
        drop(other);
        assert!(reopened(&path).set_aside.is_some());
    }

    #[test]
    fn a_file_of_a_later_version_is_left_alone() {
        let (_folder, path) = folder();
        filled(&path);
        Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let before = fs::read(&path).unwrap();
        let refused = Journal::open(&path, time(0)).unwrap_err();
        assert!(
            matches!(refused, JournalError::Newer { found: 99, known: schema::CURRENT, .. }),
            "{refused:?}"
        );
        assert!(fs::read(&path).unwrap() == before);
    }

    #[test]
    fn what_cannot_be_opened_is_an_error_that_names_it() {
        let (folder, _) = folder();
        for path in [folder.path().to_owned(), folder.path().join("absent/journal.sqlite")] {
            let refused = Journal::open(&path, time(0)).unwrap_err();
            assert!(
                matches!(&refused, JournalError::File { path: named, .. } if *named == path),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn a_locked_file_is_distinguished_from_a_damaged_one() {
        let (_folder, path) = folder();
        filled(&path);
        let other = Connection::open(&path).unwrap();
        other.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let refused = Journal::open(&path, time(0)).unwrap_err();
        assert!(matches!(refused, JournalError::Busy { .. }), "{refused:?}");
        assert!(path.exists());
    }
}
