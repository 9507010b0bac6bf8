//! The last good set on disk, as exact bytes, and the one before it. What is kept is believed no more than what is new.

use std::sync::Arc;

use enrollment::Enrollment;
use host::{
    dirs::Dirs,
    files::{FileError, Mode, read_private, remove, write_atomically},
};
use jiff::Timestamp;
use policy::LoadedPolicy;
use policy_bundle::{PolicyBundle, Roots, StoredPolicy, reverify};
use serde::Deserialize;
use thiserror::Error;
use wire::Severity;

use crate::{conditions::Conditions, in_force::PolicyInForce};

/// A trust document, an envelope and a catalog, as strings inside JSON.
const LIMIT: u64 = 96 * 1024 * 1024;
const NOT_KEPT: &str = "policy-not-kept";
const NOT_FORGOTTEN: &str = "policy-not-forgotten";
const FILE: &str = "policy.json";
const PREVIOUS: &str = "policy.previous.json";

/// What became of the set that was kept for such a case.
pub(super) enum LastGood {
    /// The set, when it was last seen to be the latest, and the address that it was accepted from.
    Kept(Arc<PolicyBundle>, Timestamp, Option<String>),
    /// There was none for this organization that this enrollment could believe.
    Never,
    /// There was one, and it cannot be read: that is not the same as none.
    Lost(String),
}

impl LastGood {
    pub(super) fn set(&self) -> Option<&Arc<PolicyBundle>> {
        match self {
            Self::Kept(set, ..) => Some(set),
            Self::Never | Self::Lost(_) => None,
        }
    }

    pub(super) fn source(&self) -> Option<&String> {
        match self {
            Self::Kept(.., source) => source.as_ref(),
            Self::Never | Self::Lost(_) => None,
        }
    }
}

impl From<PolicyInForce> for LastGood {
    fn from(policy: PolicyInForce) -> Self {
        match (policy.set, policy.held) {
            (Some(set), _) => Self::Kept(set, policy.confirmed, policy.source),
            (None, LoadedPolicy::Unusable { why }) => Self::Lost(why),
            (None, LoadedPolicy::Absent | LoadedPolicy::Current(_)) => Self::Never,
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
    let kept: StoredPolicy = match serde_json::from_slice(&bytes) {
        Ok(kept) => kept,
        Err(error) => return damaged(error.to_string()),
    };
    match judge(&kept, enrollment, now) {
        LastGood::Lost(why) => damaged(why),
        found @ (LastGood::Kept(..) | LastGood::Never) => found,
    }
}

/// When the kept set was last seen to be the latest, whatever else is wrong with it.
pub(super) fn confirmed(dirs: &Dirs) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Confirmed {
        confirmed: Timestamp,
    }
    let bytes = read_private(&dirs.state.join(FILE), LIMIT).ok()??;
    serde_json::from_slice::<Confirmed>(&bytes).ok().map(|kept| kept.confirmed)
}

/// A kept set under an enrollment.
pub(super) fn judge(kept: &StoredPolicy, enrollment: &Enrollment, now: Timestamp) -> LastGood {
    let organization = &enrollment.organization.name;
    let none = Roots::none();
    let roots = enrollment.policy.roots().unwrap_or(&none);
    // Where keys are named, nothing vouches for what nobody signed; where none are, only its place does.
    let is_vouched = match &kept.trust {
        Some(_) => true,
        None => roots.is_none() && kept.source.as_deref() == Some(enrollment.policy.url.as_str()),
    };
    if kept.organization != *organization || !is_vouched {
        return LastGood::Never;
    }
    match reverify(kept, roots, organization, now) {
        Ok(set) => LastGood::Kept(Arc::new(set), kept.confirmed, kept.source.clone()),
        // What its author could do about it comes after the first semicolon, and it was no author who damaged it.
        Err(refusal) => {
            let text = refusal.to_string();
            LastGood::Lost(text.split(';').next().unwrap_or_default().to_owned())
        }
    }
}

/// Forgets what was kept: whoever ended the enrollment ended what it believed, too.
pub(super) fn forget(dirs: &Dirs, conditions: &Conditions) {
    conditions.clear(NOT_KEPT);
    let failed = [FILE, PREVIOUS].into_iter().find_map(|file| remove(&dirs.state.join(file)).err());
    match failed {
        None => conditions.clear(NOT_FORGOTTEN),
        Some(error) => conditions.raise(
            NOT_FORGOTTEN,
            Severity::Attention,
            format!("The policy of the enrollment that ended could not be removed: {error}"),
            Some("Remove the file before this machine is enrolled again"),
        ),
    }
}

/// Keeps a good set and the one before it.
pub(super) fn keep(
    dirs: &Dirs,
    set: &PolicyBundle,
    confirmed: Timestamp,
    source: Option<String>,
    conditions: &Conditions,
) {
    match write(dirs, &StoredPolicy { source, ..set.stored(confirmed) }) {
        Ok(()) => conditions.clear(NOT_KEPT),
        Err(error) => conditions.raise(
            NOT_KEPT,
            Severity::Attention,
            format!("The policy is in force but could not be kept for the next start: {error}"),
            Some("Free some space, or correct the folder's owner"),
        ),
    }
}

/// Why a set is not kept; what was kept before stays.
#[derive(Debug, Error)]
enum KeepError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("it cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn write(dirs: &Dirs, kept: &StoredPolicy) -> Result<(), KeepError> {
    let place = dirs.state.join(FILE);
    let bytes = serde_json::to_vec(kept)?;
    if let Ok(Some(old)) = read_private(&place, LIMIT) {
        let same = serde_json::from_slice::<StoredPolicy>(&old).is_ok_and(|old| {
            StoredPolicy { confirmed: kept.confirmed, source: kept.source.clone(), ..old } == *kept
        });
        if !same {
            write_atomically(&dirs.state.join(PREVIOUS), &old, Mode::PRIVATE)?;
        }
    }
    Ok(write_atomically(&place, &bytes, Mode::PRIVATE)?)
}
