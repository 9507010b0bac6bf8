//! The folders of the machine by the file system hierarchy standard.

pub(super) const CONFIG: &str = "/etc/pullgate";
pub(super) const STATE: &str = "/var/lib/pullgate";
pub(super) const STEWARD_STATE: &str = "/var/lib/pullgate-steward";
pub(super) const RUNTIME: &str = "/run/pullgate";
