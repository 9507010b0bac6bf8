//! A machine as one look at it sees it. What was looked at is recorded with how it was, so that a later look can tell in
//! no time whether any of it has changed. systemd and containerd are asked each thing once a look, and a program for its
//! version once as long as its file stays: several engines share units and programs.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::versions::Versions;
use super::{Answer, Attributes, Entry, InHome, Machine, MachineError, Output, Process, Stamp};

/// What the kernel makes up at each look.
const MADE_UP: [&str; 2] = ["/proc", "/sys"];

/// Looks at a machine for somebody and remembers the files and folders.
pub struct RecordingMachine<'a> {
    machine: &'a dyn Machine,
    versions: &'a Versions,
    seen: RefCell<BTreeMap<PathBuf, Stamp>>,
    homes: RefCell<Vec<HomeLookup>>,
    /// What was said in this look, until something is changed or waited for.
    answers: RefCell<BTreeMap<Vec<String>, Output>>,
}

/// A look below a home: the home, its owner, the path, and what was there.
type HomeLookup = (PathBuf, u32, PathBuf, InHome);

/// Files and folders as they were when they were looked at, those that were not there included.
#[derive(Debug, Default)]
pub struct FileStamps {
    paths: BTreeMap<PathBuf, Stamp>,
    homes: Vec<HomeLookup>,
}

impl FileStamps {
    /// The first of them that is no longer as it was.
    pub fn changed(&self, machine: &dyn Machine) -> Option<&Path> {
        let changed = self.paths.iter().find(|(path, stamp)| machine.stamp(path) != **stamp);
        let in_homes = || {
            let is_new =
                |(home, owner, below, seen): &&HomeLookup| machine.in_home(home, *owner, below) != *seen;
            self.homes.iter().find(is_new).map(|(home, ..)| home.as_path())
        };
        changed.map(|(path, _)| path.as_path()).or_else(in_homes)
    }
}

impl<'a> RecordingMachine<'a> {
    /// Has seen nothing yet.
    pub fn new(machine: &'a dyn Machine, versions: &'a Versions) -> Self {
        let (seen, homes, answers) = Default::default();
        Self { machine, versions, seen, homes, answers }
    }

    /// What was seen.
    pub fn into_stamps(self) -> FileStamps {
        FileStamps { paths: self.seen.into_inner(), homes: self.homes.into_inner() }
    }

    /// The stamp is taken before the look: what changes in between is a change.
    fn record(&self, path: &Path) {
        if !MADE_UP.iter().any(|folder| path.starts_with(folder)) {
            let mut seen = self.seen.borrow_mut();
            seen.entry(path.to_path_buf()).or_insert_with(|| self.machine.stamp(path));
        }
    }

    fn ask_once(&self, command: &[&str]) -> Output {
        let key: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        if let Some(known) = self.answers.borrow().get(&key) {
            return known.clone();
        }
        let output = self.machine.run(command);
        self.answers.borrow_mut().insert(key, output.clone());
        output
    }

    /// The answers may be others by now.
    fn forget_answers(&self) {
        self.answers.borrow_mut().clear();
    }
}

impl Machine for RecordingMachine<'_> {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, MachineError> {
        self.record(path);
        self.machine.read(path)
    }

    fn entry(&self, path: &Path) -> Result<Option<Entry>, MachineError> {
        self.record(path);
        self.machine.entry(path)
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>, MachineError> {
        self.record(folder);
        self.machine.names(folder)
    }

    fn in_home(&self, home: &Path, owner: u32, below: &Path) -> InHome {
        let seen = self.machine.in_home(home, owner, below);
        let mut homes = self.homes.borrow_mut();
        let known = |(h, _, b, _): &HomeLookup| h == home && b == below;
        if !homes.iter().any(known) {
            homes.push((home.into(), owner, below.into(), seen.clone()));
        }
        seen
    }

    fn stamp(&self, path: &Path) -> Stamp {
        self.machine.stamp(path)
    }

    fn loose_folder(&self, path: &Path) -> Option<PathBuf> {
        self.machine.loose_folder(path)
    }

    fn writable(&self, path: &Path) -> bool {
        self.machine.writable(path)
    }

    fn write(&self, path: &Path, bytes: &[u8], attributes: Attributes) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.write(path, bytes, attributes)
    }

    fn remove(&self, path: &Path) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.remove(path)
    }

    fn make_folder(&self, folder: &Path) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.make_folder(folder)
    }

    fn remove_empty_folder(&self, folder: &Path) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.remove_empty_folder(folder)
    }

    fn link_target(&self, path: &Path) -> Option<PathBuf> {
        self.record(path);
        self.machine.link_target(path)
    }

    fn link(&self, path: &Path, target: &Path) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.link(path, target)
    }

    fn real(&self, path: &Path) -> PathBuf {
        self.record(path);
        self.machine.real(path)
    }

    fn run(&self, command: &[&str]) -> Output {
        match command {
            ["systemctl", "show", ..] | [_, "--config", _, "config", "dump"] => self.ask_once(command),
            [program, "--version"] => self.versions.of(self.machine, program),
            _ => {
                self.forget_answers();
                self.machine.run(command)
            }
        }
    }

    fn ask(&self, socket: &Path, method: &str, target: &str) -> Result<Answer, MachineError> {
        self.machine.ask(socket, method, target)
    }

    fn processes(&self) -> Vec<Process> {
        // One of them may be a unit's that did not run when systemd was asked about it.
        self.forget_answers();
        self.machine.processes()
    }

    fn open_files(&self, pid: u32) -> Vec<PathBuf> {
        self.machine.open_files(pid)
    }

    fn hang_up(&self, pid: u32) -> Result<(), MachineError> {
        self.forget_answers();
        self.machine.hang_up(pid)
    }

    fn wait(&self, time: Duration) {
        self.forget_answers();
        self.machine.wait(time);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::rc::Rc;

    use super::*;
    use crate::machine::memory::Memory;

    const FILE: &str = "/etc/docker/daemon.json";

    fn looked(machine: &Memory) -> FileStamps {
        let versions = Versions::default();
        let recording = RecordingMachine::new(machine, &versions);
        recording.read(Path::new(FILE)).unwrap();
        recording.entry(Path::new("/etc/docker/absent")).unwrap();
        recording.names(Path::new("/etc/containers")).unwrap();
        recording.read(Path::new("/proc/7/environ")).unwrap();
        recording.into_stamps()
    }

    #[test]
    fn what_was_looked_at_and_has_changed_is_noticed_and_nothing_else_is() {
        let machine = Memory::with(&[(FILE, "{}"), ("/etc/containers/registries.conf", "")]);
        let seen = looked(&machine);
        for (path, text) in [("/etc/fstab", "new"), ("/proc/7/environ", "A=1"), (FILE, "{}")] {
            machine.put(path, text.as_bytes());
            assert_eq!(seen.changed(&machine), None, "{path}");
        }
        for (written, noticed) in [
            (FILE, FILE),
            ("/etc/docker/absent", "/etc/docker/absent"),
            ("/etc/containers/policy.json", "/etc/containers"),
        ] {
            let seen = looked(&machine);
            machine.put(written, b"{\"debug\": true}");
            assert_eq!(seen.changed(&machine), Some(Path::new(noticed)), "{written}");
            machine.files.borrow_mut().remove(Path::new(written));
        }
    }

    #[test]
    fn what_changes_during_the_look_is_a_change() {
        let (machine, versions) = (Memory::with(&[(FILE, "{}")]), Versions::default());
        let recording = RecordingMachine::new(&machine, &versions);
        recording.entry(Path::new(FILE)).unwrap();
        machine.put(FILE, b"{\"debug\": true}");
        recording.read(Path::new(FILE)).unwrap();
        assert_eq!(recording.into_stamps().changed(&machine), Some(Path::new(FILE)));
    }

    /// A machine whose commands are counted; none of them says anything.
    fn counting() -> (Memory, Rc<Cell<usize>>) {
        let (mut machine, count) = (Memory::with(&[(FILE, "{}")]), Rc::new(Cell::new(0)));
        let counted = Rc::clone(&count);
        machine.react = Some(Box::new(move |_, _| {
            counted.set(counted.get() + 1);
            None
        }));
        (machine, count)
    }

    #[test]
    fn systemd_is_asked_each_thing_once_until_something_is_changed_or_waited_for() {
        let ((machine, count), versions) = (counting(), Versions::default());
        let look = RecordingMachine::new(&machine, &versions);
        let show = |unit: &str| drop(look.run(&["systemctl", "show", unit, "-p", "MainPID"]));
        let changes: [(&str, &dyn Fn()); 6] = [
            ("processes are listed", &|| drop(look.processes())),
            ("a file is written", &|| look.write(Path::new(FILE), b"", Attributes::PUBLIC).unwrap()),
            ("a file is removed", &|| look.remove(Path::new(FILE)).unwrap()),
            ("a unit is restarted", &|| drop(look.run(&["systemctl", "restart", "docker.service"]))),
            ("a command does whatever it does", &|| drop(look.run(&["systemd-run", "true"]))),
            ("time goes by", &|| look.wait(Duration::from_millis(1))),
        ];
        for (what, change) in changes {
            let before = count.get();
            (0..3).for_each(|_| show("docker.service"));
            (0..3).for_each(|_| show("containerd.service"));
            assert_eq!(count.get() - before, 2, "before {what}");
            change();
            let before = count.get();
            show("docker.service");
            assert_eq!(count.get() - before, 1, "after {what}");
            look.forget_answers();
        }
    }
}
