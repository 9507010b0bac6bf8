//! The journal as JSON Lines, for collectors.

use std::io::Write;

use policy::Entry;
use serde::Serialize;

use crate::error::JournalError;
use crate::journal::{Journal, understood};
use crate::query::Query;

/// The version of the exported lines; it grows when a field changes its meaning or goes away.
pub const SCHEMA_VERSION: u32 = 1;

const PAGE: usize = 256;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    schema_version: u32,
    #[serde(flatten)]
    entry: &'a Entry,
}

impl Journal {
    /// Writes the entries a query wants, one JSON object a line, the first recorded first; says how many.
    ///
    /// Reads page by page, so that a slow reader never keeps verdicts from being recorded.
    pub fn export(&self, query: &Query, out: &mut impl Write) -> Result<usize, JournalError> {
        let mut written = 0;
        let mut after = 0;
        while written < query.limit {
            let (condition, mut values) = query.condition();
            values.push(Box::new(after));
            values.push(Box::new(PAGE.min(query.limit - written) as i64));
            let page = self.rows(&format!("{condition} AND row > ? ORDER BY row LIMIT ?"), &values)?;
            let Some(end) = page.last() else { break };
            after = end.row;
            for entry in page.into_iter().filter_map(understood) {
                write_line(&entry, out).map_err(|source| JournalError::Export { source })?;
                written += 1;
            }
        }
        Ok(written)
    }
}

fn write_line(entry: &Entry, out: &mut impl Write) -> std::io::Result<()> {
    let mut line = serde_json::to_vec(&Line { schema_version: SCHEMA_VERSION, entry })?;
    line.push(b'\n');
    out.write_all(&line)
}

#[cfg(test)]
mod tests;
