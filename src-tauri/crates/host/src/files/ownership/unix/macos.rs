//! macOS holds a folder that it may read; those on the way to settings of the machine are open to everybody.

use rustix::fs::{OFlags, Stat};

/// How a folder is opened only to be held.
pub(super) const HOLD: OFlags = OFlags::RDONLY;

pub(super) fn mode_of(stat: &Stat) -> u32 {
    stat.st_mode.into()
}
