//! The policy: judged wherever it comes from, kept as exact bytes, replaced only by a good one.

mod fetch;
mod follow;
mod hub;
mod local;
mod schedule;
mod stored;

use std::sync::{Arc, PoisonError};

use enrollment::Enrollment;
use host::dirs::Dirs;
use jiff::Timestamp;
use policy::LoadedPolicy;
use policy_bundle::{Acceptance, BundleRefusal, Offer, Part, PolicyBundle, Roots, StoredPolicy, accept};
use wire::Severity;

use super::{conditions::Conditions, core::Core, enrolled::Enrolled, time};
use stored::LastGood;

pub(super) use follow::{Following, admit, ask_soon, follow, refresh};

/// The policy with the time it was last seen to be the latest.
#[derive(Clone, Debug)]
pub(super) struct PolicyInForce {
    pub(super) held: LoadedPolicy,
    pub(super) confirmed: Timestamp,
    /// The time of that kind that was last written down.
    noted: Timestamp,
    /// The set that a later one is judged against.
    pub(super) set: Option<Arc<PolicyBundle>>,
    /// The address that the set was accepted from, as the enrollment of that time named it.
    pub(super) source: Option<String>,
}

impl PolicyInForce {
    fn without(held: LoadedPolicy, now: Timestamp) -> Self {
        Self { held, confirmed: now, noted: now, set: None, source: None }
    }

    fn of(set: Arc<PolicyBundle>, confirmed: Timestamp, source: Option<String>) -> Self {
        let held = LoadedPolicy::Current(Arc::clone(set.policy()));
        Self { held, confirmed, noted: confirmed, set: Some(set), source }
    }
}

const REFUSED: &str = "policy-refused";

/// The policy at its place on this machine if it is there and good, else the last good one. What comes from
/// elsewhere is fetched later.
pub(super) fn read(dirs: &Dirs, enrolled: &Enrolled, conditions: &Conditions) -> PolicyInForce {
    // Of a file nobody else says that it is the latest: its time is the wall clock's alone.
    if enrolled.good().is_some_and(|enrollment| enrollment.policy.document().is_none()) {
        recall_time(dirs);
    }
    let offered = Offered(enrolled.good().and_then(local::offer));
    under(dirs, enrolled, offered, None, conditions)
}

/// What lies at the policy's place on this machine, if it has one there.
pub(super) struct Offered(Option<Result<Option<local::Bytes>, local::Unread>>);

/// Reads the policy's place on this machine; none where nothing was learned of it, for want of descriptors or memory.
pub(super) fn offered(enrolled: &Enrolled) -> Option<Offered> {
    let offer = enrolled.good().and_then(local::offer);
    let is_passing = matches!(&offer, Some(Err(unread)) if unread.is_passing);
    (!is_passing).then_some(Offered(offer))
}

/// It is no earlier than when the kept policy was last confirmed.
pub(super) fn recall_time(dirs: &Dirs) {
    if let Some(confirmed) = stored::confirmed(dirs) {
        time::confirmed(confirmed);
    }
}

/// Takes an enrollment in, with what holds under it. A set in memory goes before the one on disk, which may be damaged
/// meanwhile, or never have been written.
pub(super) fn apply_enrollment(core: &Core, enrolled: Enrolled, offered: Offered) {
    let _one_at_a_time = core.following.changing();
    let before = core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().cloned();
    let moved = before.as_ref().map(|before| &before.policy) != enrolled.good().map(|now| &now.policy);
    if moved {
        core.conditions.clear(REFUSED);
        core.conditions.clear(follow::UNREACHABLE);
    }
    if matches!(enrolled, Enrolled::No) {
        // What changed for people, they were told of a policy that has ended.
        *core.change.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
    let held = core.policy.read().unwrap_or_else(PoisonError::into_inner).clone();
    let held = enrolled.good().and_then(|now| still_held(held, before.as_ref(), now));
    let policy = under(&core.dirs, &enrolled, offered, held, &core.conditions);
    *core.enrolled.write().unwrap_or_else(PoisonError::into_inner) = enrolled;
    *core.policy.write().unwrap_or_else(PoisonError::into_inner) = policy;
    if moved {
        ask_soon(core);
    }
}

/// What is held under an enrollment of what was held under the one before.
fn still_held(held: PolicyInForce, before: Option<&Enrollment>, now: &Enrollment) -> Option<LastGood> {
    let set = held.set.filter(|set| set.policy().stamp().organization == now.organization.name)?;
    if before.is_some_and(|before| {
        before.policy.roots() == now.policy.roots() && before.policy.url == now.policy.url
    }) {
        return Some(LastGood::Kept(set, held.confirmed, held.source));
    }
    let kept = StoredPolicy { source: held.source, ..set.stored(held.confirmed) };
    Some(stored::judge(&kept, now, time::now()))
}

fn under(
    dirs: &Dirs,
    enrolled: &Enrolled,
    Offered(offered): Offered,
    held: Option<LastGood>,
    conditions: &Conditions,
) -> PolicyInForce {
    let now = time::now();
    let enrollment = match enrolled {
        Enrolled::Yes(enrollment) => enrollment,
        Enrolled::Unusable { why } => {
            return PolicyInForce::without(LoadedPolicy::Unusable { why: why.clone() }, now);
        }
        Enrolled::No => {
            stored::forget(dirs, conditions);
            return PolicyInForce::without(LoadedPolicy::Absent, now);
        }
    };
    let source = || Some(enrollment.policy.url.clone());
    let mut last = held.unwrap_or_else(|| stored::last_good(dirs, enrollment, now));
    let Some(offer) = offered else { return elsewhere(last, conditions, now) };
    let why = match offer {
        Ok(None) => None,
        Ok(Some(offer)) => match judge(offer.as_offer(), enrollment, last.set(), now) {
            Ok(Judged::Same(set)) => {
                conditions.clear(REFUSED);
                let none = || PolicyInForce::without(LoadedPolicy::Absent, now);
                return set.map_or_else(none, |set| PolicyInForce::of(set, now, source()));
            }
            Ok(Judged::Newer(set)) => {
                conditions.clear(REFUSED);
                stored::keep(dirs, &set, now, source(), conditions);
                return PolicyInForce::of(set, now, source());
            }
            Err(refusal) => {
                last = learn(last, offer.trust.as_deref(), enrollment, now);
                Some(in_short(&refusal))
            }
        },
        Err(unread) => Some(unread.why),
    };
    instead(last, why, enrollment, conditions, now)
}

/// Why a document is refused; which one goes without saying where it is the policy itself.
fn in_short(refusal: &BundleRefusal) -> String {
    match refusal {
        BundleRefusal::Document { part: Part::Policy, refusal: of_policy } => of_policy.to_string(),
        BundleRefusal::Document { .. } | BundleRefusal::Older { .. } | BundleRefusal::Forked { .. } => {
            refusal.to_string()
        }
    }
}

/// What a newer trust document revokes is known, though the policy beside it is refused.
fn learn(last: LastGood, trust: Option<&[u8]>, enrollment: &Enrollment, now: Timestamp) -> LastGood {
    let (LastGood::Kept(set, confirmed, source), Some(trust)) = (&last, trust) else { return last };
    match judge(set.with_trust(trust), enrollment, Some(set), now) {
        Ok(Judged::Newer(newer)) => LastGood::Kept(newer, *confirmed, source.clone()),
        Ok(Judged::Same(_)) | Err(_) => last,
    }
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
        (LastGood::Kept(set, confirmed, source), _) => {
            refused(conditions, enrollment, said, &stays(&set));
            PolicyInForce::of(set, confirmed, source)
        }
        (LastGood::Never, None) => {
            conditions.clear(REFUSED);
            PolicyInForce::without(LoadedPolicy::Absent, now)
        }
        (LastGood::Never, Some(why)) => {
            refused(conditions, enrollment, said, "there is no earlier good one, so images are blocked");
            PolicyInForce::without(LoadedPolicy::Unusable { why }, now)
        }
        (LastGood::Lost(lost), why) => {
            let consequence = format!("the last good one is lost ({lost}), so images are blocked");
            refused(conditions, enrollment, said, &consequence);
            PolicyInForce::without(LoadedPolicy::Unusable { why: why.unwrap_or(lost) }, now)
        }
    }
}

/// What is kept of a policy that is fetched from elsewhere.
fn elsewhere(last: LastGood, conditions: &Conditions, now: Timestamp) -> PolicyInForce {
    match last {
        LastGood::Kept(set, confirmed, source) => PolicyInForce::of(set, confirmed, source),
        LastGood::Never => PolicyInForce::without(LoadedPolicy::Absent, now),
        LastGood::Lost(lost) => {
            let sentence = format!(
                "The policy that this machine kept cannot be used: {lost}; images are blocked until it is fetched again"
            );
            conditions.raise(REFUSED, Severity::Critical, sentence, Some(follow::AGAIN));
            PolicyInForce::without(LoadedPolicy::Unusable { why: lost }, now)
        }
    }
}

/// What an offer is, beside what is held.
enum Judged {
    /// What is held, if anything is.
    Same(Option<Arc<PolicyBundle>>),
    Newer(Arc<PolicyBundle>),
}

fn judge(
    offer: Offer<'_>,
    enrollment: &Enrollment,
    held: Option<&Arc<PolicyBundle>>,
    now: Timestamp,
) -> Result<Judged, BundleRefusal> {
    let none = Roots::none();
    let roots = enrollment.policy.roots().unwrap_or(&none);
    let accepted = accept(offer, roots, &enrollment.organization.name, held.map(Arc::as_ref), now)?;
    Ok(match (accepted, held) {
        (Acceptance::Newer(set), _) => Judged::Newer(Arc::from(set)),
        (Acceptance::Same, held) => Judged::Same(held.map(Arc::clone)),
    })
}

fn stays(set: &PolicyBundle) -> String {
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
