//! A desktop on a laptop of [`crate::laptop::Options::desktop`]: a screen in memory, a session bus, windows, a panel with
//! a tray, and notifications with buttons, all real and all of one person.
//!
//! Hands and eyes are separate: [`tray`], [`notifications`], [`windows`], [`accessible`], [`picture`], [`process`] and
//! [`web_window`] each need no other.

pub mod accessible;
mod bus;
pub mod menu;
pub mod notifications;
mod parts;
pub mod picture;
pub mod process;
mod program;
pub mod tray;
pub mod web_window;
pub mod windows;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::laptop::{Laptop, Output, Person};

pub(crate) use parts::CONFIGURATION;
pub use program::Program;

/// How long something may take to appear on the desktop.
const DEADLINE: Duration = Duration::from_secs(30);

static NUMBER: AtomicUsize = AtomicUsize::new(1);

/// Whether the desktop has a host of status notifier items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Xfce's panel with a tray on its right.
    Xfce,
    /// None, as on GNOME; [`Desktop::start_panel`] may bring one later.
    Missing,
}

/// A running desktop; when the value is dropped, it is gone with all that ran on it.
#[derive(Debug)]
pub struct Desktop<'a> {
    laptop: &'a Laptop,
    person: Person,
    number: usize,
    spawned: AtomicUsize,
}

impl<'a> Desktop<'a> {
    /// Starts a whole desktop for one of the laptop's people.
    pub fn start(laptop: &'a Laptop, person: Person, panel: Panel) -> Self {
        Self::furnish(laptop, person, panel, true)
    }

    /// The same where nobody answers to `org.freedesktop.Notifications`, until [`Desktop::start_notifications`].
    pub fn start_without_notifications(laptop: &'a Laptop, person: Person, panel: Panel) -> Self {
        Self::furnish(laptop, person, panel, false)
    }

    fn furnish(laptop: &'a Laptop, person: Person, panel: Panel, has_notifications: bool) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let desktop = Self { laptop, person, number, spawned: AtomicUsize::new(1) };
        desktop.start_session();
        std::thread::scope(|scope| {
            scope.spawn(|| desktop.start_windows());
            if panel == Panel::Xfce {
                scope.spawn(|| desktop.start_panel());
            }
            if has_notifications {
                scope.spawn(|| desktop.start_notifications());
            }
        });
        desktop
    }

    /// The laptop that it is on.
    pub fn laptop(&self) -> &'a Laptop {
        self.laptop
    }

    /// Runs a shell command on the desktop and waits for its end.
    pub fn run(&self, command: &str) -> Output {
        self.laptop.run_as(self.person, &format!(". {}/environment\n{command}", self.folder()))
    }

    /// Runs a shell command on the desktop and fails the test unless it succeeds.
    pub fn must(&self, command: &str) -> Output {
        let output = self.run(command);
        assert!(
            output.code == 0,
            "`{command}` on the desktop exited with {}:\n{}\n{}",
            output.code,
            output.terminal,
            self.complaints()
        );
        output
    }

    /// Starts a shell command on the desktop that runs on until the desktop ends.
    pub fn spawn(&self, command: &str) -> Program<'a> {
        let count = self.spawned.fetch_add(1, Ordering::Relaxed);
        self.launch(&format!("program-{count}"), command)
    }

    /// Asks again and again until there is a value, and fails the test after half a minute; `what` completes the words
    /// "waited in vain until".
    pub fn wait_for<T>(&self, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = attempt() {
                return value;
            }
            let waited = started.elapsed();
            assert!(
                waited < DEADLINE,
                "waited {} s in vain until {what}\n{}",
                waited.as_secs(),
                self.complaints()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// The last that every program on the desktop said.
    fn complaints(&self) -> String {
        self.laptop.run(&format!("cd {} && tail -n 5 *.log | cut -c 1-300", self.folder())).stdout
    }

    /// What every program on the desktop finds in its environment.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let own = |name, value: &str| (name, value.to_owned());
        vec![
            own("DISPLAY", &format!(":{}", self.number)),
            own("DBUS_SESSION_BUS_ADDRESS", &format!("unix:path=/run/user/{}/bus", self.person.uid())),
            own("XDG_RUNTIME_DIR", &format!("/run/user/{}", self.person.uid())),
            own("XDG_CURRENT_DESKTOP", "XFCE"),
            own("XDG_SESSION_TYPE", "x11"),
            own("GDK_BACKEND", "x11"),
            own("LIBGL_ALWAYS_SOFTWARE", "1"),
        ]
    }

    /// The desktop's own folder in the laptop, with a log of every program and `environment`, which a shell can read in.
    pub fn folder(&self) -> String {
        format!("/run/desktop-{}", self.number)
    }

    fn slice(&self) -> String {
        format!("desktop{}.slice", self.number)
    }

    /// A path of the laptop as the host reaches it.
    fn seen_from_host(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root{path}", self.laptop.pid()))
    }

    /// A file of the desktop's own folder, if it is there and can be read.
    fn read(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.seen_from_host(&format!("{}/{name}", self.folder()))).ok()
    }
}

impl Drop for Desktop<'_> {
    fn drop(&mut self) {
        let slice = self.slice();
        self.laptop.run(&format!("systemctl kill --signal=KILL {slice}; systemctl stop {slice}"));
    }
}

/// A word as a shell reads it, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
