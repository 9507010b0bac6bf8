//! Who reads a page, and when.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// When and where a page is read, and how people of this machine are called.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The moment of reading.
    pub now: Timestamp,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// The login name of a user.
    pub login: fn(u32) -> Option<String>,
}

/// A day of a reader, which begins at midnight where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: Date,
    pub(crate) begins: Timestamp,
}

impl Reader {
    /// The last so many days, today last.
    pub(crate) fn days(&self, count: u32) -> Vec<Day> {
        let today = self.now.to_zoned(self.zone.clone()).date();
        let ago = |days: u32| {
            let date = today.checked_sub(i64::from(days).days()).ok()?;
            Some(Day { date, begins: self.midnight(date)? })
        };
        (0..count).rev().filter_map(ago).collect()
    }

    /// Where a day begins, and where it ends.
    pub(super) fn span_of(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        Some((self.midnight(date)?, self.midnight(date.tomorrow().ok()?)?))
    }

    fn midnight(&self, date: Date) -> Option<Timestamp> {
        date.to_zoned(self.zone.clone()).ok().map(|midnight| midnight.timestamp())
    }

    /// A user as people know them.
    pub(super) fn user(&self, uid: u32) -> String {
        (self.login)(uid).unwrap_or_else(|| format!("user {uid}"))
    }

    /// Something of an engine's, with the person it belongs to where it belongs to one.
    pub(super) fn owned(&self, what: &str, uid: Option<u32>) -> String {
        uid.map_or_else(|| what.to_owned(), |uid| format!("{what} ({})", self.user(uid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_where_the_reader_is_and_are_as_long_as_their_clock_says() {
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        let now = "2026-11-02T12:00:00Z".parse().unwrap();
        let reader = Reader { now, zone, login: |_| None };
        let days =
            reader.days(3).iter().map(|day| format!("{} {}", day.date, day.begins)).collect::<Vec<_>>();
        let expected = [
            "2026-10-31 2026-10-31T04:00:00Z",
            "2026-11-01 2026-11-01T04:00:00Z",
            "2026-11-02 2026-11-02T05:00:00Z",
        ];
        assert_eq!(days, expected);
        let (from, until) = reader.span_of("2026-11-01".parse().unwrap()).unwrap();
        assert_eq!(until.duration_since(from).as_hours(), 25);
    }
}
