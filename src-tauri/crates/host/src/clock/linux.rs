//! Linux counts suspended time in `CLOCK_BOOTTIME` only.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

pub(super) fn boottime() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}
