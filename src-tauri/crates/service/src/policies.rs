//! The policy: judged wherever it comes from, kept as exact bytes, replaced only by a good one.

mod fetch;
mod hub;
mod local;
mod reload;
mod schedule;
mod stored;
mod sync;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use enrollment::Enrollment;
use host::dirs::Dirs;
use jiff::{SignedDuration, Timestamp};
use policy::{LoadedPolicy, Pause};
use policy_bundle::{Acceptance, BundleRefusal, Offer, Part, PolicyBundle, Roots, StoredPolicy, accept};
use tokio::sync::watch;
use wire::Severity;

use super::{
    conditions::Conditions,
    enrolled::Enrolled,
    in_force::{InForce, PolicyInForce},
    own_egress::OwnEgress,
    pause::{self, PauseError},
    session::SessionDriver,
    time,
};
use reload::Files;
use stored::LastGood;
use sync::PolicySync;

/// Reads and fetches what holds on this machine, and publishes it.
pub(super) struct PolicyStore {
    dirs: Dirs,
    enrollment_file: PathBuf,
    conditions: Arc<Conditions>,
    session: Arc<SessionDriver>,
    own_egress: Arc<OwnEgress>,
    in_force: watch::Sender<InForce>,
    /// Held while the policy is replaced.
    changing: Mutex<()>,
    files: Files,
    sync: PolicySync,
}

const REFUSED: &str = "policy-refused";
const UNREACHABLE: &str = "policy-unreachable";
const AGAIN: &str = "It is tried again by itself; `pullgate policy refresh` tries at once";
/// The time of the last yes is written down this often.
const NOTE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// What lies at the policy's place on this machine, if it has one there.
struct Offered(Option<Result<Option<local::Bytes>, local::Unread>>);

/// Reads the policy's place on this machine; none where nothing was learned of it, for want of descriptors or memory.
fn offered(enrolled: &Enrolled) -> Option<Offered> {
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

impl PolicyStore {
    /// Takes the policy at its place on this machine if it is there and good, else the last good one, and the pause that
    /// was made before a restart. What comes from elsewhere is fetched later.
    pub(super) fn open(
        dirs: Dirs,
        enrollment_file: PathBuf,
        conditions: Arc<Conditions>,
        session: Arc<SessionDriver>,
        own_egress: Arc<OwnEgress>,
        in_force: watch::Sender<InForce>,
    ) -> Arc<Self> {
        let (changing, files, sync) = (Mutex::default(), Files::new(), PolicySync::default());
        let store =
            Self { dirs, enrollment_file, conditions, session, own_egress, in_force, changing, files, sync };
        let enrolled = store.in_force.borrow().enrolled.clone();
        // What is known of the time comes first: everything after it is judged by the time.
        store.session.enroll(enrolled.good());
        // Of a file nobody else says that it is the latest: its time is the wall clock's alone.
        if enrolled.good().is_some_and(|enrollment| enrollment.policy.document().is_none()) {
            recall_time(&store.dirs);
        }
        let policy = store.under(&enrolled, Offered(enrolled.good().and_then(local::offer)), None);
        let pause = match &enrolled {
            Enrolled::No => pause::forget(&store.dirs, &store.conditions),
            Enrolled::Yes(_) | Enrolled::Unusable { .. } => pause::read(&store.dirs, &store.conditions),
        };
        store.in_force.send_modify(|in_force| (in_force.policy, in_force.pause) = (policy, pause));
        Arc::new(store)
    }

    /// What holds now. Whoever has it keeps others from replacing it, so nobody has it for long.
    pub(super) fn in_force(&self) -> watch::Ref<'_, InForce> {
        self.in_force.borrow()
    }

    /// Begins or ends a pause, also over a restart.
    pub(super) fn set_pause(&self, pause: Option<Pause>) -> Result<(), PauseError> {
        pause::write(&self.dirs, pause.as_ref())?;
        self.conditions.clear(pause::CODE);
        self.in_force.send_modify(|in_force| in_force.pause = pause);
        Ok(())
    }

    /// Ends a pause whose time has come.
    pub(super) fn end_pause_in_time(&self) {
        let has_ended = self.in_force.send_if_modified(|in_force| {
            in_force.pause.take_if(|pause| pause.until <= time::now()).is_some()
        });
        if has_ended {
            pause::clean(&self.dirs);
        }
    }

    /// Whoever replaces the policy waits here for others who do.
    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes an enrollment in, with what holds under it. A set in memory goes before the one on disk, which may be
    /// damaged meanwhile, or never have been written.
    fn apply_enrollment(&self, enrolled: Enrolled, offered: Offered) {
        let _one_at_a_time = self.changing();
        let InForce { enrolled: before, policy: held, .. } = self.in_force.borrow().clone();
        let moved = before.good().map(|before| &before.policy) != enrolled.good().map(|now| &now.policy);
        if moved {
            self.conditions.clear(REFUSED);
            self.conditions.clear(UNREACHABLE);
        }
        let held = enrolled.good().and_then(|now| still_held(held, before.good(), now));
        let policy = self.under(&enrolled, offered, held);
        self.in_force.send_modify(|in_force| {
            if matches!(enrolled, Enrolled::No) {
                in_force.pause = None;
            }
            (in_force.enrolled, in_force.policy) = (enrolled, policy);
        });
        if moved {
            self.ask_soon();
        }
    }

    /// What holds under an enrollment.
    fn under(&self, enrolled: &Enrolled, Offered(offered): Offered, held: Option<LastGood>) -> PolicyInForce {
        let now = time::now();
        let enrollment = match enrolled {
            Enrolled::Yes(enrollment) => enrollment,
            Enrolled::Unusable { why } => {
                return PolicyInForce::without(LoadedPolicy::Unusable { why: why.clone() }, now);
            }
            Enrolled::No => {
                stored::forget(&self.dirs, &self.conditions);
                return PolicyInForce::without(LoadedPolicy::Absent, now);
            }
        };
        let last = held.unwrap_or_else(|| stored::last_good(&self.dirs, enrollment, now));
        match offered {
            None => elsewhere(last, &self.conditions, now),
            Some(Ok(None)) => self.instead(last, None, enrollment, now),
            Some(Ok(Some(offer))) => self.take(enrollment, last, now, &offer, now).0,
            Some(Err(unread)) => self.instead(last, Some(unread.why), enrollment, now),
        }
    }

    /// Takes what came, from a file, the web or Docker Hub: judges it beside what is held, learns what a newer trust
    /// document revokes though the policy beside it is refused, and keeps what is good. `noted` is when it was last
    /// written down that what is held is the latest; a file's is nobody's word.
    fn take(
        &self,
        enrollment: &Enrollment,
        last: LastGood,
        noted: Timestamp,
        offer: &local::Bytes,
        now: Timestamp,
    ) -> (PolicyInForce, Option<BundleRefusal>) {
        let is_file = enrollment.policy.document().is_some();
        let source = Some(enrollment.policy.url.clone());
        match judge(offer.as_offer(), enrollment, last.set(), now) {
            Ok(Judged::Same(None)) => {
                self.conditions.clear(REFUSED);
                (PolicyInForce::without(LoadedPolicy::Absent, now), None)
            }
            Ok(Judged::Same(Some(set))) => {
                self.conditions.clear(REFUSED);
                let has_moved = last.source() != source.as_ref();
                let is_due = !is_file && (has_moved || now.duration_since(noted) >= NOTE_EVERY);
                if is_due {
                    stored::keep(&self.dirs, &set, now, source.clone(), &self.conditions);
                }
                let noted = if is_due { now } else { noted };
                (PolicyInForce { noted, ..PolicyInForce::of(set, now, source) }, None)
            }
            Ok(Judged::Newer(set)) => {
                self.conditions.clear(REFUSED);
                stored::keep(&self.dirs, &set, now, source.clone(), &self.conditions);
                (PolicyInForce::of(set, now, source), None)
            }
            Err(refusal) => {
                let (last, has_learned) = learn(last, offer.trust.as_deref(), enrollment, now);
                let why = if is_file { in_short(&refusal) } else { refusal.to_string() };
                let mut policy = self.instead(last, Some(why), enrollment, now);
                match &policy.set {
                    Some(set) if has_learned && !is_file => {
                        stored::keep(&self.dirs, set, now, policy.source.clone(), &self.conditions);
                        (policy.confirmed, policy.noted) = (now, now);
                    }
                    // The trust document lies beside the policy, and is read again at the next start.
                    Some(_) if has_learned => {}
                    Some(_) | None => policy.noted = noted,
                }
                (policy, Some(refusal))
            }
        }
    }

    /// What holds instead of a policy that is absent or refused.
    fn instead(
        &self,
        last: LastGood,
        why: Option<String>,
        enrollment: &Enrollment,
        now: Timestamp,
    ) -> PolicyInForce {
        let said = why.as_deref().unwrap_or("it is not there");
        let refused = |consequence: &str| refused(&self.conditions, enrollment, said, consequence);
        let is_file = enrollment.policy.document().is_some();
        match (last, why.clone()) {
            (LastGood::Kept(set, confirmed, source), _) => {
                refused(&stays(&set));
                PolicyInForce::of(set, confirmed, source)
            }
            (LastGood::Never, None) => {
                self.conditions.clear(REFUSED);
                PolicyInForce::without(LoadedPolicy::Absent, now)
            }
            (LastGood::Never, Some(why)) if is_file => {
                refused("there is no earlier good one, so images are blocked");
                PolicyInForce::without(LoadedPolicy::Unusable { why }, now)
            }
            (LastGood::Never, Some(_)) => {
                refused(BLOCKED_UNTIL_GOOD);
                PolicyInForce::without(LoadedPolicy::Absent, now)
            }
            (LastGood::Lost(lost), why) if is_file => {
                refused(&format!("the last good one is lost ({lost}), so images are blocked"));
                PolicyInForce::without(LoadedPolicy::Unusable { why: why.unwrap_or(lost) }, now)
            }
            (LastGood::Lost(lost), _) => {
                refused(BLOCKED_UNTIL_GOOD);
                PolicyInForce::without(LoadedPolicy::Unusable { why: lost }, now)
            }
        }
    }
}

const BLOCKED_UNTIL_GOOD: &str = "images are blocked until it is good";

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

/// Why a document is refused; which one goes without saying where it is the policy itself.
fn in_short(refusal: &BundleRefusal) -> String {
    match refusal {
        BundleRefusal::Document { part: Part::Policy, refusal: of_policy } => of_policy.to_string(),
        BundleRefusal::Document { .. } | BundleRefusal::Older { .. } | BundleRefusal::Forked { .. } => {
            refusal.to_string()
        }
    }
}

/// What a newer trust document revokes is known, though the policy beside it is refused; and whether there was one.
fn learn(last: LastGood, trust: Option<&[u8]>, enrollment: &Enrollment, now: Timestamp) -> (LastGood, bool) {
    let (LastGood::Kept(set, confirmed, source), Some(trust)) = (&last, trust) else { return (last, false) };
    match judge(set.with_trust(trust), enrollment, Some(set), now) {
        Ok(Judged::Newer(newer)) => (LastGood::Kept(newer, *confirmed, source.clone()), true),
        Ok(Judged::Same(_)) | Err(_) => (last, false),
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
            conditions.raise(REFUSED, Severity::Critical, sentence, Some(AGAIN));
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
    format!("version {} stays in force", set.policy().stamp().serial)
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
