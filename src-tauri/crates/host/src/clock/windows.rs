//! Windows counts the time it sleeps in its ticks.

use std::time::Duration;

use windows_sys::Win32::System::SystemInformation::GetTickCount64;

#[expect(unsafe_code, reason = "the standard library asks a clock that stops while the machine sleeps")]
pub(super) fn boottime() -> Duration {
    // SAFETY: it takes nothing and cannot fail.
    Duration::from_millis(unsafe { GetTickCount64() })
}
