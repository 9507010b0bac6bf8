//! Moving a damaged journal out of the way without losing it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::error::JournalError;

/// SQLite's own files beside a database. They go first: a write-ahead log that stayed behind would be played
/// into the new file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Renames the journal and SQLite's files beside it, and says where the journal is now.
pub(crate) fn set_aside(path: &Path, now: Timestamp) -> Result<PathBuf, JournalError> {
    let target = free_name(path, now);
    for suffix in BESIDE {
        let from = with_suffix(path, suffix);
        if from.exists() {
            rename(&from, &with_suffix(&target, suffix))?;
        }
    }
    rename(path, &target)?;
    Ok(target)
}

fn free_name(path: &Path, now: Timestamp) -> PathBuf {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = |number: u32| {
        let repeated = if number == 1 { String::new() } else { format!("-{number}") };
        path.with_extension(format!("damaged-{stamp}{repeated}"))
    };
    (1..).map(name).find(|name| !name.exists()).unwrap_or_else(|| name(1))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

fn rename(from: &Path, to: &Path) -> Result<(), JournalError> {
    fs::rename(from, to).map_err(|source| JournalError::File {
        operation: "move aside",
        path: from.to_owned(),
        source,
    })
}
