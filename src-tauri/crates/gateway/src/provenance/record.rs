//! What is known of digests as bytes: one JSON value a line, the head first. It is read whole or not at all.

use image_ref::{Digest, Repository, Tag};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A generation of digests, some 300 bytes each; a large image has some hundred.
pub(super) const GENERATION: usize = 4 * 1024;
pub(super) const ORIGINS_PER_DIGEST: usize = 16;
/// The layout that this version writes and reads.
const VERSION: u32 = 1;
/// Two full generations of ordinary images are some 3 MB; what does not fit is learned again by the next pull.
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// A record is for the pulls that were under way, and none takes longer.
const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What is known of one digest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Origin {
    /// The tags it was delivered under.
    pub(crate) tags: Vec<Tag>,
    /// The digests a client began with when it was delivered below them.
    pub(crate) roots: Vec<Digest>,
}

pub(super) type Key = (Repository, Digest);
/// What an earlier process knew of digests cannot be read.
#[derive(Debug, Error)]
pub enum ProvenanceError {
    /// A later version wrote it.
    #[error("it has the layout {0}, and this version reads {VERSION}")]
    Version(u32),
    /// It is damaged.
    #[error("line {line} is damaged: {source}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// How.
        source: serde_json::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct Head {
    version: u32,
    at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Row<R, D, O> {
    repository: R,
    digest: D,
    #[serde(flatten)]
    origin: O,
}

/// The record of these rows, as many as fit.
pub(super) fn write(rows: &[(Key, Origin)], now: Timestamp) -> Vec<u8> {
    let mut out = Vec::new();
    push(&mut out, &Head { version: VERSION, at: now });
    for ((repository, digest), origin) in rows {
        push(&mut out, &Row { repository, digest, origin });
        if out.len() >= MOST_BYTES {
            break;
        }
    }
    out
}

/// Appends a line. What cannot be written is left out: a digest that nothing is known of is judged as such.
fn push(out: &mut Vec<u8>, value: &impl Serialize) {
    match serde_json::to_vec(value) {
        Ok(line) => {
            out.extend_from_slice(&line);
            out.push(b'\n');
        }
        Err(error) => tracing::warn!(%error, "what is known of a digest could not be recorded"),
    }
}

/// The rows of a record, in its order; none of one that is too old, or of another time.
pub(super) fn read(bytes: &[u8], now: Timestamp) -> Result<Vec<(Key, Origin)>, ProvenanceError> {
    let mut lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let damaged = |line: usize| move |source| ProvenanceError::Line { line: line + 1, source };
    let (first, head) = lines.next().unwrap_or_default();
    let head: Head = serde_json::from_slice(head).map_err(damaged(first))?;
    if head.version != VERSION {
        return Err(ProvenanceError::Version(head.version));
    }
    if now.duration_since(head.at).abs() > LIFE {
        return Ok(Vec::new());
    }
    let mut rows = Vec::new();
    for (line, text) in lines.filter(|(_, text)| !text.is_empty()).take(2 * GENERATION) {
        let row: Row<Repository, Digest, Origin> = serde_json::from_slice(text).map_err(damaged(line))?;
        let mut origin = row.origin;
        origin.tags.truncate(ORIGINS_PER_DIGEST);
        origin.roots.truncate(ORIGINS_PER_DIGEST);
        rows.push(((row.repository, row.digest), origin));
    }
    Ok(rows)
}
