//! The one place that asks what time it is. Everything else takes the time as an argument.

use std::time::Duration;

use jiff::Timestamp;

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

#[cfg(target_os = "linux")]
mod linux {
    //! Linux counts suspended time in `CLOCK_BOOTTIME` only.

    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub(super) fn boottime() -> Duration {
        let time = clock_gettime(ClockId::Boottime);
        Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
    }
}

#[cfg(target_os = "macos")]
mod macos {
    //! macOS counts the time it sleeps in `CLOCK_MONOTONIC_RAW`, which no change of the date moves.

    use std::time::Duration;

    #[expect(unsafe_code, reason = "the standard library asks a clock that stops while the machine sleeps")]
    pub(super) fn boottime() -> Duration {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is valid for writes; the clock exists on every macOS.
        unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_RAW, &raw mut time) };
        Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
    }
}

#[cfg(windows)]
mod windows {
    //! Windows counts the time it sleeps in its ticks.

    use std::time::Duration;

    use windows_sys::Win32::System::SystemInformation::GetTickCount64;

    #[expect(unsafe_code, reason = "the standard library asks a clock that stops while the machine sleeps")]
    pub(super) fn boottime() -> Duration {
        // SAFETY: it takes nothing and cannot fail.
        Duration::from_millis(unsafe { GetTickCount64() })
    }
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
