//! The last good set on disk, as exact bytes, and the one before it. What is kept is believed no more than what is new.

use std::sync::Arc;

use host::{
    dirs::Dirs,
    files::{FileError, Mode, read_private, write_atomically},
};
use jiff::Timestamp;
use policy::signed::{Kept, Roots, Set, reverify};
use wire::Severity;

use crate::{enrollment::Enrollment, service::conditions::Conditions};

/// A trust document, an envelope and a catalog, as strings inside JSON.
const LIMIT: u64 = 96 * 1024 * 1024;
const NOT_KEPT: &str = "policy-not-kept";
const FILE: &str = "policy.json";
const PREVIOUS: &str = "policy.previous.json";

/// What became of the set that was kept for such a case.
pub(super) enum LastGood {
    Kept(Arc<Set>, Timestamp),
    /// There was none for this organization.
    Never,
    /// There was one, and it cannot be read: that is not the same as none.
    Lost(String),
}

impl LastGood {
    pub(super) fn set(&self) -> Option<&Arc<Set>> {
        match self {
            Self::Kept(set, _) => Some(set),
            Self::Never | Self::Lost(_) => None,
        }
    }
}

/// The kept set, judged anew.
pub(super) fn last_good(dirs: &Dirs, enrollment: &Enrollment, now: Timestamp) -> LastGood {
    let place = dirs.state.join(FILE);
    let damaged = |why: String| LastGood::Lost(format!("`{}` is damaged: {why}", place.display()));
    let bytes = match read_private(&place, LIMIT) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return LastGood::Never,
        Err(error) => return LastGood::Lost(error.to_string()),
    };
    let kept: Kept = match serde_json::from_slice(&bytes) {
        Ok(kept) => kept,
        Err(error) => return damaged(error.to_string()),
    };
    match judge(&kept, enrollment, now) {
        LastGood::Lost(why) => damaged(why),
        found @ (LastGood::Kept(..) | LastGood::Never) => found,
    }
}

/// A kept set under an enrollment.
pub(super) fn judge(kept: &Kept, enrollment: &Enrollment, now: Timestamp) -> LastGood {
    let organization = &enrollment.organization.name;
    if kept.organization != *organization {
        return LastGood::Never;
    }
    let none = Roots::none();
    let roots = enrollment.policy.roots().unwrap_or(&none);
    match reverify(kept, roots, organization, now) {
        Ok(set) => LastGood::Kept(Arc::new(set), kept.confirmed),
        // What its author could do about it comes after the first semicolon, and it was no author who damaged it.
        Err(refusal) => {
            let text = refusal.to_string();
            LastGood::Lost(text.split(';').next().unwrap_or_default().to_owned())
        }
    }
}

/// Keeps a good set and the one before it.
pub(super) fn keep(dirs: &Dirs, set: &Set, confirmed: Timestamp, conditions: &Conditions) {
    match write(dirs, &set.kept(confirmed)) {
        Ok(()) => conditions.clear(NOT_KEPT),
        Err(error) => conditions.raise(
            NOT_KEPT,
            Severity::Attention,
            format!("The policy is in force but could not be kept for the next start: {error}"),
            Some("Free some space, or correct the folder's owner"),
        ),
    }
}

fn write(dirs: &Dirs, kept: &Kept) -> Result<(), FileError> {
    let place = dirs.state.join(FILE);
    if let Ok(Some(old)) = read_private(&place, LIMIT) {
        let same = serde_json::from_slice::<Kept>(&old)
            .is_ok_and(|old| Kept { confirmed: kept.confirmed, ..old } == *kept);
        if !same {
            write_atomically(&dirs.state.join(PREVIOUS), &old, Mode::PRIVATE)?;
        }
    }
    write_atomically(&place, &serde_json::to_vec(kept).unwrap_or_default(), Mode::PRIVATE)
}
