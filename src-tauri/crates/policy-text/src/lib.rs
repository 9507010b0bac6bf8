//! Every sentence that people read of a policy and its verdicts.
//!
//! [`render`] turns one [`Verdict`](policy::Verdict) into the words of every surface, [`outline()`] a document into
//! groups of lines, and [`changes()`] two editions into one line for the person. Nothing here decides.

mod changes;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod outline;
pub mod render;

pub use changes::changes;
pub use outline::{Group, GroupKind, Line, Outline, outline};
