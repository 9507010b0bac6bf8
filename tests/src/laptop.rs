//! A throwaway Debian laptop: systemd, the real engines, two people, and a small internet in front of it.
//!
//! It lives in namespaces of its own and in memory; when the value is dropped, or the test dies, it is gone.

mod boot;
mod firewall;
mod inside;
mod options;
mod output;
mod person;
mod place;
mod proxy;
mod root;

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub use firewall::Firewall;
pub use options::{Condition, Options, Store};
pub use output::Output;
pub use person::Person;
pub use place::{lab_binary, product};
pub use proxy::{CorporateProxy, ProxyAsked, ProxyDoor};
pub use root::Root;

use crate::internet::Internet;
use crate::policy_host::PolicyHost;
use crate::provider::Provider;
use crate::shared::take_turn;

/// How long one command in the laptop may take, as `timeout` reads it.
const PATIENCE: &str = "180s";

/// Between two looks at a condition: each look starts processes, and others work on the same machine.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(400);

/// A running laptop.
#[derive(Debug)]
pub struct Laptop {
    keeper: Child,
    pid: u32,
    lab: PathBuf,
}

impl Laptop {
    /// Boots a laptop, once this test may work, and waits until systemd and the internet are up.
    pub fn boot(options: &Options) -> Self {
        take_turn();
        boot::boot(options)
    }

    /// The process to enter: `nsenter -t PID -a`.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The folder that the laptop shares with the host, `/lab` inside.
    pub fn lab(&self) -> &Path {
        &self.lab
    }

    /// The internet in front of this laptop.
    pub fn internet(&self) -> Internet {
        Internet::at(&self.lab.join("control.sock"))
    }

    /// The identity provider, if [`Options::identity_provider`] wanted one.
    pub fn provider(&self) -> Provider {
        Provider::at(&self.lab.join("provider.sock"))
    }

    /// The policy host, if [`Options::policy_host`] wanted one.
    pub fn policy_host(&self) -> PolicyHost<'_> {
        PolicyHost::of(self)
    }

    /// Lets a task make its sockets in the laptop's network: what it binds or connects to is the laptop's loopback.
    pub fn inside<T: Send>(&self, task: impl FnOnce() -> T + Send) -> T {
        inside::inside(self.pid, task)
    }

    /// Runs a shell command as root.
    pub fn run(&self, command: &str) -> Output {
        self.run_as(Person::Root, command)
    }

    /// Runs a shell command as one of the laptop's people, in their home folder.
    pub fn run_as(&self, person: Person, command: &str) -> Output {
        let (name, home) = (person.name(), person.home());
        let mut entered = self.enter();
        if person != Person::Root {
            entered.args([
                "setpriv",
                &format!("--reuid={name}"),
                &format!("--regid={name}"),
                "--init-groups",
            ]);
        }
        entered.args(["env", &format!("--chdir={home}"), &format!("HOME={home}"), &format!("USER={name}")]);
        if person != Person::Root {
            entered.arg(format!("XDG_RUNTIME_DIR=/run/user/{}", person.uid()));
        }
        entered.args(["timeout", "--kill-after=5", PATIENCE, "/bin/bash", "-c", command]);
        output::capture(entered, b"")
    }

    /// Runs a shell command as root and fails the test unless it succeeds.
    pub fn must(&self, command: &str) -> Output {
        let output = self.run(command);
        assert!(
            output.code == 0,
            "`{command}` in the laptop exited with {}:\n{}",
            output.code,
            output.terminal
        );
        output
    }

    /// Writes a file as root, making its folders; an existing file is replaced.
    pub fn write_file(&self, path: &str, content: impl AsRef<[u8]>) {
        let script = r#"mkdir -p "$(dirname "$0")" && rm -f "$0" && cat > "$0""#;
        let mut command = self.enter();
        command.args(["/bin/sh", "-c", script, path]);
        let output = output::capture(command, content.as_ref());
        assert!(output.code == 0, "cannot write `{path}` in the laptop: {}", output.terminal);
    }

    /// Reads a file as root; `None` if it is not there.
    pub fn read_file(&self, path: &str) -> Option<String> {
        let output = self.run(&format!("[ -e '{path}' ] && cat '{path}'"));
        (output.code == 0).then_some(output.stdout)
    }

    /// Asks again and again until the condition holds, and fails the test after half a minute.
    pub fn wait_for(&self, what: &str, condition: impl FnMut(&Self) -> bool) {
        self.wait_up_to(Duration::from_secs(30), what, condition);
    }

    /// The same for what takes longer than half a minute.
    pub fn wait_up_to(&self, patience: Duration, what: &str, mut condition: impl FnMut(&Self) -> bool) {
        let started = Instant::now();
        while !condition(self) {
            let waited = started.elapsed();
            assert!(waited < patience, "waited {} s in vain until {what}", waited.as_secs());
            std::thread::sleep((waited / 8).clamp(SHORTEST_PAUSE, LONGEST_PAUSE));
        }
    }

    fn enter(&self) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["-t", &self.pid.to_string(), "-a", "env", "-i", "LANG=C.UTF-8", "TERM=dumb"]);
        command.arg("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/lab");
        command
    }
}

impl Drop for Laptop {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
