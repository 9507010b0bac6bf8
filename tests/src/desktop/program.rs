//! A program that keeps running on the desktop.

use std::fs;

use super::{Desktop, quoted};
use crate::laptop::Laptop;

/// A program that was started on a desktop, and what it started in turn.
#[derive(Clone, Debug)]
pub struct Program<'a> {
    laptop: &'a Laptop,
    unit: String,
    folder: String,
    name: String,
    pid: u32,
}

impl Program<'_> {
    /// Its process in the laptop.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether it is still there.
    pub fn is_running(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/root/proc/{}/stat", self.laptop.pid(), self.pid));
        stat.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z')))
    }

    /// What it wrote to its output and error output.
    pub fn output(&self) -> String {
        let path = format!("/proc/{}/root{}/{}.log", self.laptop.pid(), self.folder, self.name);
        fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Ends it and all that it started.
    pub fn stop(&self) {
        self.laptop.run(&format!("systemctl stop {}", self.unit));
    }

    /// Kills it and all that it started, without a warning.
    pub fn kill(&self) {
        self.laptop.run(&format!("systemctl kill --signal=KILL {0}; systemctl stop {0}", self.unit));
    }
}

impl<'a> Desktop<'a> {
    /// Starts a shell command as a systemd unit of the desktop's slice, so that nothing it starts can escape.
    pub(super) fn launch(&self, name: &str, command: &str) -> Program<'a> {
        let (folder, person) = (self.folder(), self.person);
        let unit = format!("desktop{}-{name}.service", self.number);
        let environment = self.environment();
        let environment = environment.iter().map(|(name, value)| format!("--setenv={name}={value} "));
        // The inner shell becomes the command, so that the pid is the command's own.
        let script = format!("echo $$ > {folder}/{name}.pid; exec /bin/bash -c \"$0\"");
        let _ = fs::remove_file(self.seen_from_host(&format!("{folder}/{name}.pid")));
        self.laptop.must(&format!(
            "systemd-run --quiet --collect --expand-environment=no --unit={unit} --slice={slice} --uid={user} --working-directory={home} \
             --property=StandardOutput=append:{folder}/{name}.log --property=StandardError=inherit \
             --property=TimeoutStopSec=5 --setenv=LANG=C.UTF-8 --setenv=PATH=\"$PATH\" {environment} \
             /bin/bash -c {script} {command}",
            slice = self.slice(),
            user = person.name(),
            home = person.home(),
            environment = environment.collect::<String>(),
            script = quoted(&script),
            command = quoted(command),
        ));
        let pid = self.wait_for(&format!("`{command}` is started"), || {
            self.read(&format!("{name}.pid"))?.trim().parse().ok()
        });
        Program { laptop: self.laptop, unit, folder, name: name.to_owned(), pid }
    }
}
