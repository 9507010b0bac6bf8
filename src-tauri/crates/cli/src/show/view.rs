//! When and where an answer is read, and how times and people are said there.

use std::env;
use std::io::{self, IsTerminal};

use host::{clock, people};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::mark::is_wanted;

/// When and where an answer is read.
#[derive(Clone, Debug)]
pub(crate) struct View {
    /// The moment of reading.
    pub(crate) now: Timestamp,
    /// The reader's time zone.
    pub(crate) zone: TimeZone,
    /// The login name of a user.
    pub(crate) login: fn(u32) -> Option<String>,
    /// Whether the answer is read at a terminal that has colors, by somebody who wants them.
    pub(crate) colors: bool,
}

impl View {
    /// This moment, on this machine.
    pub(crate) fn here() -> Self {
        let login = |uid| people::by_uid(uid).ok().flatten().map(|person| person.name);
        Self { now: clock::now(), zone: TimeZone::system(), login, colors: has_colors() }
    }

    /// A time that has passed: `2 min ago`, and after a day its date.
    pub(crate) fn ago(&self, time: Timestamp) -> String {
        let seconds = self.now.duration_since(time).as_secs();
        match seconds {
            ..0 => self.date(time),
            0..60 => "just now".to_owned(),
            60..3600 => format!("{} min ago", seconds / 60),
            3600..86400 => format!("{} h ago", seconds / 3600),
            86400.. => self.date(time),
        }
    }

    /// A time to come, on the clock: `17:40`, and `2026-11-24 17:40` on another day.
    pub(crate) fn clock(&self, time: Timestamp) -> String {
        let (there, here) = (self.zoned(time), self.zoned(self.now));
        if there.date() == here.date() { there.strftime("%H:%M").to_string() } else { self.date(time) }
    }

    /// A time to the minute: `2026-11-22 09:12`.
    pub(crate) fn date(&self, time: Timestamp) -> String {
        self.zoned(time).strftime("%Y-%m-%d %H:%M").to_string()
    }

    /// A time to the second: `2026-11-22 09:12:07`.
    pub(crate) fn second(&self, time: Timestamp) -> String {
        self.zoned(time).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// A user as people know them.
    pub(crate) fn user(&self, uid: u32) -> String {
        (self.login)(uid).unwrap_or_else(|| format!("user {uid}"))
    }

    fn zoned(&self, time: Timestamp) -> Zoned {
        time.to_zoned(self.zone.clone())
    }
}

fn has_colors() -> bool {
    let set = |name: &str| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    io::stdout().is_terminal() && is_wanted(set("NO_COLOR").as_deref(), set("TERM").as_deref())
}

#[cfg(test)]
mod tests {
    use crate::tests::sample;

    #[test]
    fn times_within_a_day_are_relative_and_others_are_dates() {
        let view = sample::view();
        let ago = |seconds: i64| view.ago(view.now - jiff::SignedDuration::from_secs(seconds));
        let said = [0, 59, 60, 3599, 3600, 86_399, 86_400, -300].map(ago);
        let expected = [
            "just now",
            "just now",
            "1 min ago",
            "59 min ago",
            "1 h ago",
            "23 h ago",
            "2026-11-21 13:00",
            "2026-11-22 13:05",
        ];
        assert_eq!(said, expected);
    }

    #[test]
    fn a_time_to_come_has_its_date_only_on_another_day() {
        let view = sample::view();
        let time = |text: &str| view.clock(text.parse().unwrap());
        assert_eq!(time("2026-11-22T16:40:00Z"), "17:40");
        assert_eq!(time("2026-11-22T23:40:00Z"), "2026-11-23 00:40");
    }

    #[test]
    fn a_user_without_a_name_has_a_number() {
        assert_eq!([1000, 4711].map(|uid| sample::view().user(uid)), ["ada", "user 4711"]);
    }
}
