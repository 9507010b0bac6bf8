//! Times as people type them: a length, a point in the past.

use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use thiserror::Error;

/// A length of time above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Length(SignedDuration);

/// A point in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
    Ago(Length),
    /// At this date and time, where the reader is.
    Local(DateTime),
    /// At this moment.
    At(Timestamp),
}

/// Why a text is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TimeError {
    /// No length.
    #[error("write a length of time, such as `30m`, `1h` or `2d`")]
    Length,
    /// No point in the past.
    #[error("write a length of time (`2h`, `1d`), a day (`2026-11-20`) or a moment (`2026-11-20T09:00:00Z`)")]
    Since,
}

impl Length {
    /// In whole seconds, at least one.
    pub(crate) fn seconds(self) -> u64 {
        self.0.as_secs().unsigned_abs().max(1)
    }
}

impl FromStr for Length {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let span: Span = text.trim().parse().map_err(|_| TimeError::Length)?;
        let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| TimeError::Length)?;
        if length.is_positive() { Ok(Self(length)) } else { Err(TimeError::Length) }
    }
}

impl Since {
    /// The moment that is meant. What lies before all time is the beginning of time.
    pub(crate) fn timestamp(self, now: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Ago(Length(length)) => now.checked_sub(length).unwrap_or(Timestamp::MIN),
            Self::Local(time) => zone.to_timestamp(time).unwrap_or(Timestamp::MIN),
            Self::At(time) => time,
        }
    }
}

impl FromStr for Since {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let time = text.parse().map(Self::At).ok();
        let local = || text.parse().map(Self::Local).ok();
        let ago = || text.parse().map(Self::Ago).ok();
        time.or_else(local).or_else(ago).ok_or(TimeError::Since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn since(text: &str) -> Result<String, TimeError> {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let berlin = TimeZone::fixed(jiff::tz::offset(1));
        Ok(text.parse::<Since>()?.timestamp(now, &berlin).to_string())
    }

    #[test]
    fn a_point_in_the_past_is_a_length_a_day_or_a_time() {
        let cases = [
            ("2h", "2026-11-22T10:00:00Z"),
            ("1d", "2026-11-21T12:00:00Z"),
            ("1h 30m", "2026-11-22T10:30:00Z"),
            ("2 weeks", "2026-11-08T12:00:00Z"),
            ("2026-11-20", "2026-11-19T23:00:00Z"),
            ("2026-11-20 09:30", "2026-11-20T08:30:00Z"),
            ("2026-11-20T09:30:00Z", "2026-11-20T09:30:00Z"),
            ("2026-11-20T09:30:00+05:00", "2026-11-20T04:30:00Z"),
        ];
        for (text, time) in cases {
            assert_eq!(since(text), Ok(time.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_point_in_the_past_is_refused() {
        for text in ["", "2", "soon", "2026-13-01", "-2h", "1 month", "09:30"] {
            assert_eq!(since(text), Err(TimeError::Since), "{text}");
        }
    }

    #[test]
    fn a_length_is_above_zero_and_has_a_unit() {
        let seconds = |text: &str| text.parse::<Length>().map(Length::seconds);
        assert_eq!([seconds("1h"), seconds("90s"), seconds("2h 30m")], [Ok(3600), Ok(90), Ok(9000)]);
        for text in ["", "0s", "-1h", "60", "1 year", "forever"] {
            assert_eq!(seconds(text), Err(TimeError::Length), "{text}");
        }
    }
}
