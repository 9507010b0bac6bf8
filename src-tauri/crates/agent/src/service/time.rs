//! The time that policies are judged by: the wall clock's, unless that is behind what is known for certain. So nothing
//! that has ended holds again when a clock is set back.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

/// It was this time when the machine had been running for so long: by a signed policy, or by a provider that proved
/// who it is.
static KNOWN: Mutex<Option<(Timestamp, Duration)>> = Mutex::new(None);

/// Clocks that nobody set wrong differ by less.
const LENIENT: SignedDuration = SignedDuration::from_mins(10);

/// What time it is.
pub(super) fn now() -> Timestamp {
    let wall = host::clock::now();
    behind().map_or(wall, |span| wall.checked_add(span).unwrap_or(wall))
}

/// It is at least this late.
pub(super) fn know(time: Timestamp) {
    if known().is_none_or(|known| known < time) {
        *KNOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some((time, host::clock::boottime()));
    }
}

/// How far the wall clock is behind what is known, where that is more than ten minutes.
pub(super) fn behind() -> Option<SignedDuration> {
    Some(known()?.duration_since(host::clock::now())).filter(|span| *span > LENIENT)
}

/// What was known, and what has passed since.
fn known() -> Option<Timestamp> {
    let (time, then) = (*KNOWN.lock().unwrap_or_else(PoisonError::into_inner))?;
    let passed = SignedDuration::try_from(host::clock::boottime().saturating_sub(then)).ok()?;
    time.checked_add(passed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One test, since what is known is known to the whole process.
    #[test]
    fn a_clock_that_is_behind_what_is_known_is_not_believed() {
        know(host::clock::now() - SignedDuration::from_hours(1));
        assert_eq!(behind(), None);
        know(host::clock::now() + SignedDuration::from_mins(9));
        assert_eq!(behind(), None);
        let later = host::clock::now() + SignedDuration::from_hours(3);
        know(later);
        know(host::clock::now());
        assert!(behind().unwrap() > SignedDuration::from_hours(2));
        assert!(now().duration_since(later).abs() < SignedDuration::from_mins(1), "{}", now());
    }
}
