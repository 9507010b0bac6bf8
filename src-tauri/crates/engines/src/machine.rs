//! The one seam to the machine: every file read or written, every command run, every question to an engine.
//! Plans only read through it; `apply` writes. Tests put a machine in memory behind it.

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use host::files::InHome;
use serde::{Deserialize, Serialize};

pub(crate) mod linux;
#[cfg(any(test, fuzzing))]
pub(crate) mod memory;
pub(crate) mod recording;
#[cfg(any(test, fuzzing))]
pub(crate) mod simulated;
pub(crate) mod versions;

/// Who owns a file and who may read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Permission bits.
    pub mode: u32,
    /// Owner.
    pub uid: u32,
    /// Group.
    pub gid: u32,
}

impl Attributes {
    /// A file of root that everybody may read.
    pub const PUBLIC: Self = Self { mode: 0o644, uid: 0, gid: 0 };
    /// A file of root that nobody else may read.
    pub const SECRET: Self = Self { mode: 0o600, uid: 0, gid: 0 };
}

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, never followed.
    Symlink,
    /// A device, socket or pipe.
    Other,
}

/// What is known of a path without opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Whose it is.
    pub attributes: Attributes,
    /// Last change of its content, in seconds since 1970.
    pub modified: i64,
}

/// Tells a path as it is from what it was or will be; equal where nothing was done to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stamp(pub Vec<u64>);

/// How a command ended and what it said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Output {
    /// Exit status; `None` when it was killed or could not start.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output {
    /// Whether the command ended well.
    pub fn ok(&self) -> bool {
        self.status == Some(0)
    }

    /// Everything the command said, errors first, on one line.
    pub fn words(&self) -> String {
        let said = format!("{} {}", self.stderr, self.stdout);
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// An engine's answer over its socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Body as text.
    pub body: String,
}

/// A process in this machine's own process namespace (those inside containers are not).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: u32,
    /// Its parent's number.
    pub parent: u32,
    /// Whose it is.
    pub uid: u32,
    /// Program and arguments.
    pub arguments: Vec<String>,
}

impl Process {
    /// File name of the program.
    pub fn program(&self) -> &str {
        let first = self.arguments.first().map_or("", String::as_str);
        first.rsplit('/').next().unwrap_or(first)
    }
}

/// Something the machine refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot {operation} `{}`: {problem}", path.display())]
pub struct MachineError {
    /// What was tried, as a verb.
    pub operation: &'static str,
    /// On what.
    pub path: PathBuf,
    /// Why it failed.
    pub problem: String,
}

/// The effects an engine's routing needs.
pub trait Machine {
    /// The file's bytes; `None` when there is none.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, MachineError>;
    /// What stands at the path, links not followed; `None` when nothing does.
    fn entry(&self, path: &Path) -> Result<Option<Entry>, MachineError>;
    /// Sorted names in a folder; none when there is no such folder.
    fn names(&self, folder: &Path) -> Result<Vec<String>, MachineError>;
    /// What stands below a person's home, without following what is not theirs.
    fn in_home(&self, home: &Path, owner: u32, below: &Path) -> InHome;
    /// How the path is now, links followed as well.
    fn stamp(&self, path: &Path) -> Stamp;
    /// The first folder or link above the path that others than root can change.
    fn loose_folder(&self, path: &Path) -> Option<PathBuf>;
    /// Whether the path, or its nearest existing parent, is on a mount that can be written.
    fn writable(&self, path: &Path) -> bool;
    /// Replaces the file in one step, with its owner and mode; refused where others than root could put something else
    /// in its place meanwhile.
    fn write(&self, path: &Path, bytes: &[u8], attributes: Attributes) -> Result<(), MachineError>;
    /// Removes the file; absent is well.
    fn remove(&self, path: &Path) -> Result<(), MachineError>;
    /// Makes one folder, mode 0755; present is well.
    fn make_folder(&self, folder: &Path) -> Result<(), MachineError>;
    /// Removes a folder if it is empty; absent or in use is well.
    fn remove_empty_folder(&self, folder: &Path) -> Result<(), MachineError>;
    /// Where a symbolic link leads; `None` where there is none.
    fn link_target(&self, path: &Path) -> Option<PathBuf>;
    /// Makes a symbolic link, in place of one that is there.
    fn link(&self, path: &Path, target: &Path) -> Result<(), MachineError>;
    /// The path with every link in it followed; itself where that leads nowhere.
    fn real(&self, path: &Path) -> PathBuf;
    /// Runs a program with its arguments and a clean environment, within two minutes.
    fn run(&self, command: &[&str]) -> Output;
    /// One HTTP request over a Unix socket.
    fn ask(&self, socket: &Path, method: &str, target: &str) -> Result<Answer, MachineError>;
    /// The machine's processes.
    fn processes(&self) -> Vec<Process>;
    /// Files that the process holds open.
    fn open_files(&self, pid: u32) -> Vec<PathBuf>;
    /// Tells a process to read its configuration again.
    fn hang_up(&self, pid: u32) -> Result<(), MachineError>;
    /// Waits before a question is asked again.
    fn wait(&self, time: Duration);
}

/// Text of a file, with bytes that are not UTF-8 replaced; `None` when there is none or it cannot be read.
pub(crate) fn text(machine: &dyn Machine, path: &Path) -> Option<String> {
    let bytes = machine.read(path).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// What a variable was set to when a process began.
pub(crate) fn variable(machine: &dyn Machine, pid: u32, name: &str) -> Option<String> {
    let text = text(machine, Path::new(&format!("/proc/{pid}/environ")))?;
    text.split('\0').find_map(|it| Some(it.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}

/// First of the usual program folders that holds the program.
pub(crate) fn program(machine: &dyn Machine, name: &str) -> Option<PathBuf> {
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| matches!(machine.entry(path), Ok(Some(entry)) if entry.kind != Kind::Folder))
}
