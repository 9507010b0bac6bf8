//! A machine in memory: files, folders, canned answers, and a count-down after which every effect fails,
//! which is how a crash at each step is played.
#![expect(clippy::unwrap_used, reason = "only tests and fuzzing have this machine")]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::*;

type Files = BTreeMap<PathBuf, (Vec<u8>, Attributes)>;
type React = Box<dyn Fn(&Memory, &[&str]) -> Option<Output>>;

/// A machine whose every effect can be looked at.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) files: RefCell<Files>,
    pub(crate) folders: RefCell<Vec<PathBuf>>,
    pub(crate) links: Vec<PathBuf>,
    /// Links that were made, and what they lead to.
    pub(crate) targets: RefCell<BTreeMap<PathBuf, PathBuf>>,
    pub(crate) read_only: Vec<PathBuf>,
    /// Folders that others than root can write.
    pub(crate) loose: Vec<PathBuf>,
    pub(crate) running: Vec<Process>,
    pub(crate) open: BTreeMap<u32, Vec<PathBuf>>,
    pub(crate) log: RefCell<Vec<String>>,
    pub(crate) steps_left: Cell<Option<u32>>,
    /// Files and folders that were changed at another time than 0.
    pub(crate) times: RefCell<BTreeMap<PathBuf, i64>>,
    pub(crate) answers: RefCell<BTreeMap<String, Answer>>,
    pub(crate) react: Option<React>,
}

impl Memory {
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let machine = Self::default();
        for (path, text) in files {
            machine.put(path, text.as_bytes());
        }
        machine
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        let path = Path::new(path);
        let parents = path.ancestors().skip(1).map(Path::to_path_buf);
        self.folders.borrow_mut().extend(parents);
        self.files.borrow_mut().insert(path.to_path_buf(), (bytes.to_vec(), Attributes::PUBLIC));
    }

    pub(crate) fn text(&self, path: impl AsRef<Path>) -> Option<String> {
        let files = self.files.borrow();
        files.get(path.as_ref()).map(|(bytes, _)| String::from_utf8_lossy(bytes).into_owned())
    }

    /// The files below `/etc`, as the person sees them.
    pub(crate) fn etc(&self) -> Files {
        let files = self.files.borrow();
        files.iter().filter(|(p, _)| p.starts_with("/etc")).map(|(p, f)| (p.clone(), f.clone())).collect()
    }

    pub(crate) fn answer(&self, target: &str, status: u16, body: &str) {
        let answer = Answer { status, body: body.into() };
        self.answers.borrow_mut().insert(target.into(), answer);
    }

    fn effect(&self, operation: &'static str, path: &Path) -> Result<(), MachineError> {
        let refuse = |problem: &str| MachineError { operation, path: path.into(), problem: problem.into() };
        match self.steps_left.get() {
            Some(0) => return Err(refuse("the machine stopped")),
            Some(left) => self.steps_left.set(Some(left - 1)),
            None => {}
        }
        self.log.borrow_mut().push(format!("{operation} {}", path.display()));
        Ok(())
    }
}

impl Machine for Memory {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, MachineError> {
        Ok(self.files.borrow().get(path).map(|(bytes, _)| bytes.clone()))
    }

    fn entry(&self, path: &Path) -> Result<Option<Entry>, MachineError> {
        let modified = self.times.borrow().get(path).copied().unwrap_or_default();
        let entry = |kind, attributes| Some(Entry { kind, attributes, modified });
        if self.links.iter().any(|link| link == path) || self.targets.borrow().contains_key(path) {
            return Ok(entry(Kind::Symlink, Attributes::PUBLIC));
        }
        if let Some((_, attributes)) = self.files.borrow().get(path) {
            return Ok(entry(Kind::File, *attributes));
        }
        let is_folder = self.folders.borrow().iter().any(|folder| folder == path);
        Ok(if is_folder { entry(Kind::Folder, Attributes { mode: 0o755, uid: 0, gid: 0 }) } else { None })
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>, MachineError> {
        let files = self.files.borrow();
        let folders = self.folders.borrow();
        let targets = self.targets.borrow();
        let inside = files
            .keys()
            .chain(folders.iter())
            .chain(targets.keys())
            .filter(|path| path.parent() == Some(folder));
        let mut names: Vec<String> =
            inside.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
        names.sort();
        names.dedup();
        Ok(names)
    }

    fn in_home(&self, home: &Path, _owner: u32, below: &Path) -> InHome {
        let path = home.join(below);
        let steps = path.ancestors().filter(|it| it.starts_with(home));
        let is_link = |it: &&Path| matches!(self.entry(it), Ok(Some(Entry { kind: Kind::Symlink, .. })));
        if let Some(link) = steps.filter(is_link).last() {
            return InHome::Elsewhere(link.to_path_buf());
        }
        match self.entry(&path).unwrap() {
            None => InHome::Absent,
            Some(entry) if entry.kind == Kind::Folder => InHome::Folder(self.names(&path).unwrap()),
            Some(_) => InHome::There,
        }
    }

    fn stamp(&self, path: &Path) -> Stamp {
        let content = self.files.borrow().get(path).cloned();
        let looks = (content, self.entry(path).ok().flatten().map(|it| it.modified), self.names(path).ok());
        let mut hasher = DefaultHasher::new();
        format!("{looks:?}").hash(&mut hasher);
        Stamp(vec![hasher.finish()])
    }

    fn loose_folder(&self, path: &Path) -> Option<PathBuf> {
        self.loose.iter().find(|folder| path.starts_with(folder)).cloned()
    }

    fn writable(&self, path: &Path) -> bool {
        !self.read_only.iter().any(|mount| path.starts_with(mount))
    }

    fn write(&self, path: &Path, bytes: &[u8], attributes: Attributes) -> Result<(), MachineError> {
        self.effect("write", path)?;
        let parent = path.parent().unwrap_or(Path::new("/"));
        assert!(self.folders.borrow().iter().any(|folder| folder == parent), "no folder for {path:?}");
        self.files.borrow_mut().insert(path.into(), (bytes.into(), attributes));
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), MachineError> {
        self.effect("remove", path)?;
        self.targets.borrow_mut().remove(path);
        self.files.borrow_mut().remove(path);
        Ok(())
    }

    fn make_folder(&self, folder: &Path) -> Result<(), MachineError> {
        self.effect("make", folder)?;
        self.folders.borrow_mut().push(folder.into());
        Ok(())
    }

    fn remove_empty_folder(&self, folder: &Path) -> Result<(), MachineError> {
        self.effect("remove if empty", folder)?;
        if self.names(folder)?.is_empty() {
            self.folders.borrow_mut().retain(|other| other != folder);
        }
        Ok(())
    }

    fn link_target(&self, path: &Path) -> Option<PathBuf> {
        self.targets.borrow().get(path).cloned()
    }

    fn link(&self, path: &Path, target: &Path) -> Result<(), MachineError> {
        self.effect("link", path)?;
        self.targets.borrow_mut().insert(path.into(), target.into());
        Ok(())
    }

    fn real(&self, path: &Path) -> PathBuf {
        self.link_target(path).unwrap_or_else(|| path.to_path_buf())
    }

    fn run(&self, command: &[&str]) -> Output {
        let line = command.join(" ");
        if self.effect("run", Path::new(&line)).is_err() {
            return Output { status: None, ..Output::default() };
        }
        let canned = self.react.as_ref().and_then(|react| react(self, command));
        canned.unwrap_or(Output { status: Some(0), ..Output::default() })
    }

    fn ask(&self, socket: &Path, method: &str, target: &str) -> Result<Answer, MachineError> {
        let known = self.answers.borrow().get(&format!("{method} {target}")).cloned();
        known.ok_or(MachineError { operation: "ask", path: socket.into(), problem: "nobody answers".into() })
    }

    fn processes(&self) -> Vec<Process> {
        self.running.clone()
    }

    fn open_files(&self, pid: u32) -> Vec<PathBuf> {
        self.open.get(&pid).cloned().unwrap_or_default()
    }

    fn hang_up(&self, pid: u32) -> Result<(), MachineError> {
        self.effect("hang up", Path::new(&pid.to_string()))
    }

    fn wait(&self, _time: Duration) {}
}
