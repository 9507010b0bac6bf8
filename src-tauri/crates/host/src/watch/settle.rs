//! Waits until it is time to compare: after the events of one change have ended, or after a long silence.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::{Pace, Signal};

/// Why the wait ended.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Settled {
    /// These paths, all of concern, were touched.
    Touched(Vec<PathBuf>),
    /// It was silent for long, or events were lost.
    Compare,
    /// The watch is dropped.
    Stop,
}

/// Waits for at most `pause`; events of no concern do not end the wait and do not lengthen it.
pub(super) fn settle(
    signals: &Receiver<Signal>,
    pause: Duration,
    pace: Pace,
    concerns: impl Fn(&Path) -> bool,
) -> Settled {
    let mut touched = Vec::new();
    let mut deadline = Instant::now() + pause;
    let mut latest = None;
    loop {
        let signal = signals.recv_timeout(deadline.saturating_duration_since(Instant::now()));
        let mut paths = match signal {
            Ok(Signal::Touched(paths)) => paths,
            Ok(Signal::Lost) => Vec::new(),
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return Settled::Stop,
            Err(RecvTimeoutError::Timeout) if touched.is_empty() => return Settled::Compare,
            Err(RecvTimeoutError::Timeout) => return Settled::Touched(touched),
        };
        let lost = paths.is_empty();
        paths.retain(|path| concerns(path));
        if !lost && paths.is_empty() && Instant::now() < deadline {
            continue;
        }
        touched.append(&mut paths);
        let now = Instant::now();
        let latest = *latest.get_or_insert(now + pace.at_most);
        deadline = latest.min(now + pace.quiet);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);
    const PACE: Pace = Pace {
        quiet: Duration::from_millis(20),
        at_most: Duration::from_millis(60),
        compare: LONG,
        compare_without_events: LONG,
    };

    fn ours(path: &Path) -> bool {
        path.starts_with("/ours")
    }

    fn touched(path: &str) -> Signal {
        Signal::Touched(vec![path.into()])
    }

    #[test]
    fn the_events_of_one_change_are_one_answer() {
        let (sender, signals) = channel();
        for path in ["/ours/a", "/theirs/b", "/ours/c"] {
            sender.send(touched(path)).unwrap();
        }
        let answer = settle(&signals, LONG, PACE, ours);
        assert_eq!(answer, Settled::Touched(vec!["/ours/a".into(), "/ours/c".into()]));
    }

    #[test]
    fn lost_events_lead_to_a_comparison() {
        let (sender, signals) = channel();
        sender.send(Signal::Lost).unwrap();
        assert_eq!(settle(&signals, LONG, PACE, ours), Settled::Compare);
    }

    #[test]
    fn events_without_end_do_not_put_the_answer_off() {
        let (sender, signals) = channel();
        let answer = std::thread::scope(|scope| {
            let (enough, stop) = channel::<()>();
            scope.spawn(move || {
                while stop.recv_timeout(Duration::from_millis(5)) == Err(RecvTimeoutError::Timeout) {
                    sender.send(touched("/ours/log")).unwrap();
                }
            });
            let answer = settle(&signals, LONG, PACE, ours);
            drop(enough);
            answer
        });
        assert!(matches!(answer, Settled::Touched(paths) if !paths.is_empty()));
    }

    #[test]
    fn events_of_no_concern_do_not_put_the_comparison_off() {
        let (sender, signals) = channel();
        let answer = std::thread::scope(|scope| {
            let (enough, stop) = channel::<()>();
            scope.spawn(move || {
                while stop.recv_timeout(Duration::from_millis(1)) == Err(RecvTimeoutError::Timeout) {
                    sender.send(touched("/theirs")).unwrap();
                }
            });
            let answer = settle(&signals, Duration::from_millis(50), PACE, ours);
            drop(enough);
            answer
        });
        assert_eq!(answer, Settled::Compare);
    }

    #[test]
    fn a_dropped_watch_stops_at_once() {
        let (sender, signals) = channel();
        sender.send(Signal::Stop).unwrap();
        assert_eq!(settle(&signals, LONG, PACE, ours), Settled::Stop);
        drop(sender);
        assert_eq!(settle(&signals, LONG, PACE, ours), Settled::Stop);
    }
}
