//! When the policy is asked for again: as often as it says, spread over the fleet, and ever less often while it fails.

use std::time::Duration;

/// A refresh is spread by a fifth of its interval either way, so that a fleet does not ask in the same second.
const SPREAD: f64 = 0.2;
const FIRST_RETRY: Duration = Duration::from_secs(15);
const LAST_RETRY: Duration = Duration::from_secs(30 * 60);
/// Nobody is left alone for longer than this, whatever they ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// The plan of asking.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    failures: u32,
}

/// How asking went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The answer is good.
    Good,
    /// There was none, or it was refused.
    Failed {
        /// For how long the host wants to be left alone.
        pause: Option<Duration>,
    },
}

impl Schedule {
    /// How long to wait after an answer; `chance` is a fresh random number.
    pub(super) fn after(&mut self, outcome: Outcome, interval: Duration, chance: u32) -> Duration {
        let share = f64::from(chance) / f64::from(u32::MAX) * 2.0 - 1.0;
        let spread = |wait: Duration| wait.mul_f64(1.0 + SPREAD * share);
        match outcome {
            Outcome::Good => {
                self.failures = 0;
                spread(interval)
            }
            Outcome::Failed { pause } => {
                let doubled = FIRST_RETRY.saturating_mul(1 << self.failures.min(10));
                self.failures = self.failures.saturating_add(1);
                spread(doubled.min(LAST_RETRY)).max(pause.unwrap_or_default().min(LONGEST_PAUSE))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIDDLE: u32 = u32::MAX / 2;
    const FIVE_MINUTES: Duration = Duration::from_secs(300);

    fn failed(schedule: &mut Schedule, pause: Option<u64>) -> u64 {
        let outcome = Outcome::Failed { pause: pause.map(Duration::from_secs) };
        schedule.after(outcome, FIVE_MINUTES, MIDDLE).as_secs_f64().round() as u64
    }

    #[test]
    fn a_good_answer_is_followed_by_the_interval_spread_by_a_fifth() {
        let spread = [0, MIDDLE, u32::MAX].map(|chance| {
            let wait = Schedule::default().after(Outcome::Good, FIVE_MINUTES, chance);
            wait.as_secs_f64().round() as u64
        });
        assert_eq!(spread, [240, 300, 360]);
    }

    #[test]
    fn failures_are_asked_about_ever_less_often_up_to_half_an_hour() {
        let mut schedule = Schedule::default();
        let waits: Vec<u64> = (0..10).map(|_| failed(&mut schedule, None)).collect();
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800]);
        schedule.after(Outcome::Good, FIVE_MINUTES, MIDDLE);
        assert_eq!(failed(&mut schedule, None), 15);
    }

    #[test]
    fn nobody_comes_back_before_the_host_wants_it() {
        let outcome = Outcome::Failed { pause: Some(Duration::from_secs(600)) };
        for chance in [0, MIDDLE, u32::MAX] {
            assert_eq!(Schedule::default().after(outcome, FIVE_MINUTES, chance), Duration::from_secs(600));
        }
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is_for_a_day_at_most() {
        assert_eq!(failed(&mut Schedule::default(), Some(600)), 600);
        assert_eq!(failed(&mut Schedule::default(), Some(1)), 15);
        assert_eq!(failed(&mut Schedule::default(), Some(u64::MAX)), 86_400);
    }
}
