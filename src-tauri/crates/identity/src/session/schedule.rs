//! When the provider is asked next. Times are since the start of the machine, which no setting of a clock moves.

use std::time::Duration;

use super::Now;

const FIRST_RETRY: Duration = Duration::from_secs(30);
const LONGEST_RETRY: Duration = Duration::from_secs(30 * 60);
/// A provider that asks for more is asked again after this.
const LONGEST_REQUESTED: Duration = Duration::from_secs(60 * 60);
/// A network that comes and goes by the second must not become a request a second.
const SETTLING: Duration = Duration::from_secs(2);

#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    pub(super) due: Option<Duration>,
    /// Whether it is due only because time passes, so that new terms may move it.
    is_recheck: bool,
    failures: u32,
    /// The provider asked to be left alone until then.
    not_before: Duration,
}

impl Schedule {
    /// After a yes, or for a session that was kept.
    pub(super) fn recheck(&mut self, rest: Duration, now: Now) {
        let due = Some(now.boottime.saturating_add(rest));
        *self = Self { due, is_recheck: true, ..Self::default() };
    }

    /// Whether the next question is one that nothing but the terms ask for.
    pub(super) fn awaits_recheck(&self) -> bool {
        self.is_recheck && self.due.is_some()
    }

    pub(super) fn stop(&mut self) {
        *self = Self::default();
    }

    pub(super) fn failed(&mut self, retry_after: Option<Duration>, now: Now) {
        let doubled = FIRST_RETRY.saturating_mul(1 << self.failures.min(10)).min(LONGEST_RETRY);
        self.failures = self.failures.saturating_add(1);
        self.is_recheck = false;
        self.not_before = now.boottime.saturating_add(retry_after.unwrap_or_default().min(LONGEST_REQUESTED));
        self.due = Some(now.boottime.saturating_add(spread(doubled, now.chance)).max(self.not_before));
    }

    /// Something changed for the better: what failed is tried again soon.
    pub(super) fn hope(&mut self, now: Now) {
        if self.failures > 0 {
            self.failures = 0;
            let soon = now.boottime.saturating_add(SETTLING).max(self.not_before);
            self.due = self.due.map(|due| due.min(soon));
        }
    }

    pub(super) fn at_once(&mut self, now: Now) {
        *self = Self { due: Some(now.boottime), ..Self::default() };
    }
}

/// Moves a duration by up to a tenth either way.
pub(super) fn spread(duration: Duration, chance: u32) -> Duration {
    let tenths = 0.9 + 0.2 * f64::from(chance) / f64::from(u32::MAX);
    Duration::try_from_secs_f64(duration.as_secs_f64() * tenths).unwrap_or(duration)
}
