//! The record of verdicts on this machine.
//!
//! Decides how verdicts are kept, found again and aged out, and what happens to a record that can no
//! longer be read. Does not decide anything about images: a verdict arrives here finished, and a journal that
//! fails is reported to the caller, who says so and goes on judging.

mod aside;
mod counts;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod journal;
mod open;
mod query;
mod row;
mod schema;

pub use error::JournalError;
pub use journal::Journal;
pub use open::Opened;
pub use policy::{Asker, Entry, EntryCount, Failures, UpstreamResult};
pub use query::{Position, Query, Viewer};

#[cfg(test)]
mod sample;
