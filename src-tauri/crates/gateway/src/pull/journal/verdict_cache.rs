//! The verdicts of the last minute, found in the same time however many there are. One user has so many at a time;
//! what is blocked beyond that is counted, and what passes is told each time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use host::quota::{Limits, Quota, Share};
use jiff::Timestamp;
use policy::{Answered, Failures, Finding, Outcome, VerdictId};

use super::{DedupKey, ONE_ATTEMPT, SAME};
use crate::ports::DecisionRecord;

/// The verdicts of the last minute, and what was told of each.
pub(crate) struct VerdictCache {
    entries: Mutex<Entries>,
    quota: Arc<Quota>,
}

/// Some 5 KB each. No engine asks for so many images in a minute.
const LIMITS: Limits = Limits { each: 1000, all: 8000, for_root: 4000 };

/// Whether a decision is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pull) enum Emission {
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
    pub(super) fn record(
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
    pub(in crate::pull) fn note_outcome(&self, id: &VerdictId, upstream: &Answered) -> Option<Failures> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let one = entries.of(id)?;
        if !matches!(upstream, Answered::Delivered { .. }) {
            let before = one.decision.failures.as_ref().map_or(0, |failures| failures.count);
            let count = if one.has_failed { before } else { before + 1 };
            one.has_failed = true;
            one.decision.failures = Some(Failures { count, last: upstream.clone() });
        }
        one.decision.failures.clone()
    }

    /// Whether anything of this was not told yet; from now on it was.
    pub(in crate::pull) fn should_emit(&self, decision: &DecisionRecord) -> Emission {
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
mod tests;
