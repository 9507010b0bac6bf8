//! launchd asks nothing of a service but that it runs.
#![expect(clippy::unnecessary_wraps, reason = "other service managers are told, which can fail")]

use std::io;
use std::time::Duration;

pub(super) fn ready() -> io::Result<()> {
    Ok(())
}

pub(super) fn reloading() -> io::Result<()> {
    Ok(())
}

pub(super) fn stopping() -> io::Result<()> {
    Ok(())
}

pub(super) fn status(_: &str) -> io::Result<()> {
    Ok(())
}

pub(super) fn watchdog_interval() -> Option<Duration> {
    None
}

pub(super) fn watchdog_ping() -> io::Result<()> {
    Ok(())
}
