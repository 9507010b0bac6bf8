//! The policy: judged wherever it comes from, kept as exact bytes, replaced only by a good one.

mod fetch;
mod follow;
mod hub;
mod kept;
mod local;
mod schedule;

use std::sync::Arc;

use host::dirs::Dirs;
use jiff::Timestamp;
use policy::{
    Held,
    signed::{Acceptance, Offer, Roots, Set, SetRefusal, accept},
};
use wire::Severity;

use super::{conditions::Conditions, enrolled::Enrolled};
use crate::enrollment::Enrollment;
use kept::LastGood;

pub(super) use follow::{Following, ask_soon, follow, refresh};

/// The policy with the time it was last seen to be the latest.
#[derive(Clone, Debug)]
pub(super) struct PolicyInForce {
    pub(super) held: Held,
    pub(super) confirmed: Timestamp,
    /// The time of that kind that was last written down.
    noted: Timestamp,
    /// The set that a later one is judged against.
    pub(super) set: Option<Arc<Set>>,
}

impl PolicyInForce {
    fn without(held: Held, now: Timestamp) -> Self {
        Self { held, confirmed: now, noted: now, set: None }
    }

    fn of(set: Arc<Set>, confirmed: Timestamp) -> Self {
        let held = Held::Current(Arc::clone(set.policy()));
        Self { held, confirmed, noted: confirmed, set: Some(set) }
    }
}

const REFUSED: &str = "policy-refused";

/// The policy at its place on this machine if it is there and good, else the last good one. What comes from
/// elsewhere is fetched later.
pub(super) fn read(dirs: &Dirs, enrolled: &Enrolled, conditions: &Conditions) -> PolicyInForce {
    let now = host::clock::now();
    let Some(enrollment) = enrolled.good() else {
        let held = match enrolled {
            Enrolled::Unusable { why } => Held::Unusable { why: why.clone() },
            Enrolled::No | Enrolled::Yes(_) => Held::Absent,
        };
        return PolicyInForce::without(held, now);
    };
    let last = kept::last_good(dirs, enrollment, now);
    let Some(offer) = local::offer(enrollment) else { return elsewhere(last, enrollment, conditions, now) };
    let why = match offer {
        Ok(None) => None,
        Ok(Some(offer)) => match judge(offer.as_offer(), enrollment, last.set(), now) {
            Ok(Judged::Same(set)) => {
                conditions.clear(REFUSED);
                let none = || PolicyInForce::without(Held::Absent, now);
                return set.map_or_else(none, |set| PolicyInForce::of(set, now));
            }
            Ok(Judged::Newer(set)) => {
                conditions.clear(REFUSED);
                kept::keep(dirs, &set, now, conditions);
                return PolicyInForce::of(set, now);
            }
            Err(refusal) => Some(refusal.to_string()),
        },
        Err(why) => Some(why),
    };
    instead(last, why, enrollment, conditions, now)
}

/// What holds instead of a local policy that is absent or refused.
fn instead(
    last: LastGood,
    why: Option<String>,
    enrollment: &Enrollment,
    conditions: &Conditions,
    now: Timestamp,
) -> PolicyInForce {
    let said = why.as_deref().unwrap_or("it is not there");
    match (last, why.clone()) {
        (LastGood::Kept(set, confirmed), _) => {
            refused(conditions, enrollment, said, &stays(&set));
            PolicyInForce::of(set, confirmed)
        }
        (LastGood::Never, None) => {
            conditions.clear(REFUSED);
            PolicyInForce::without(Held::Absent, now)
        }
        (LastGood::Never, Some(why)) => {
            refused(conditions, enrollment, said, "there is no earlier good one, so images are blocked");
            PolicyInForce::without(Held::Unusable { why }, now)
        }
        (LastGood::Lost(lost), why) => {
            let consequence = format!("the last good one is lost ({lost}), so images are blocked");
            refused(conditions, enrollment, said, &consequence);
            PolicyInForce::without(Held::Unusable { why: why.unwrap_or(lost) }, now)
        }
    }
}

/// What is kept of a policy that is fetched from elsewhere.
fn elsewhere(
    last: LastGood,
    enrollment: &Enrollment,
    conditions: &Conditions,
    now: Timestamp,
) -> PolicyInForce {
    match last {
        LastGood::Kept(set, confirmed) => PolicyInForce::of(set, confirmed),
        LastGood::Never => PolicyInForce::without(Held::Absent, now),
        LastGood::Lost(lost) => {
            refused(conditions, enrollment, &lost, "images are blocked until it is fetched again");
            PolicyInForce::without(Held::Unusable { why: lost }, now)
        }
    }
}

/// What an offer is, beside what is held.
enum Judged {
    /// What is held, if anything is.
    Same(Option<Arc<Set>>),
    Newer(Arc<Set>),
}

fn judge(
    offer: Offer<'_>,
    enrollment: &Enrollment,
    held: Option<&Arc<Set>>,
    now: Timestamp,
) -> Result<Judged, SetRefusal> {
    let none = Roots::none();
    let roots = enrollment.policy.roots().unwrap_or(&none);
    let accepted = accept(offer, roots, &enrollment.organization.name, held.map(Arc::as_ref), now)?;
    Ok(match (accepted, held) {
        (Acceptance::Newer(set), _) => Judged::Newer(Arc::from(set)),
        (Acceptance::Same, held) => Judged::Same(held.map(Arc::clone)),
    })
}

fn stays(set: &Set) -> String {
    format!("edition {} stays in force", set.policy().stamp().serial)
}

fn refused(conditions: &Conditions, enrollment: &Enrollment, why: &str, consequence: &str) {
    let place = match enrollment.policy.document() {
        Some(document) => document.display().to_string(),
        None => enrollment.policy.url.clone(),
    };
    let sentence = format!("The policy `{place}` is not accepted: {why}; {consequence}");
    let action = match enrollment.policy.document() {
        Some(_) => format!("Correct it; `pullgate policy check {place}` tells when it is good"),
        None => {
            let whom = enrollment.organization.contact.name.as_deref().unwrap_or("your administrators");
            format!("Tell {whom}; `pullgate doctor --bundle FILE` collects what they need")
        }
    };
    conditions.raise(REFUSED, Severity::Critical, sentence, Some(&action));
}
