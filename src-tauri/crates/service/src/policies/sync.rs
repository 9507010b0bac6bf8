//! Follows a policy that comes from elsewhere: asks as often as it says, at once where it may work again, and by hand.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use enrollment::{Enrollment, Source};
use host::clock;
use policy::LoadedPolicy;
use policy_bundle::{BundleRefusal, PolicyBundle};
use tokio::sync::{Mutex, Notify, broadcast};
use wire::Severity;

use super::{
    AGAIN, PolicyStore, UNREACHABLE, fetch,
    fetch::Tags,
    hub,
    local::Bytes,
    schedule::{Outcome, Schedule},
    stays,
};
use crate::{decisions::random_bits, host_events::HostEvent, time};

/// What is remembered of a policy that comes from elsewhere.
#[derive(Default)]
pub(super) struct PolicySync {
    soon: Notify,
    /// Held while somebody asks.
    turn: Mutex<Memory>,
    /// When somebody last had it fetched by hand, on the clock that counts sleep.
    by_hand: std::sync::Mutex<Option<Duration>>,
}

#[derive(Default)]
struct Memory {
    /// The place that the tags are of.
    url: String,
    tags: Tags,
}

/// The runtime's clock stands still while the machine sleeps, so no wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// Docker asks its settings once an hour; whoever follows them need not ask more often than this.
const HUB_INTERVAL: Duration = Duration::from_secs(15 * 60);
/// Who has just asked need not ask again because the network moved.
const CALM: Duration = Duration::from_secs(30);
/// A policy host is not to hear from one machine more often than this because people there are impatient.
const APART: Duration = Duration::from_secs(10);

/// How long is left until it may be asked for again.
fn left(last: Option<Duration>, now: Duration) -> Option<Duration> {
    let passed = now.saturating_sub(last?);
    APART.checked_sub(passed).filter(|left| !left.is_zero())
}

/// Why there is no newer policy.
struct Failed {
    sentence: String,
    pause: Option<Duration>,
}

impl PolicyStore {
    /// Asks at the next opportunity.
    pub(crate) fn ask_soon(&self) {
        self.sync.soon.notify_one();
    }

    /// Lets somebody have the policy fetched by hand, once in ten seconds on this machine, or says how long is left.
    /// An administrator need not wait, who could start the service anew as well.
    pub(crate) fn admit(&self, is_administrator: bool) -> Result<(), Duration> {
        let now = clock::boottime();
        let mut last = self.sync.by_hand.lock().unwrap_or_else(PoisonError::into_inner);
        match left(*last, now).filter(|_| !is_administrator) {
            Some(left) => Err(left),
            None => {
                *last = Some(now);
                Ok(())
            }
        }
    }

    /// Asks at once, for somebody who waits for the answer; the sentence says why there is none.
    pub(crate) async fn refresh(self: &Arc<Self>) -> Result<(), String> {
        self.reload();
        self.ask().await.map_or(Ok(()), |asked| asked.map_err(|failed| failed.sentence))
    }

    /// Follows the policy as long as the service runs.
    pub(crate) async fn follow(self: Arc<Self>, events: broadcast::Sender<HostEvent>) {
        let mut schedule = Schedule::default();
        let mut sign_ins = self.session.subscribe_sign_ins();
        loop {
            // What happens from here on may be why asking fails.
            let (mut events, mut ways) = (events.subscribe(), self.own_egress.learned.subscribe());
            let outcome = match self.ask().await {
                None | Some(Ok(())) => Outcome::Good,
                Some(Err(failed)) => Outcome::Failed { pause: failed.pause },
            };
            let chance = u32::try_from(random_bits() & u64::from(u32::MAX)).unwrap_or_default();
            let due = clock::boottime() + schedule.after(outcome, self.interval(), chance);
            // What failed may work now, and who comes back from afar may have missed something; who was asked to wait
            // waits.
            let may_work_now = outcome == Outcome::Failed { pause: None };
            let (is_good, asked) = (outcome == Outcome::Good, clock::boottime());
            loop {
                let wait = due.saturating_sub(clock::boottime()).min(LONGEST_WAIT);
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = self.sync.soon.notified() => break,
                    _ = sign_ins.changed() => break,
                    _ = events.recv(), if may_work_now || is_good => {
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

    fn interval(&self) -> Duration {
        let in_force = self.in_force.borrow();
        if let Some(Source::DockerHub(_)) =
            in_force.enrolled.good().map(|enrollment| &enrollment.policy.source)
        {
            return HUB_INTERVAL;
        }
        match &in_force.policy.held {
            LoadedPolicy::Current(policy) => {
                Duration::from_secs(u64::from(policy.document().refresh_seconds))
            }
            LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => Duration::from_secs(300),
        }
    }

    /// Asks once; nothing where the policy is a file of this machine.
    async fn ask(&self) -> Option<Result<(), Failed>> {
        let mut memory = self.sync.turn.lock().await;
        let (enrollment, held) = {
            let in_force = self.in_force.borrow();
            (in_force.enrolled.good().cloned()?, in_force.policy.set.clone())
        };
        if memory.url != enrollment.policy.url {
            *memory = Memory { url: enrollment.policy.url.clone(), tags: Tags::new() };
        }
        let offered = match &enrollment.policy.source {
            Source::File { .. } => return None,
            Source::Https { base, ca, .. } => {
                let tags = &memory.tags;
                let fetched = async {
                    self.own_egress.wait_for_proxy_settings().await;
                    fetch::fetch(&self.own_egress.client(ca.as_deref())?, base, held.as_deref(), tags).await
                };
                fetched.await.map_err(|error| Failed { pause: error.pause(), sentence: error.to_string() })
            }
            Source::DockerHub(of) => {
                hub::offer(&self.session, of, &enrollment.organization.name, held.as_deref())
                    .await
                    .map_err(|sentence| Failed { sentence, pause: None })
            }
        };
        if !self.is_of(&enrollment) {
            self.ask_soon();
            return None;
        }
        let offered = match offered {
            Ok(offered) => offered,
            Err(failed) => {
                self.unreachable(&enrollment, held.as_deref(), &failed.sentence);
                return Some(Err(failed));
            }
        };
        self.conditions.clear(UNREACHABLE);
        Some(match self.put(&enrollment, &offered.bytes) {
            Ok(()) => {
                // Who serves a good set may be asked what time it is.
                if let Some(date) = offered.date {
                    self.session.hear(date);
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

    /// Takes what came, and publishes it if it is anything new.
    fn put(&self, enrollment: &Enrollment, bytes: &Bytes) -> Result<(), BundleRefusal> {
        let _one_at_a_time = self.changing();
        if !self.is_of(enrollment) {
            return Ok(());
        }
        let held = self.in_force.borrow().policy.clone();
        let (noted, before) = (held.noted, held.set.clone());
        let (policy, refusal) = self.take(enrollment, held.into(), noted, bytes, time::now());
        self.in_force.send_if_modified(|in_force| {
            in_force.policy = policy;
            before.as_ref().map(Arc::as_ptr) != in_force.policy.set.as_ref().map(Arc::as_ptr)
        });
        refusal.map_or(Ok(()), Err)
    }

    /// Whether this is the machine's enrollment still: another may have come while somebody was asked.
    fn is_of(&self, enrollment: &Enrollment) -> bool {
        self.in_force.borrow().enrolled.good().is_some_and(|now| {
            now.policy == enrollment.policy && now.organization.name == enrollment.organization.name
        })
    }

    fn unreachable(&self, enrollment: &Enrollment, held: Option<&PolicyBundle>, why: &str) {
        let (severity, consequence) = match held {
            Some(set) => (Severity::Notice, stays(set)),
            None if enrollment.absent_blocks => {
                (Severity::Critical, "images are blocked until it arrives".to_owned())
            }
            None => (Severity::Attention, "images pass until it arrives".to_owned()),
        };
        let who = &enrollment.organization.display;
        let sentence = format!("{who}'s policy cannot be fetched: {why}; {consequence}");
        self.conditions.raise(UNREACHABLE, severity, sentence, Some(AGAIN));
    }
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
