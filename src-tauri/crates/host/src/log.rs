//! What a process says on standard error beside what it is for: the system's journal keeps it and adds the time.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use tracing::{Event, Subscriber, callsite::Identifier};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

use crate::clock::boottime;

/// Overrides how much is said: a level, or levels for single crates, as in `info,gateway=debug`.
const VARIABLE: &str = "PULLGATE_LOG";

/// Begins the log of this process, with everything from this level on unless `PULLGATE_LOG` asks for another.
pub fn begin(level: tracing::Level) {
    let asked = std::env::var(VARIABLE).ok();
    let (targets, misread) = match asked.as_deref().map(str::parse::<Targets>) {
        None => (usual(level), None),
        Some(Ok(targets)) => (targets, None),
        Some(Err(error)) => (usual(level), Some(error)),
    };
    let lines = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(std::io::stderr);
    lines.with_ansi(false).without_time().finish().with(targets).with(Limit(Mutex::default())).init();
    if let Some(error) = misread {
        tracing::warn!(%error, "`{VARIABLE}` is not understood; write for example `debug` or `info,gateway=debug`");
    }
}

fn usual(level: tracing::Level) -> Targets {
    Targets::new().with_default(level)
}

/// Each line of the program is written so often in that time, whoever causes it and whatever it says besides: writing
/// waits for the system's journal, and so would everything else on that thread.
const BURST: u64 = 20;
const WINDOW: Duration = Duration::from_secs(10);

/// Leaves out what is said too often.
struct Limit<K>(Mutex<HashMap<K, Burst>>);

struct Burst {
    /// By the clock that counts sleep.
    begun: Duration,
    lines: u64,
}

impl<K: Eq + Hash> Limit<K> {
    /// Whether a line is written now; with how many of its kind were left out before it.
    fn take(&self, line: K, now: Duration) -> Option<u64> {
        let mut bursts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let burst = bursts.entry(line).or_insert(Burst { begun: now, lines: 0 });
        let mut left_out = 0;
        if now.saturating_sub(burst.begun) >= WINDOW {
            left_out = burst.lines.saturating_sub(BURST);
            *burst = Burst { begun: now, lines: 0 };
        }
        burst.lines = burst.lines.saturating_add(1);
        (burst.lines <= BURST).then_some(left_out)
    }
}

impl<S: Subscriber> Layer<S> for Limit<Identifier> {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        let Some(left_out) = self.take(event.metadata().callsite(), boottime()) else { return false };
        if left_out > 0 {
            tracing::warn!(left_out, "lines like the next one were left out");
        }
        true
    }
}

/// Lets a line be said at most once in a while, so that whoever causes it cannot fill the log.
#[derive(Debug)]
pub struct Seldom {
    every: Duration,
    said: Mutex<Option<(Instant, u64)>>,
}

impl Seldom {
    /// A line that is said once in so long.
    #[must_use]
    pub const fn every(every: Duration) -> Self {
        Self { every, said: Mutex::new(None) }
    }

    /// Whether it is said now; then with the number of times that it was not since the last time.
    pub fn is_due(&self, now: Instant) -> Option<u64> {
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        match said.as_mut() {
            Some((last, unsaid)) if now.saturating_duration_since(*last) < self.every => {
                *unsaid += 1;
                None
            }
            Some(_) | None => Some(said.replace((now, 0)).map_or(0, |(_, unsaid)| unsaid)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_causes_a_line_again_and_again_does_not_make_everybody_wait_for_the_journal() {
        let (limit, start) = (Limit(Mutex::default()), Duration::from_secs(7));
        let written = (0..1000).filter_map(|_| limit.take("one", start)).count();
        assert_eq!(written, 20);
        assert_eq!(limit.take("other", start), Some(0));
        assert_eq!(limit.take("one", start + WINDOW), Some(980));
    }

    #[test]
    fn a_flood_is_one_line_with_a_count() {
        let line = Seldom::every(Duration::from_secs(10));
        let start = Instant::now();
        let at = |seconds| line.is_due(start + Duration::from_secs(seconds));
        assert_eq!(
            [at(0), at(1), at(9), at(10), at(11), at(30)],
            [Some(0), None, None, Some(2), None, Some(1)]
        );
    }
}
