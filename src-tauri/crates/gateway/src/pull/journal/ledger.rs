//! The verdicts of the last minute, found in the same time however many there are. One user has so many at a time;
//! what is blocked beyond that is counted, and what passes is told each time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use host::quota::{Limits, Quota, Share};
use jiff::Timestamp;
use policy::{Failures, Finding, Outcome, UpstreamResult, VerdictId};

use super::{About, ONE_ATTEMPT, SAME};
use crate::ports::Decided;

/// The verdicts of the last minute, and what was told of each.
pub(crate) struct Ledger {
    entries: Mutex<Entries>,
    quota: Arc<Quota>,
}

/// Some 5 KB each. No engine asks for so many images in a minute.
const LIMITS: Limits = Limits { each: 1000, all: 8000, for_root: 4000 };

/// Whether a decision is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pull) enum News {
    /// Something of it was not told yet; from now on it was.
    New,
    Known,
    /// It is one of too many of one user, and nothing came of it.
    Counted,
}

/// Entries in the order of time, each with a number that is one higher than that of the one before.
#[derive(Default)]
struct Entries {
    kept: VecDeque<Entered>,
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
struct Entered {
    key: Key,
    decided: Decided,
    /// What was told of it.
    told: Option<Decided>,
    /// Whether the attempt that is under way has failed: what comes then is another.
    has_failed: bool,
    /// Its place among those of its user.
    _share: Share,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { entries: Mutex::default(), quota: Quota::new(LIMITS) }
    }
}

impl Ledger {
    /// The verdict of what was asked less than a minute ago, or a new one.
    pub(super) fn enter(
        &self,
        about: &About,
        now: Timestamp,
        first: impl FnOnce(Finding) -> Decided,
    ) -> Decided {
        let group = about.group();
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.forget(now);
        if let Some(known) = entries.find(&group, about.target.as_deref()) {
            return known.again(now);
        }
        let decided = first(about.whole());
        if let Ok(share) = self.quota.take(about.uid, 1) {
            entries.keep(&group, about.target.clone(), decided.clone(), share);
        }
        decided
    }

    /// Notes what came of an attempt, and tells what has failed under its verdict until now: a repeat that arrives must
    /// not hide the ones that did not.
    pub(in crate::pull) fn note_outcome(
        &self,
        id: &VerdictId,
        upstream: &UpstreamResult,
    ) -> Option<Failures> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let one = entries.of(id)?;
        if !matches!(upstream, UpstreamResult::Delivered { .. }) {
            let before = one.decided.failures.as_ref().map_or(0, |failures| failures.count);
            let count = if one.has_failed { before } else { before + 1 };
            one.has_failed = true;
            one.decided.failures = Some(Failures { count, last: upstream.clone() });
        }
        one.decided.failures.clone()
    }

    /// Whether anything of this was not told yet; from now on it was.
    pub(in crate::pull) fn news(&self, decided: &Decided) -> News {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(one) = entries.of(&decided.verdict.id) else {
            // What is blocked is told as it is entered, so it had no place; what passes may end much later.
            let is_blocked = decided.verdict.finding.outcome == Outcome::Blocked;
            return if is_blocked { News::Counted } else { News::New };
        };
        let Some(known) = &one.told else {
            one.told = Some(decided.clone());
            return News::New;
        };
        let digest = decided.digest.clone().or_else(|| known.digest.clone());
        let upstream = decided.upstream.clone().or_else(|| known.upstream.clone());
        let failures = decided.failures.clone().or_else(|| known.failures.clone());
        let now = Decided { digest, upstream, failures, ..decided.clone() };
        let news = if *known == now { News::Known } else { News::New };
        one.told = Some(now);
        news
    }
}

impl Entries {
    /// A blob belongs to the image that was decided on just before: engines ask for a denied digest as a blob, too.
    fn find(&mut self, group: &str, target: Option<&str>) -> Option<&mut Entered> {
        let (group, numbers) = self.by_group.get_key_value(group)?;
        let number = match target {
            None => *numbers.front()?,
            Some(target) => {
                *self.by_key.get(&Key { group: Arc::clone(group), target: Some(target.to_owned()) })?
            }
        };
        self.at(number)
    }

    fn of(&mut self, id: &VerdictId) -> Option<&mut Entered> {
        let number = *self.by_id.get(id)?;
        self.at(number)
    }

    fn at(&mut self, number: u64) -> Option<&mut Entered> {
        self.kept.get_mut(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    fn keep(&mut self, group: &str, target: Option<String>, decided: Decided, share: Share) {
        let number = self.first + self.kept.len() as u64;
        let known = self.by_group.get_key_value(group).map(|(group, _)| Arc::clone(group));
        let group = known.unwrap_or_else(|| Arc::from(group));
        self.by_group.entry(Arc::clone(&group)).or_default().push_back(number);
        let key = Key { group, target };
        self.by_key.insert(key.clone(), number);
        self.by_id.insert(decided.verdict.id.clone(), number);
        self.kept.push_back(Entered { key, decided, told: None, has_failed: false, _share: share });
    }

    /// Leaves out what was decided more than a minute ago: that stands in front.
    fn forget(&mut self, now: Timestamp) {
        let is_over = |one: &mut Entered| now.duration_since(one.decided.verdict.at) >= SAME;
        while let Some(one) = self.kept.pop_front_if(is_over) {
            self.by_id.remove(&one.decided.verdict.id);
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

impl Entered {
    fn again(&mut self, now: Timestamp) -> Decided {
        if self.has_failed || now.duration_since(self.decided.last) > ONE_ATTEMPT {
            self.decided.count += 1;
            self.decided.last = now;
            self.has_failed = false;
        }
        self.decided.clone()
    }
}

#[cfg(test)]
mod tests;
