//! Linux holds a folder that it may not read.

use rustix::fs::{OFlags, Stat};

/// How a folder is opened only to be held.
pub(super) const HOLD: OFlags = OFlags::PATH;

pub(super) fn mode_of(stat: &Stat) -> u32 {
    stat.st_mode
}
