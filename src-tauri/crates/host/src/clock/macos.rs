//! macOS counts the time it sleeps in `CLOCK_MONOTONIC_RAW`, which no change of the date moves.

use std::time::Duration;

#[expect(unsafe_code, reason = "the standard library asks a clock that stops while the machine sleeps")]
pub(super) fn boottime() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for writes; the clock exists on every macOS.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC_RAW, &raw mut time) };
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}
