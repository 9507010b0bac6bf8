//! How long to wait before the provider is asked again.

use std::time::Duration;

/// RFC 8628, section 3.2, where the provider names none.
const UNNAMED: u64 = 5;
/// RFC 8628, section 3.5.
const SLOWER: Duration = Duration::from_secs(5);
/// While the network is away.
const LONGEST: Duration = Duration::from_secs(30);

/// A host that asks for more is asked again after this time: the code is worth nothing by then, mostly.
const LONGEST_ASKED: Duration = Duration::from_secs(30 * 60);

/// The interval between two questions, which only grows.
pub(super) struct PollInterval(Duration);

impl PollInterval {
    pub(super) fn new(seconds: Option<u64>) -> Self {
        Self(Duration::from_secs(seconds.unwrap_or(UNNAMED).clamp(1, 60)))
    }

    pub(super) fn interval(&self) -> Duration {
        self.0
    }

    /// Nothing if asking again is of no use.
    pub(super) fn after_refusal(&mut self, error: &str) -> Option<Duration> {
        match error {
            "authorization_pending" => {}
            "slow_down" => self.0 = self.0.saturating_add(SLOWER),
            _ => return None,
        }
        Some(self.0)
    }

    /// Longer than usual, and as long as the host asked for.
    pub(super) fn after_trouble(&self, asked: Option<Duration>) -> Duration {
        let usual = self.0.saturating_mul(2).min(LONGEST).max(self.0);
        usual.max(asked.unwrap_or_default().min(LONGEST_ASKED))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn slow_down_makes_every_later_wait_five_seconds_longer() {
        let mut interval = PollInterval::new(Some(3));
        let waits = ["authorization_pending", "slow_down", "authorization_pending", "slow_down"]
            .map(|error| interval.after_refusal(error));
        assert_eq!(waits, [3, 8, 8, 13].map(|count| Some(seconds(count))));
    }

    #[test]
    fn another_refusal_ends_the_asking() {
        let mut interval = PollInterval::new(None);
        assert_eq!((interval.interval(), interval.after_refusal("access_denied")), (seconds(5), None));
    }

    #[test]
    fn trouble_is_waited_out_longer_and_as_long_as_the_host_asks() {
        let waits = [Some(2), Some(20), Some(60)].map(|named| PollInterval::new(named).after_trouble(None));
        assert_eq!(waits, [4, 30, 60].map(seconds));
        assert_eq!(PollInterval::new(Some(2)).after_trouble(Some(seconds(90))), seconds(90));
    }

    #[test]
    fn no_host_is_waited_for_longer_than_any_code_lives() {
        for asked in [LONGEST_ASKED.saturating_mul(2), Duration::from_secs(u64::MAX), Duration::MAX] {
            assert_eq!(PollInterval::new(Some(u64::MAX)).after_trouble(Some(asked)), LONGEST_ASKED);
        }
        let mut interval = PollInterval(Duration::MAX);
        assert_eq!(interval.after_refusal("slow_down"), Some(Duration::MAX));
    }

    #[test]
    fn a_provider_cannot_make_the_asking_a_busy_loop() {
        assert_eq!(PollInterval::new(Some(0)).interval(), seconds(1));
    }
}
