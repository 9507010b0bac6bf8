//! Everything that can go wrong with the journal, told apart by what helps.

use std::io;
use std::path::{Path, PathBuf};

use policy::VerdictId;
use rusqlite::ErrorCode;

/// Why the journal could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// There is no room left.
    #[error("the record `{path}` cannot grow because the disk is full; free some space there")]
    Full {
        /// The journal's file.
        path: PathBuf,
    },
    /// The file does not hold a journal any more.
    #[error(
        "the record `{path}` is damaged: {detail}; it is moved aside at the next start, and a new one begun"
    )]
    Damaged {
        /// The journal's file.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// A later version of Pullgate has written the file.
    #[error(
        "the record `{path}` has format {found} and this version of Pullgate knows {known}; update Pullgate, or move the file away"
    )]
    Newer {
        /// The journal's file.
        path: PathBuf,
        /// The format of the file.
        found: u32,
        /// The latest format known here.
        known: u32,
    },
    /// Another process keeps the file locked.
    #[error("the record `{path}` is locked by another process; close what has it open")]
    Busy {
        /// The journal's file.
        path: PathBuf,
    },
    /// The id belongs to another verdict already.
    #[error("the id `{id}` belongs to another verdict; draw a new one")]
    Taken {
        /// The id.
        id: VerdictId,
    },
    /// One entry cannot be understood; the others can.
    #[error("the journal's entry `{id}` cannot be understood by this version of Pullgate: {detail}")]
    Entry {
        /// The id of the entry.
        id: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The file cannot be opened, moved or protected.
    #[error("cannot {operation} `{path}`: {source}")]
    File {
        /// What was tried.
        operation: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// SQLite or the disk under it failed.
    #[error("the record `{path}` cannot be read or written: {source}")]
    Storage {
        /// The journal's file.
        path: PathBuf,
        /// SQLite's answer.
        source: rusqlite::Error,
    },
}

impl JournalError {
    /// Tells SQLite's answers apart.
    pub(crate) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        let code = source.sqlite_error_code();
        if code == Some(ErrorCode::DiskFull) {
            Self::Full { path }
        } else if matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)) {
            Self::Damaged { path, detail: source.to_string() }
        } else if matches!(code, Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
            Self::Busy { path }
        } else {
            Self::Storage { path, source }
        }
    }
}
