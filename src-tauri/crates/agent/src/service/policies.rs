//! The policy: read from its place, kept as exact bytes, replaced only by a good one.

use std::sync::Arc;

use host::{
    dirs::Dirs,
    files::{FileError, Mode, read_private, read_root_owned, write_atomically},
};
use jiff::Timestamp;
use policy::{Held, Policy};
use serde::{Deserialize, Serialize};
use wire::Severity;

use super::{conditions::Conditions, enrolled::Enrolled};
use crate::{
    enrollment::Enrollment,
    policy_set::{self, Named},
};

/// The policy with its own words and the time it was last seen to be the latest.
#[derive(Clone, Debug)]
pub(super) struct PolicyInForce {
    pub(super) held: Held,
    pub(super) confirmed: Timestamp,
}

/// The exact bytes of a good set, as they are kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    organization: String,
    document: String,
    catalog: Option<String>,
    confirmed: Timestamp,
}

/// 16 MiB is the limit of the document; the kept form may be twice that.
const DOCUMENT_LIMIT: u64 = 16 * 1024 * 1024;
const REFUSED: &str = "policy-refused";
const NOT_KEPT: &str = "policy-not-kept";

/// The policy at its place if it is good, else the last good one.
pub(super) fn read(dirs: &Dirs, enrolled: &Enrolled, conditions: &Conditions) -> PolicyInForce {
    let now = host::clock::now();
    let Some(enrollment) = enrolled.good() else {
        let held = match enrolled {
            Enrolled::Unusable { why } => Held::Unusable { why: why.clone() },
            Enrolled::No | Enrolled::Yes(_) => Held::Absent,
        };
        return PolicyInForce { held, confirmed: now };
    };
    let why = match read_set(enrollment, now) {
        Ok(Some((kept, policy))) => {
            conditions.clear(REFUSED);
            keep(dirs, &kept, conditions);
            return PolicyInForce { held: Held::Current(Arc::new(policy)), confirmed: now };
        }
        Ok(None) => None,
        Err(why) => Some(why),
    };
    let said = why.as_deref().unwrap_or("it is not there");
    let held = match (last_good(dirs, enrollment), why.clone()) {
        (LastGood::Kept(policy, confirmed), _) => {
            raise(conditions, enrollment, said, &format!("edition {} stays in force", policy.stamp().serial));
            return PolicyInForce { held: Held::Current(policy), confirmed };
        }
        (LastGood::Never, None) => {
            conditions.clear(REFUSED);
            Held::Absent
        }
        (LastGood::Never, Some(why)) => {
            raise(conditions, enrollment, said, "there is no earlier good one, so images are blocked");
            Held::Unusable { why }
        }
        (LastGood::Lost(lost), why) => {
            let consequence = format!("the last good one is lost ({lost}), so images are blocked");
            raise(conditions, enrollment, said, &consequence);
            Held::Unusable { why: why.unwrap_or(lost) }
        }
    };
    PolicyInForce { held, confirmed: now }
}

fn read_set(enrollment: &Enrollment, now: Timestamp) -> Result<Option<(Kept, Policy)>, String> {
    let place = &enrollment.policy.document;
    let document = match read_root_owned(place, DOCUMENT_LIMIT) {
        Ok(bytes) => text(bytes)?,
        Err(error) if error.is_absent() => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let catalog = match Named::of(document.as_bytes()).catalog() {
        None => None,
        Some(name) => {
            let place = enrollment.policy.beside(name.map_err(|refusal| refusal.to_string())?);
            Some(text(read_root_owned(&place, DOCUMENT_LIMIT).map_err(|error| error.to_string())?)?)
        }
    };
    let kept = Kept { organization: enrollment.organization.name.clone(), document, catalog, confirmed: now };
    let policy = kept.parse()?;
    Ok(Some((kept, policy)))
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}

impl Kept {
    fn parse(&self) -> Result<Policy, String> {
        let catalog = self.catalog.as_ref().map(String::as_bytes);
        policy_set::parse(self.document.as_bytes(), catalog, &self.organization)
            .map_err(|refusal| refusal.to_string())
    }
}

/// What became of the set that was kept for such a case.
enum LastGood {
    Kept(Arc<Policy>, Timestamp),
    /// There was none for this organization.
    Never,
    /// There was one, and it cannot be read: that is not the same as none.
    Lost(String),
}

/// The kept set, judged anew: it is believed no more than a new one.
fn last_good(dirs: &Dirs, enrollment: &Enrollment) -> LastGood {
    let place = dirs.state.join("policy.json");
    let damaged = |why: String| LastGood::Lost(format!("`{}` is damaged: {why}", place.display()));
    let bytes = match read_private(&place, 4 * DOCUMENT_LIMIT) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return LastGood::Never,
        Err(error) => return LastGood::Lost(error.to_string()),
    };
    let kept: Kept = match serde_json::from_slice(&bytes) {
        Ok(kept) => kept,
        Err(error) => return damaged(error.to_string()),
    };
    if kept.organization != enrollment.organization.name {
        return LastGood::Never;
    }
    match kept.parse() {
        Ok(policy) => LastGood::Kept(Arc::new(policy), kept.confirmed),
        Err(why) => damaged(why),
    }
}

fn raise(conditions: &Conditions, enrollment: &Enrollment, why: &str, consequence: &str) {
    let place = enrollment.policy.document.display();
    let sentence = format!("The policy `{place}` is not accepted: {why}; {consequence}");
    let action = format!("Correct it; `pullgate policy check {place}` tells when it is good");
    conditions.raise(REFUSED, Severity::Critical, sentence, Some(&action));
}

/// Keeps a good set and the one before it.
fn keep(dirs: &Dirs, kept: &Kept, conditions: &Conditions) {
    let place = dirs.state.join("policy.json");
    let kept_now = || -> Result<(), FileError> {
        let bytes = serde_json::to_vec(kept).unwrap_or_default();
        if let Ok(Some(old)) = read_private(&place, 4 * DOCUMENT_LIMIT) {
            let same = serde_json::from_slice::<Kept>(&old)
                .is_ok_and(|old| old.document == kept.document && old.catalog == kept.catalog);
            if !same {
                write_atomically(&dirs.state.join("policy.previous.json"), &old, Mode::PRIVATE)?;
            }
        }
        write_atomically(&place, &bytes, Mode::PRIVATE)
    };
    match kept_now() {
        Ok(()) => conditions.clear(NOT_KEPT),
        Err(error) => conditions.raise(
            NOT_KEPT,
            Severity::Attention,
            format!("The policy is in force but could not be kept for the next start: {error}"),
            Some("Free some space, or correct the folder's owner"),
        ),
    }
}
