//! Every sentence that people read of a policy and its verdicts.
//!
//! [`render`] turns one [`Verdict`](policy::Verdict) into the words of every surface, [`outline()`] a document into
//! groups of lines, [`changes()`] two editions into one line for the person, and [`ladder()`] a finding into the steps
//! that it went through. Nothing here decides.

mod changes;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod ladder;
mod outline;
pub mod render;

pub use changes::changes;
pub use ladder::{Ladder, Rung, RungState, ladder};
pub use outline::{Group, GroupKind, Line, Outline, outline};
