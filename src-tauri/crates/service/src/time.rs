//! The time that everything here is judged by: the wall clock's, unless that is behind what is known to have passed. So
//! nothing that has ended holds again when a clock is set back, also not over a restart.
//!
//! What is known is known by three words, of which the latest counts: a signed policy's of when it was made, the
//! session's own clock (which has the provider's, and over a restart what was kept of it), and this machine's own of
//! when it last had a policy confirmed. The last is the word of a wall clock that may have been ahead, so a server that
//! is believed takes it back where it agrees with the wall clock of now.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

/// The clock of this process.
static CLOCK: Mutex<TrustedClock> = Mutex::new(TrustedClock { signed: None, session: None, confirmed: None });

/// Clocks that nobody set wrong differ by less.
const LENIENT: SignedDuration = SignedDuration::from_mins(10);

/// It is at least this late.
#[derive(Clone, Copy)]
struct Bound {
    time: Timestamp,
    /// How long the machine had been running then.
    at: Duration,
}

/// What is known of the time.
struct TrustedClock {
    signed: Option<Bound>,
    session: Option<Bound>,
    confirmed: Option<Bound>,
}

/// What the machine's clocks show.
#[derive(Clone, Copy)]
struct Reading {
    wall: Timestamp,
    boottime: Duration,
}

impl Bound {
    /// The bound with what has passed since.
    fn moved(self, reading: Reading) -> Option<Timestamp> {
        let passed = SignedDuration::try_from(reading.boottime.saturating_sub(self.at)).ok()?;
        self.time.checked_add(passed).ok()
    }
}

impl TrustedClock {
    fn known(&self, reading: Reading) -> Option<Timestamp> {
        let bounds = [self.signed, self.session, self.confirmed];
        bounds.into_iter().flatten().filter_map(|bound| bound.moved(reading)).max()
    }

    fn behind(&self, reading: Reading) -> Option<SignedDuration> {
        Some(self.known(reading)?.duration_since(reading.wall)).filter(|span| *span > LENIENT)
    }

    fn now(&self, reading: Reading) -> Timestamp {
        let known = self.behind(reading).and_then(|_| self.known(reading));
        known.unwrap_or(reading.wall)
    }

    fn hear(&mut self, said: Timestamp, reading: Reading) {
        let is_near = |time: Timestamp| time.duration_since(said).abs() <= LENIENT;
        let is_behind = |bound: Bound| bound.moved(reading).is_some_and(|time| time > said && !is_near(time));
        if is_near(reading.wall) {
            self.confirmed = self.confirmed.filter(|bound| !is_behind(*bound));
        }
    }
}

/// Keeps the later of two bounds.
fn raise(bound: &mut Option<Bound>, time: Timestamp, reading: Reading) {
    if bound.and_then(|bound| bound.moved(reading)).is_none_or(|known| known < time) {
        *bound = Some(Bound { time, at: reading.boottime });
    }
}

fn reading() -> Reading {
    Reading { wall: host::clock::now(), boottime: host::clock::boottime() }
}

fn clock() -> MutexGuard<'static, TrustedClock> {
    CLOCK.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What time it is.
pub(super) fn now() -> Timestamp {
    clock().now(reading())
}

/// A policy in force was signed then.
pub(super) fn signed(time: Timestamp) {
    raise(&mut clock().signed, time, reading());
}

/// The session's clock says that it is at least this late; it may take an earlier word back.
pub(super) fn of_session(floor: Timestamp) {
    let reading = reading();
    clock().session = Some(Bound { time: floor, at: reading.boottime });
}

/// A policy was confirmed then, by what this machine wrote down before it was started again.
pub(super) fn confirmed(time: Timestamp) {
    raise(&mut clock().confirmed, time, reading());
}

/// A server that is believed says that it is now.
pub(super) fn hear(said: Timestamp) {
    clock().hear(said, reading());
}

/// How far the wall clock is behind what is known, where that is more than ten minutes.
pub(super) fn behind() -> Option<SignedDuration> {
    clock().behind(reading())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        let start: Timestamp = "2026-11-22T12:00:00Z".parse().unwrap();
        start + SignedDuration::from_mins(minutes)
    }

    fn shows(wall: i64, running: u64) -> Reading {
        Reading { wall: at(wall), boottime: Duration::from_secs(running * 60) }
    }

    fn knowing_nothing() -> TrustedClock {
        TrustedClock { signed: None, session: None, confirmed: None }
    }

    #[test]
    fn a_clock_that_is_behind_what_is_known_is_not_believed() {
        let mut clock = knowing_nothing();
        assert_eq!((clock.now(shows(0, 1)), clock.behind(shows(0, 1))), (at(0), None));
        raise(&mut clock.signed, at(9), shows(0, 1));
        assert_eq!((clock.now(shows(0, 1)), clock.behind(shows(0, 1))), (at(0), None), "clocks differ");
        raise(&mut clock.signed, at(180), shows(0, 1));
        raise(&mut clock.signed, at(20), shows(0, 1));
        assert_eq!(clock.now(shows(0, 1)), at(180));
        assert_eq!(clock.now(shows(-500, 61)), at(240), "time passes though the clock was set back again");
        assert_eq!(clock.now(shows(300, 61)), at(300), "a clock that is right again is believed");
    }

    #[test]
    fn what_was_confirmed_before_a_restart_still_holds_after_it() {
        let mut clock = knowing_nothing();
        raise(&mut clock.signed, at(0), shows(5, 1));
        raise(&mut clock.confirmed, at(2000), shows(5, 1));
        assert_eq!(clock.now(shows(5, 1)), at(2000));
        assert_eq!(clock.behind(shows(5, 1)), Some(SignedDuration::from_mins(1995)));
    }

    #[test]
    fn a_clock_that_was_ahead_once_is_forgiven_by_a_server_that_agrees_with_it_now() {
        let mut clock = knowing_nothing();
        raise(&mut clock.signed, at(0), shows(5, 1));
        raise(&mut clock.confirmed, at(40_000), shows(5, 1));
        clock.hear(at(9000), shows(5, 1));
        assert_eq!(clock.now(shows(5, 1)), at(40_000), "the server does not agree with the clock");
        clock.hear(at(6), shows(5, 1));
        assert_eq!(clock.now(shows(5, 1)), at(5));
        // What was proved by a signature nobody takes back.
        raise(&mut clock.signed, at(3000), shows(5, 1));
        clock.hear(at(6), shows(5, 1));
        assert_eq!(clock.now(shows(5, 1)), at(3000));
    }

    #[test]
    fn the_sessions_clock_may_take_back_what_it_said() {
        let mut clock = knowing_nothing();
        let mut of_session =
            |minutes| clock.session = Some(Bound { time: at(minutes), at: Duration::from_secs(60) });
        of_session(5000);
        of_session(10);
        assert_eq!(clock.now(shows(12, 1)), at(12));
    }
}
