//! The verdicts of the last minute, found in the same time however many there are. One user has so many at a time;
//! what is blocked beyond that is counted, and what passes is told each time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use host::quota::{Limits, Quota, Share};
use jiff::{SignedDuration, Timestamp};
use policy::{Engine, Failures, Finding, Outcome, UpstreamResult, VerdictId};

use crate::ports::DecisionRecord;

/// The verdicts of the last minute, and what was told of each.
pub(crate) struct VerdictCache {
    entries: Mutex<Entries>,
    quota: Arc<Quota>,
}

/// Some 5 KB each. No engine asks for so many images in a minute.
const LIMITS: Limits = Limits { each: 1000, all: 8000, for_root: 4000 };

/// What makes two decisions the same.
pub(crate) struct DedupKey {
    pub(crate) engine: Engine,
    pub(crate) uid: Option<u32>,
    /// The finding without its target.
    pub(crate) finding: Finding,
    /// The tag or digest it is about; none for blobs: the many of one image are one decision about their repository.
    pub(crate) target: Option<String>,
}

/// How long a verdict is the answer to the same question.
const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Engines ask several times in one attempt (HEAD, GET, the blob by the same name).
const ONE_ATTEMPT: SignedDuration = SignedDuration::from_secs(2);

/// Whether a decision is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Emission {
    /// Something of it was not told yet; from now on it was.
    Emit,
    Repeat,
    /// It is one of too many of one user, and nothing came of it.
    OverQuota,
}

/// Entries in the order of time, each with a number that is one higher than that of the one before.
#[derive(Default)]
struct Entries {
    kept: VecDeque<CachedVerdict>,
    /// The number of the first.
    first: u64,
    by_id: HashMap<VerdictId, u64>,
    by_key: HashMap<Key, u64>,
    /// The numbers of those that differ in their target alone, the oldest first.
    by_group: HashMap<Arc<str>, VecDeque<u64>>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    group: Arc<str>,
    target: Option<String>,
}

/// A decision, and what it was about.
struct CachedVerdict {
    key: Key,
    decision: DecisionRecord,
    /// What was told of it.
    emitted: Option<DecisionRecord>,
    /// Whether the attempt that is under way has failed: what comes then is another.
    has_failed: bool,
    /// Its place among those of its user.
    _share: Share,
}

impl Default for VerdictCache {
    fn default() -> Self {
        Self { entries: Mutex::default(), quota: Quota::new(LIMITS) }
    }
}

impl VerdictCache {
    /// The verdict of what was asked less than a minute ago, or a new one.
    pub(crate) fn record(
        &self,
        dedup: &DedupKey,
        now: Timestamp,
        first: impl FnOnce(Finding) -> DecisionRecord,
    ) -> DecisionRecord {
        let group = dedup.group();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.forget(now);
        if let Some(known) = entries.find(&group, dedup.target.as_deref()) {
            return known.repeat(now);
        }
        let decision = first(dedup.finding_with_target());
        if let Ok(share) = self.quota.take(dedup.uid, 1) {
            entries.keep(&group, dedup.target.clone(), decision.clone(), share);
        }
        decision
    }

    /// Notes what came of an attempt, and tells what has failed under its verdict until now: a repeat that arrives must
    /// not hide the ones that did not.
    pub(crate) fn note_outcome(&self, id: &VerdictId, upstream: &UpstreamResult) -> Option<Failures> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let one = entries.of(id)?;
        if !matches!(upstream, UpstreamResult::Delivered { .. }) {
            let before = one.decision.failures.as_ref().map_or(0, |failures| failures.count);
            let count = if one.has_failed { before } else { before + 1 };
            one.has_failed = true;
            one.decision.failures = Some(Failures { count, last: upstream.clone() });
        }
        one.decision.failures.clone()
    }

    /// Whether anything of this was not told yet; from now on it was.
    pub(crate) fn should_emit(&self, decision: &DecisionRecord) -> Emission {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = entries.of(&decision.verdict.id) else {
            // What is blocked is told as it is entered, so it had no place; what passes may end much later.
            let is_blocked = decision.verdict.finding.outcome == Outcome::Blocked;
            return if is_blocked { Emission::OverQuota } else { Emission::Emit };
        };
        let Some(known) = &one.emitted else {
            one.emitted = Some(decision.clone());
            return Emission::Emit;
        };
        let digest = decision.digest.clone().or_else(|| known.digest.clone());
        let upstream = decision.upstream.clone().or_else(|| known.upstream.clone());
        let failures = decision.failures.clone().or_else(|| known.failures.clone());
        let now = DecisionRecord { digest, upstream, failures, ..decision.clone() };
        let emission = if *known == now { Emission::Repeat } else { Emission::Emit };
        one.emitted = Some(now);
        emission
    }
}

impl DedupKey {
    fn finding_with_target(&self) -> Finding {
        let mut finding = self.finding.clone();
        finding.image.target.clone_from(&self.target);
        finding
    }

    /// Everything but the target, as a key.
    fn group(&self) -> String {
        format!("{:?} {:?} {:?}", self.engine, self.uid, self.finding)
    }
}

impl Entries {
    /// A blob belongs to the image that was decided on just before: engines ask for a denied digest as a blob, too.
    fn find(&mut self, group: &str, target: Option<&str>) -> Option<&mut CachedVerdict> {
        let (group, numbers) = self.by_group.get_key_value(group)?;
        let number = match target {
            None => *numbers.front()?,
            Some(target) => {
                *self.by_key.get(&Key { group: Arc::clone(group), target: Some(target.to_owned()) })?
            }
        };
        self.at(number)
    }

    fn of(&mut self, id: &VerdictId) -> Option<&mut CachedVerdict> {
        let number = *self.by_id.get(id)?;
        self.at(number)
    }

    fn at(&mut self, number: u64) -> Option<&mut CachedVerdict> {
        self.kept.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    fn keep(&mut self, group: &str, target: Option<String>, decision: DecisionRecord, share: Share) {
        let number = self.first + self.kept.len() as u64;
        let known = self.by_group.get_key_value(group).map(|(group, _)| Arc::clone(group));
        let group = known.unwrap_or_else(|| Arc::from(group));
        self.by_group.entry(Arc::clone(&group)).or_default().push_back(number);
        let key = Key { group, target };
        self.by_key.insert(key.clone(), number);
        self.by_id.insert(decision.verdict.id.clone(), number);
        self.kept.push_back(CachedVerdict { key, decision, emitted: None, has_failed: false, _share: share });
    }

    /// Leaves out what was decided more than a minute ago: that stands in front.
    fn forget(&mut self, now: Timestamp) {
        let is_over = |one: &mut CachedVerdict| now.duration_since(one.decision.verdict.at) >= SAME;
        while let Some(one) = self.kept.pop_front_if(is_over) {
            self.by_id.remove(&one.decision.verdict.id);
            self.by_key.remove(&one.key);
            if let Some(numbers) = self.by_group.get_mut(&one.key.group) {
                numbers.pop_front();
                if numbers.is_empty() {
                    self.by_group.remove(&one.key.group);
                }
            }
            self.first += 1;
        }
    }
}

impl CachedVerdict {
    fn repeat(&mut self, now: Timestamp) -> DecisionRecord {
        if self.has_failed || now.duration_since(self.decision.last) > ONE_ATTEMPT {
            self.decision.count += 1;
            self.decision.last = now;
            self.has_failed = false;
        }
        self.decision.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Instant};

    use image_ref::Repository;
    use jiff::SignedDuration;
    use policy::{
        Action, Contact, Engine, Front, Image, ImageName, Organization, Reason, Verdict, VerdictId,
    };

    use super::*;

    const START: Timestamp = Timestamp::UNIX_EPOCH;

    thread_local! {
        static DRAWN: Cell<u64> = const { Cell::new(0) };
    }

    fn dedup(uid: u32, name: &str, target: Option<&str>, outcome: Outcome) -> DedupKey {
        let name = ImageName::Repository(Repository::parse(name).unwrap());
        let finding = Finding {
            outcome,
            reason: Reason::ClassBlocked,
            rule: None,
            class: None,
            image: Image { name, target: None, judged_as: None, sent_by: None },
            action: Action::Pull,
            stamp: None,
            organization: Organization {
                name: "acme".into(),
                display: "Acme".into(),
                contact: Contact::default(),
            },
            message: None,
            support: None,
            request_url: None,
            instead: None,
        };
        DedupKey { engine: Engine::Docker, uid: Some(uid), finding, target: target.map(str::to_owned) }
    }

    fn record(verdicts: &VerdictCache, dedup: &DedupKey, now: Timestamp) -> DecisionRecord {
        verdicts.record(dedup, now, |finding| {
            let id = VerdictId::from_bits(DRAWN.with(|drawn| drawn.replace(drawn.get() + 1)));
            let verdict = Verdict { id, at: now, engine: dedup.engine, front: Front::Proxy, finding };
            let uid = dedup.uid;
            DecisionRecord { verdict, count: 1, last: now, uid, digest: None, upstream: None, failures: None }
        })
    }

    fn blocked(uid: u32, number: usize) -> DedupKey {
        dedup(uid, &format!("evil/miner{number}"), Some(":1"), Outcome::Blocked)
    }

    fn later(seconds: i64) -> Timestamp {
        START + SignedDuration::from_secs(seconds)
    }

    impl VerdictCache {
        fn sizes(&self) -> [usize; 4] {
            let entries = self.entries.lock().unwrap();
            [entries.kept.len(), entries.by_id.len(), entries.by_key.len(), entries.by_group.len()]
        }
    }

    #[test]
    fn twelve_thousand_different_denials_do_not_slow_down_another_s() {
        let measure = |verdicts: &VerdictCache, from: usize| {
            let begun = Instant::now();
            for number in from..from + 200 {
                let decision = record(verdicts, &blocked(1001, number), START);
                assert_eq!(verdicts.should_emit(&decision), Emission::Emit);
            }
            begun.elapsed()
        };
        let alone = measure(&VerdictCache::default(), 0);
        let verdicts = VerdictCache::default();
        let mut emitted = [0, 0];
        for number in 0..12_000 {
            let decision = record(&verdicts, &blocked(1000, number), START);
            match verdicts.should_emit(&decision) {
                Emission::Emit => emitted[0] += 1,
                Emission::OverQuota => emitted[1] += 1,
                Emission::Repeat => panic!("{number} is another one"),
            }
        }
        assert_eq!(emitted, [LIMITS.each, 12_000 - LIMITS.each]);
        assert_eq!(verdicts.sizes(), [LIMITS.each; 4]);
        let beside = measure(&verdicts, 0);
        let ratio = beside.as_secs_f64() / alone.as_secs_f64();
        println!(
            "200 decisions: {alone:?} alone, {beside:?} beside 12,000 of another user: {ratio:.1} times"
        );
        assert!(ratio < 30.0, "{ratio}");
    }

    #[test]
    fn all_users_together_leave_room_for_engines_of_root() {
        let verdicts = VerdictCache::default();
        for uid in 1000..1010 {
            for number in 0..LIMITS.each {
                record(&verdicts, &blocked(uid, number), START);
            }
        }
        assert_eq!(verdicts.sizes()[0], LIMITS.all - LIMITS.for_root);
        let decision = record(&verdicts, &blocked(0, 1), START);
        assert_eq!(verdicts.should_emit(&decision), Emission::Emit);
    }

    #[test]
    fn what_passes_is_reported_also_beyond_the_limit() {
        let verdicts = VerdictCache::default();
        for number in 0..LIMITS.each {
            record(&verdicts, &blocked(1000, number), START);
        }
        let passes = record(&verdicts, &dedup(1000, "acme/app", Some(":1"), Outcome::Allowed), START);
        assert_eq!(
            [verdicts.should_emit(&passes), verdicts.should_emit(&passes)],
            [Emission::Emit, Emission::Emit]
        );
    }

    #[test]
    fn a_repeat_within_a_minute_is_one_verdict_and_after_it_another() {
        let verdicts = VerdictCache::default();
        let first = record(&verdicts, &blocked(1000, 1), START);
        let repeat = record(&verdicts, &blocked(1000, 1), later(59));
        assert_eq!((repeat.verdict.id, repeat.count), (first.verdict.id.clone(), 2));
        let another = record(&verdicts, &blocked(1000, 1), later(60));
        assert_ne!(another.verdict.id, first.verdict.id);
        assert_eq!(verdicts.sizes(), [1; 4]);
        record(&verdicts, &blocked(1000, 2), later(200));
        assert_eq!(verdicts.sizes(), [1; 4]);
    }

    #[test]
    fn a_blob_belongs_to_the_image_that_was_decided_on_before() {
        let verdicts = VerdictCache::default();
        let of = |target| dedup(1000, "acme/app", target, Outcome::Allowed);
        let [one, other] = [Some(":1"), Some(":2")].map(|target| record(&verdicts, &of(target), START));
        let blob = record(&verdicts, &of(None), START);
        assert_ne!(one.verdict.id, other.verdict.id);
        assert_eq!(blob.verdict.id, one.verdict.id);
        let elsewhere = record(&verdicts, &dedup(1001, "acme/app", None, Outcome::Allowed), START);
        assert_ne!(elsewhere.verdict.id, one.verdict.id, "another user's is another");
    }
}
