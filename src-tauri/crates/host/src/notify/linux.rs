//! systemd hears by a socket that it names in the environment (sd_notify(3)).

use std::io;
use std::time::Duration;

use sd_notify::NotifyState;

pub(super) fn ready() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Ready])
}

pub(super) fn reloading() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Reloading, NotifyState::monotonic_usec_now()?])
}

pub(super) fn stopping() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Stopping])
}

pub(super) fn status(line: &str) -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Status(&one_line(line))])
}

pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|limit| limit / 2).filter(|interval| !interval.is_zero())
}

pub(super) fn watchdog_ping() -> io::Result<()> {
    sd_notify::notify(&[NotifyState::Watchdog])
}

/// The protocol ends an assignment at a line break: an image name must not be able to add one of its own.
fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
