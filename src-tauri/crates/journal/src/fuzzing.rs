//! What fuzzing gives to this crate.

use rusqlite::{Connection, params};

use crate::row::{COLUMNS, Stored};
use crate::schema;

/// Takes an input; panics where a law is broken.
pub type Target = fn(&[u8]);

/// Every target of this crate.
pub const TARGETS: &[(&str, Target)] = &[("journal-row", journal_row)];

/// A row that holds anything is understood, or is told to be damaged. What is understood is the row that was stored.
fn journal_row(input: &[u8]) {
    let Ok(mut connection) = Connection::open_in_memory() else { return };
    assert!(schema::migrate(&mut connection).is_ok());
    let (numbers, text) = input.split_at(input.len().min(12));
    let number =
        |at: usize| numbers.get(at..at + 4).and_then(|four| four.try_into().ok()).map(i32::from_le_bytes);
    let text = String::from_utf8_lossy(text);
    let mut parts = text.splitn(4, '\0');
    let mut part = || parts.next().filter(|part| !part.is_empty());
    let (verdict, upstream, failures, digest) = (part(), part(), part(), part());
    let last = i64::from(number(0).unwrap_or_default()) << 31;
    let stored = connection.execute(
        "INSERT INTO entries (id, at, last, count, outcome, engine, image, uid, digest, upstream, verdict, failures)
         VALUES ('7K3M9QXA', 0, ?, ?, 'blocked', 'docker', 'nginx', ?, ?, ?, ?, ?)",
        params![last, number(4), number(8), digest, upstream, verdict.unwrap_or_default(), failures],
    );
    if stored.is_err() {
        return;
    }
    let read = connection.query_row(&format!("SELECT {COLUMNS} FROM entries"), [], Stored::read);
    let Ok(Ok(entry)) = read.map(Stored::entry) else { return };
    assert_eq!(i64::from(entry.count), i64::from(number(4).unwrap_or_default()));
    assert_eq!(entry.digest.as_deref(), digest);
}

#[cfg(test)]
mod tests {
    #[test]
    fn inputs_that_were_found_once_hold() {
        fuzz::replay(super::TARGETS);
    }
}
