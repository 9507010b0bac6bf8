//! What the service tells the service manager that started it. Started by hand, each call does nothing.

use std::io;
use std::time::Duration;

#[cfg(windows)]
use crate::services::report as system;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(target_os = "macos")]
use macos as system;

/// Says that the service answers.
pub fn ready() -> io::Result<()> {
    system::ready()
}

/// Says that the service is about to end.
pub fn stopping() -> io::Result<()> {
    system::stopping()
}

/// Shows one line beside the service in the service manager's own status.
pub fn status(line: &str) -> io::Result<()> {
    system::status(line)
}

/// How often to call `watchdog_ping`, which is half of what the service manager waits for; `None` when it does not wait.
#[must_use]
pub fn watchdog_interval() -> Option<Duration> {
    system::watchdog_interval()
}

/// Says that the service is still alive.
pub fn watchdog_ping() -> io::Result<()> {
    system::watchdog_ping()
}

#[cfg(target_os = "linux")]
mod linux {
    //! systemd hears by a socket that it names in the environment (sd_notify(3)).

    use std::env;
    use std::io;
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    use std::sync::OnceLock;
    use std::time::Duration;

    use sd_notify::NotifyState;

    pub(super) fn ready() -> io::Result<()> {
        sd_notify::notify(&[NotifyState::Ready])
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

    /// By a socket that is kept: without a free descriptor no other could be opened, and a service that does not say that it
    /// is alive is killed.
    pub(super) fn watchdog_ping() -> io::Result<()> {
        static KEPT: OnceLock<UnixDatagram> = OnceLock::new();
        let Some(name) = env::var_os("NOTIFY_SOCKET") else { return Ok(()) };
        let address = match name.as_bytes().strip_prefix(b"@") {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(&name)?,
        };
        let socket = match KEPT.get() {
            Some(kept) => kept,
            None => KEPT.get_or_init({
                let opened = UnixDatagram::unbound()?;
                || opened
            }),
        };
        socket.send_to_addr(b"WATCHDOG=1\n", &address).map(drop)
    }

    /// The protocol ends an assignment at a line break: an image name must not be able to add one of its own.
    fn one_line(text: &str) -> String {
        text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
    }
}

#[cfg(target_os = "macos")]
mod macos {
    //! launchd asks nothing of a service but that it runs.
    #![expect(clippy::unnecessary_wraps, reason = "other service managers are told, which can fail")]

    use std::io;
    use std::time::Duration;

    pub(super) fn ready() -> io::Result<()> {
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
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::process::Command;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    use super::*;

    #[test]
    #[ignore = "run by `the_service_manager_hears_every_state`, with an environment of its own"]
    fn say_everything() {
        ready().unwrap();
        status("3 engines routed\nREADY=0").unwrap();
        watchdog_ping().unwrap();
        stopping().unwrap();
        assert_eq!(watchdog_interval(), Some(Duration::from_secs(15)));
    }

    #[test]
    #[ignore = "run by `without_a_free_descriptor_the_service_still_says_that_it_is_alive`, whose limit is the process's"]
    fn ping_without_a_descriptor() {
        watchdog_ping().unwrap();
        let limit = Rlimit { current: Some(0), ..getrlimit(Resource::Nofile) };
        setrlimit(Resource::Nofile, limit).unwrap();
        watchdog_ping().unwrap();
    }

    /// What a service manager hears of one of the tests above.
    fn heard_of(test: &str, count: usize) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify.sock");
        let socket = UnixDatagram::bind(&path).unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored"])
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", "30000000")
            .env_remove("WATCHDOG_PID")
            .output()
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        let mut buffer = [0; 512];
        let next = |_| {
            let length = socket.recv(&mut buffer).unwrap();
            String::from_utf8(buffer[..length].to_vec()).unwrap().trim_end().to_owned()
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn the_service_manager_hears_every_state() {
        let expected = ["READY=1", "STATUS=3 engines routed READY=0", "WATCHDOG=1", "STOPPING=1"];
        assert_eq!(heard_of("notify::tests::say_everything", 4), expected);
    }

    /// A service that ran out of descriptors for half a minute was killed for saying nothing.
    #[test]
    fn without_a_free_descriptor_the_service_still_says_that_it_is_alive() {
        let heard = heard_of("notify::tests::ping_without_a_descriptor", 2);
        assert_eq!(heard, ["WATCHDOG=1", "WATCHDOG=1"]);
    }
}
