//! The one place that asks what time it is. Everything else takes the time as an argument.

use std::time::Duration;

use jiff::Timestamp;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(windows)]
mod windows;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;
#[cfg(windows)]
use windows as system;

/// The wall clock.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time since the machine started, sleep included: it never goes back and a suspended laptop does not stop it.
#[must_use]
pub fn boottime() -> Duration {
    system::boottime()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boottime_is_at_least_the_uptime_the_kernel_reports() {
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let seconds: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
        let asked = boottime().as_secs_f64();
        assert!(asked >= seconds && asked < seconds + 60.0, "{asked} against {seconds}");
    }

    #[test]
    fn boottime_never_goes_back() {
        let first = boottime();
        assert!(boottime() >= first);
    }

    #[test]
    fn the_wall_clock_agrees_with_a_file_written_just_before() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let written = Timestamp::try_from(file.as_file().metadata().unwrap().modified().unwrap()).unwrap();
        let apart = now().duration_since(written).abs();
        assert!(apart < jiff::SignedDuration::from_secs(60), "{apart:?}");
    }
}
