//! Follows a policy that comes from elsewhere: asks as often as it says, at once where it may work again, and by hand.

use std::{
    sync::{Arc, MutexGuard, PoisonError},
    time::Duration,
};

use enrollment::{Enrollment, Source};
use host::clock;
use jiff::SignedDuration;
use policy::LoadedPolicy;
use policy_bundle::{BundleRefusal, PolicyBundle};
use tokio::sync::{Mutex, Notify};
use wire::Severity;

use super::{
    Judged, PolicyInForce, fetch,
    fetch::Tags,
    hub, judge,
    local::Bytes,
    refused,
    schedule::{Outcome, Schedule},
    stays, stored,
};
use crate::{core::Core, decisions::random_bits, own_egress, situation, time};

/// What following remembers.
#[derive(Default)]
pub(crate) struct Following {
    soon: Notify,
    /// Held while somebody asks.
    turn: Mutex<Memory>,
    /// Held while the policy is replaced.
    changing: std::sync::Mutex<()>,
    /// When somebody last had it fetched by hand, on the clock that counts sleep.
    by_hand: std::sync::Mutex<Option<Duration>>,
}

impl Following {
    /// Whoever replaces the policy waits here for others who do.
    pub(super) fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Memory {
    /// The place that the tags are of.
    url: String,
    tags: Tags,
}

pub(super) const UNREACHABLE: &str = "policy-unreachable";
pub(super) const AGAIN: &str = "It is tried again by itself; `pullgate policy refresh` tries at once";
/// The runtime's clock stands still while the machine sleeps, so no wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Docker asks its settings once an hour; whoever follows them need not ask more often than this.
pub(super) const HUB_INTERVAL: Duration = Duration::from_secs(15 * 60);
/// Who has just asked need not ask again because the network moved.
const CALM: Duration = Duration::from_secs(30);
/// The time of the last yes is written down this often.
const NOTE_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Asks at the next opportunity.
pub(crate) fn ask_soon(core: &Core) {
    core.following.soon.notify_one();
}

/// A policy host is not to hear from one machine more often than this because people there are impatient.
const APART: Duration = Duration::from_secs(10);

/// Lets somebody have the policy fetched by hand, once in ten seconds on this machine, or says how long is left.
/// An administrator need not wait, who could start the service anew as well.
pub(crate) fn admit(core: &Core, is_administrator: bool) -> Result<(), Duration> {
    let now = clock::boottime();
    let mut last = core.following.by_hand.lock().unwrap_or_else(PoisonError::into_inner);
    match left(*last, now).filter(|_| !is_administrator) {
        Some(left) => Err(left),
        None => {
            *last = Some(now);
            Ok(())
        }
    }
}

/// How long is left until it may be asked for again.
fn left(last: Option<Duration>, now: Duration) -> Option<Duration> {
    let passed = now.saturating_sub(last?);
    APART.checked_sub(passed).filter(|left| !left.is_zero())
}

/// Asks at once, for somebody who waits for the answer; the sentence says why there is none.
pub(crate) async fn refresh(core: &Arc<Core>) -> Result<(), String> {
    situation::reload(core);
    ask(core).await.map_or(Ok(()), |asked| asked.map_err(|failed| failed.sentence))
}

/// Follows the policy as long as the service runs.
pub(crate) async fn follow(core: Arc<Core>) {
    let mut schedule = Schedule::default();
    loop {
        // What happens from here on may be why asking fails.
        let (mut moments, mut ways) = (core.moments.subscribe(), core.ways.subscribe());
        let outcome = match ask(&core).await {
            None | Some(Ok(())) => Outcome::Good,
            Some(Err(failed)) => Outcome::Failed { pause: failed.pause },
        };
        let chance = u32::try_from(random_bits() & u64::from(u32::MAX)).unwrap_or_default();
        let due = clock::boottime() + schedule.after(outcome, interval(&core), chance);
        // What failed may work now, and who comes back from afar may have missed something; who was asked to wait waits.
        let may_work_now = outcome == Outcome::Failed { pause: None };
        let (is_good, asked) = (outcome == Outcome::Good, clock::boottime());
        loop {
            let wait = due.saturating_sub(clock::boottime()).min(LONGEST_WAIT);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = core.following.soon.notified() => break,
                _ = moments.recv(), if may_work_now || is_good => {
                    if may_work_now || clock::boottime() >= asked + CALM {
                        break;
                    }
                }
                _ = ways.changed(), if may_work_now => break,
            }
            if clock::boottime() >= due {
                break;
            }
        }
    }
}

fn interval(core: &Core) -> Duration {
    let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(Source::DockerHub(_)) = enrolled.good().map(|enrollment| &enrollment.policy.source) {
        return HUB_INTERVAL;
    }
    match &core.situation.borrow().held {
        LoadedPolicy::Current(policy) => Duration::from_secs(u64::from(policy.document().refresh_seconds)),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => Duration::from_secs(300),
    }
}

/// Why there is no newer policy.
struct Failed {
    sentence: String,
    pause: Option<Duration>,
}

/// Asks once; nothing where the policy is a file of this machine.
async fn ask(core: &Arc<Core>) -> Option<Result<(), Failed>> {
    let mut memory = core.following.turn.lock().await;
    let enrollment = core.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().cloned()?;
    if memory.url != enrollment.policy.url {
        *memory = Memory { url: enrollment.policy.url.clone(), tags: Tags::new() };
    }
    let held = core.policy.read().unwrap_or_else(PoisonError::into_inner).set.clone();
    let offered = match &enrollment.policy.source {
        Source::File { .. } => return None,
        Source::Https { base, ca, .. } => {
            let tags = &memory.tags;
            let fetched = async {
                own_egress::known(core).await;
                fetch::fetch(&own_egress::client(core, ca.as_deref())?, base, held.as_deref(), tags).await
            };
            fetched.await.map_err(|error| Failed { pause: error.pause(), sentence: error.to_string() })
        }
        Source::DockerHub(of) => {
            hub::offer(core, of, held.as_deref()).await.map_err(|sentence| Failed { sentence, pause: None })
        }
    };
    if !is_of(core, &enrollment) {
        ask_soon(core);
        return None;
    }
    let offered = match offered {
        Ok(offered) => offered,
        Err(failed) => {
            unreachable(core, &enrollment, held.as_deref(), &failed.sentence);
            return Some(Err(failed));
        }
    };
    core.conditions.clear(UNREACHABLE);
    Some(match take(core, &enrollment, held.as_ref(), &offered.bytes) {
        Ok(()) => {
            // Who serves a good set may be asked what time it is.
            if let Some(date) = offered.date {
                core.session.hear(date);
                time::hear(date);
            }
            memory.tags = offered.tags;
            Ok(())
        }
        Err(refusal) => {
            memory.tags.clear();
            Err(Failed { sentence: format!("the policy was not accepted: {refusal}"), pause: None })
        }
    })
}

/// Judges what came, and puts it in force if it is good.
fn take(
    core: &Arc<Core>,
    enrollment: &Enrollment,
    held: Option<&Arc<PolicyBundle>>,
    bytes: &Bytes,
) -> Result<(), BundleRefusal> {
    let now = time::now();
    match judge(bytes.as_offer(), enrollment, held, now) {
        Ok(Judged::Same(set)) => {
            core.conditions.clear(super::REFUSED);
            if let Some(set) = set {
                confirm(core, enrollment, &set);
            }
            Ok(())
        }
        Ok(Judged::Newer(set)) => {
            core.conditions.clear(super::REFUSED);
            put(core, enrollment, set, Some(enrollment.policy.url.clone()));
            Ok(())
        }
        Err(refusal) => {
            let consequence =
                held.map_or_else(|| "images are blocked until it is good".into(), |set| stays(set));
            refused(&core.conditions, enrollment, &refusal.to_string(), &consequence);
            // What a newer trust document revokes is known all the same.
            if let (Some(held), Some(trust)) = (held, &bytes.trust)
                && let Ok(Judged::Newer(set)) = judge(held.with_trust(trust), enrollment, Some(held), now)
            {
                let source = core.policy.read().unwrap_or_else(PoisonError::into_inner).source.clone();
                put(core, enrollment, set, source);
            }
            Err(refusal)
        }
    }
}

/// Whether this is the machine's enrollment still: another may have come while somebody was asked.
fn is_of(core: &Core, enrollment: &Enrollment) -> bool {
    let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner);
    enrolled.good().is_some_and(|now| {
        now.policy == enrollment.policy && now.organization.name == enrollment.organization.name
    })
}

fn put(core: &Arc<Core>, enrollment: &Enrollment, set: Arc<PolicyBundle>, source: Option<String>) {
    let now = time::now();
    {
        let _one_at_a_time = core.following.changing();
        if !is_of(core, enrollment) {
            return;
        }
        stored::keep(&core.dirs, &set, now, source.clone(), &core.conditions);
        *core.policy.write().unwrap_or_else(PoisonError::into_inner) = PolicyInForce::of(set, now, source);
    }
    situation::publish_context(core);
}

fn confirm(core: &Arc<Core>, enrollment: &Enrollment, set: &PolicyBundle) {
    let now = time::now();
    let source = Some(enrollment.policy.url.clone());
    let _one_at_a_time = core.following.changing();
    if !is_of(core, enrollment) {
        return;
    }
    let is_due = {
        let mut policy = core.policy.write().unwrap_or_else(PoisonError::into_inner);
        policy.confirmed = now;
        let has_moved = policy.source != source;
        policy.source.clone_from(&source);
        has_moved || now.duration_since(policy.noted) >= NOTE_EVERY
    };
    if is_due {
        stored::keep(&core.dirs, set, now, source, &core.conditions);
        core.policy.write().unwrap_or_else(PoisonError::into_inner).noted = now;
    }
}

fn unreachable(core: &Core, enrollment: &Enrollment, held: Option<&PolicyBundle>, why: &str) {
    let (severity, consequence) = match held {
        Some(set) => (Severity::Notice, stays(set)),
        None if enrollment.absent_blocks => {
            (Severity::Critical, "images are blocked until it arrives".to_owned())
        }
        None => (Severity::Attention, "images pass until it arrives".to_owned()),
    };
    let who = &enrollment.organization.display;
    let sentence = format!("{who}'s policy cannot be fetched: {why}; {consequence}");
    core.conditions.raise(UNREACHABLE, severity, sentence, Some(AGAIN));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_is_fetched_by_hand_once_in_ten_seconds() {
        let at = Duration::from_secs;
        assert_eq!(left(None, at(5)), None);
        assert_eq!(left(Some(at(100)), at(100)), Some(at(10)));
        assert_eq!(left(Some(at(100)), at(107)), Some(at(3)));
        assert_eq!(left(Some(at(100)), at(110)), None);
        assert_eq!(left(Some(at(100)), at(4000)), None);
    }
}
