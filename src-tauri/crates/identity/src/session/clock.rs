//! What time it is, as far as it can be told on a machine whose clock anybody may set.
//!
//! The *floor* is a time that is certainly past: the newest that the provider told, moved on by the time since the
//! machine started, which nobody can set and which counts sleep. Once the provider has been heard in the life of
//! the process, the floor *is* the time, and the wall clock is not needed: neither years ahead nor years back
//! change anything. Before that the later of wall clock and floor is believed, because the machine may have been
//! off for a while. A wall clock that ran evenly for an hour is then taken for settled and raises the floor.
//!
//! Other servers tell the time in passing, and one of them may be wrong. Until the provider was heard, their word
//! corrects a wall clock that is ahead; further ahead than ten minutes beyond wall clock and floor it is not
//! believed, only told as a clock that seems to be behind; and it is never kept. The provider is believed whatever
//! it says, because the grace counts from its yes: a provider that is a month ahead ends nothing either.
//!
//! So a clock set back gains nothing while the process runs, and after a restart no more than the time that the
//! process did not run and, of the time it ran, what had not been kept yet. A clock that jumps ahead before the
//! provider was heard makes a session look too old while it is ahead, and it is good again when the clock is; a
//! clock that stays ahead for more than an hour makes it look too old until the provider's next yes.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::Now;

const TOLERANCE: SignedDuration = SignedDuration::from_mins(10);
const SETTLED: Duration = Duration::from_secs(3600);

#[derive(Clone, Debug)]
pub(super) struct Clock {
    floor: Timestamp,
    /// Whether the floor is the time and not only a bound.
    heard: bool,
    /// The time as other servers told it, where that can be.
    server: Option<Timestamp>,
    /// The time as another server told it, where nothing bears it out.
    claimed: Option<Timestamp>,
    last: Now,
    /// The first reading since which the wall clock has run evenly.
    even_since: Now,
}

impl Clock {
    pub(super) fn new(mark: Timestamp, now: Now) -> Self {
        Self { floor: mark, heard: false, server: None, claimed: None, last: now, even_since: now }
    }

    pub(super) fn read(&mut self, now: Now) {
        let passed = signed(now.boottime.saturating_sub(self.last.boottime));
        self.floor = later(self.floor, passed);
        self.server = self.server.map(|server| later(server, passed));
        self.claimed = self.claimed.map(|claimed| later(claimed, passed));
        let ran = signed(now.boottime.saturating_sub(self.even_since.boottime));
        if !near(now.wall, later(self.even_since.wall, ran)) {
            self.even_since = now;
        } else if self.may_settle(now.wall)
            && now.boottime.saturating_sub(self.even_since.boottime) >= SETTLED
        {
            self.floor = self.floor.max(now.wall);
        }
        self.last = now;
    }

    fn may_settle(&self, wall: Timestamp) -> bool {
        !self.heard && self.server.is_none_or(|server| near(server, wall))
    }

    pub(super) fn believed(&self) -> Timestamp {
        if self.heard { self.floor } else { self.floor.max(self.server.unwrap_or(self.last.wall)) }
    }

    /// The clocks at the last reading.
    pub(super) fn now(&self) -> Now {
        self.last
    }

    pub(super) fn floor(&self) -> Timestamp {
        self.floor
    }

    /// How far the wall clock is ahead of what is believed or claimed, where that matters.
    pub(super) fn error(&self) -> Option<SignedDuration> {
        let ahead = self.last.wall.duration_since(self.claimed.unwrap_or(self.believed()));
        Some(ahead).filter(|ahead| ahead.abs() > TOLERANCE)
    }

    /// A time that some server told in passing. An answer from a cache can be old, so it never takes the time back.
    pub(super) fn hear(&mut self, said: Timestamp) {
        if self.heard || (said < self.floor && !near(said, self.floor)) {
            return;
        }
        if said <= later(self.floor.max(self.last.wall), TOLERANCE) {
            self.server = self.server.max(Some(said));
            self.claimed = None;
        } else if self.server.is_none() {
            self.claimed = Some(said);
        }
    }

    /// The time of the provider's yes. It takes the floor back only where the wall clock agrees with it.
    pub(super) fn confirm(&mut self, said: Timestamp) {
        if said >= self.floor || near(said, self.floor) || near(said, self.last.wall) {
            self.floor = said;
            self.heard = true;
            (self.server, self.claimed) = (None, None);
        }
    }
}

fn near(one: Timestamp, other: Timestamp) -> bool {
    one.duration_since(other).abs() <= TOLERANCE
}

pub(super) fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(Timestamp::MAX)
}

pub(super) fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

/// Zero for what lies in the past.
pub(super) fn unsigned(duration: SignedDuration) -> Duration {
    Duration::try_from(duration).unwrap_or_default()
}
