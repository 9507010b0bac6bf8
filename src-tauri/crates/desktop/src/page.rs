//! What the window shows: every page as a value that is ready to be drawn. The page itself decides nothing and words
//! nothing but its own labels.
//!
//! All of it is pure: what the service said, and the time, become what is shown. The types here are those of
//! `ui/src/page.ts`, which a test keeps the same.

mod activity;
mod blocked;
mod checks;
mod engines;
mod evidence;
mod explain;
mod fact;
mod frame;
mod images;
mod ladder;
mod place;
mod policy;
mod question;
mod reader;
mod reason;
mod settings;
mod status;
mod verdict;

pub(crate) use activity::{ActivityPage, DAYS, activity};
pub(crate) use blocked::{BlockedFilter, ListedRow, blocked};
pub use blocked::{BlockedPage, BlockedRow};
pub(crate) use checks::{ChecksPage, checks};
pub use engines::{EngineRow, EnginesPage, Routed, engines};
pub use explain::{Explanation, explain};
pub use fact::{Fact, FactKind, Outcome, WaysOn};
pub use frame::{Frame, Session, frame};
pub use images::{ImageRow, ImagesPage, images};
pub use ladder::Ladder;
pub use place::{Place, Tab};
pub use policy::{PolicyGroup, PolicyLine, PolicyPage, policy};
pub use question::{Answer, Problem, Question};
pub(crate) use reader::Day;
pub use reader::Reader;
pub use settings::{SettingRow, SettingsPage, settings};
pub use status::{ConditionRow, StatusPage, Tone, Waiting, status};
pub(crate) use verdict::Requested;
pub use verdict::{VerdictPage, verdict};

/// Whether an address is a page of the web; whatever else it may name, such as a file or a program, is not opened.
pub fn is_web(url: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme))
}

#[cfg(test)]
mod tests;
