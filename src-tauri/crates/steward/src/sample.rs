//! A steward to try: state in a temporary folder, engines on a machine in memory.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use engines::{
    Answer, Attributes, DesiredRouting, Entry, InHome, Kind, Machine, MachineError, Originals, Output,
    Process, ProxyAnswers, Stamp,
};
use jiff::Timestamp;
use steward_protocol::RoutingRequest;
use tempfile::TempDir;

use super::{
    authorities::{Authorities, Bundles},
    engine_work::EngineWork,
    handler::Handler,
    login::Reader,
    storages::Storages,
};

/// A machine with Podman, whose files are in memory and whose commands can be held up.
#[derive(Clone, Default)]
pub(super) struct Memory {
    files: Arc<Mutex<BTreeMap<PathBuf, Vec<u8>>>>,
    held: Arc<(Mutex<bool>, Condvar)>,
    held_word: Arc<Mutex<&'static str>>,
    waiting: Arc<AtomicBool>,
    commands: Arc<AtomicUsize>,
    restarts: Arc<AtomicUsize>,
    /// Seconds since its start.
    now: Arc<AtomicU64>,
}

const BUILDKIT: &str = "buildkit.service";
const ENVIRONMENT: &str = "/proc/9/environ";

impl Memory {
    /// Lets the machine's clock go on.
    pub(super) fn later(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }

    /// How often a unit was restarted.
    pub(super) fn restarts(&self) -> usize {
        self.restarts.load(Ordering::SeqCst)
    }

    /// Somebody starts BuildKit without what Pullgate gave it.
    pub(super) fn forget_environment(&self) {
        self.files.lock().unwrap().insert(ENVIRONMENT.into(), b"A=b\0".to_vec());
    }

    /// What systemd says of a BuildKit daemon, where there is one: it has the environment of its start.
    fn systemctl(&self, command: &[&str]) -> Option<String> {
        let drop_in = |files: &BTreeMap<PathBuf, Vec<u8>>| {
            let ours = files.iter().find(|(path, _)| path.ends_with("buildkit.service.d/zz-pullgate.conf"));
            let text = ours.map(|(_, text)| String::from_utf8_lossy(text).into_owned()).unwrap_or_default();
            let set = text.lines().filter_map(|line| line.strip_prefix("Environment="));
            set.map(|it| it.replace('"', "").replace("%%", "%")).collect::<Vec<_>>()
        };
        let files = self.files();
        files.get(Path::new(ENVIRONMENT))?;
        match command {
            ["systemctl", "restart", BUILDKIT] => {
                self.restarts.fetch_add(1, Ordering::SeqCst);
                let started = drop_in(&files).join("\0") + "\0";
                self.files.lock().unwrap().insert(ENVIRONMENT.into(), started.into_bytes());
                None
            }
            ["systemctl", "show", BUILDKIT, "-p", "NeedDaemonReload", ..] => Some("no\n".into()),
            ["systemctl", "show", BUILDKIT, "-p", "Environment", ..] => Some(drop_in(&files).join(" ")),
            ["systemctl", "show", BUILDKIT, ..] => Some(format!(
                "MainPID=9\nExecStart={{ argv[]=/usr/bin/buildkitd --addr fd:// ; pid=9 }}\nLoadState=loaded\n\
                 ActiveState=active\nFragmentPath=/etc/systemd/system/{BUILDKIT}\n"
            )),
            ["systemctl", "show", "-p", "Environment", ..] => Some("\n".into()),
            ["systemctl", "show", ..] => Some("LoadState=not-found\n".into()),
            _ => None,
        }
    }

    pub(super) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        self.files.lock().unwrap().clone()
    }

    /// How many commands were run.
    pub(super) fn commands(&self) -> usize {
        self.commands.load(Ordering::SeqCst)
    }

    /// From here on no command ends.
    pub(super) fn hold(&self) {
        *self.held.0.lock().unwrap() = true;
    }

    /// From here on no command of this program ends.
    pub(super) fn hold_only(&self, program: &'static str) {
        *self.held_word.lock().unwrap() = program;
        self.hold();
    }

    /// Returns once a command is held up.
    pub(super) async fn somebody_waits(&self) {
        while !self.waiting.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn release(&self) {
        *self.held.0.lock().unwrap() = false;
        self.held.1.notify_all();
    }
}

impl Machine for Memory {
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, MachineError> {
        Ok(self.files().get(path).cloned())
    }

    fn entry(&self, path: &Path) -> Result<Option<Entry>, MachineError> {
        let files = self.files();
        let folder = files.keys().any(|file| file != path && file.starts_with(path));
        let kind = if folder { Kind::Folder } else { Kind::File };
        let entry = Entry { kind, attributes: Attributes::PUBLIC, modified: 0 };
        Ok((folder || files.contains_key(path)).then_some(entry))
    }

    fn names(&self, folder: &Path) -> Result<Vec<String>, MachineError> {
        let name = |file: &PathBuf| {
            let below = file.strip_prefix(folder).ok()?.components().next()?;
            Some(below.as_os_str().to_string_lossy().into_owned())
        };
        let mut names: Vec<String> = self.files().keys().filter_map(name).collect();
        names.dedup();
        Ok(names)
    }

    fn in_home(&self, _home: &Path, _owner: u32, _below: &Path) -> InHome {
        InHome::Absent
    }

    fn stamp(&self, path: &Path) -> Stamp {
        let below = self.files().into_iter().filter(|(file, _)| file.starts_with(path));
        Stamp(below.flat_map(|(_, content)| content).map(u64::from).collect())
    }

    fn loose_folder(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    fn writable(&self, _path: &Path) -> bool {
        true
    }

    fn write(&self, path: &Path, bytes: &[u8], _attributes: Attributes) -> Result<(), MachineError> {
        self.files.lock().unwrap().insert(path.into(), bytes.into());
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<(), MachineError> {
        self.files.lock().unwrap().remove(path);
        Ok(())
    }

    fn make_folder(&self, _folder: &Path) -> Result<(), MachineError> {
        Ok(())
    }

    fn remove_empty_folder(&self, _folder: &Path) -> Result<(), MachineError> {
        Ok(())
    }

    fn link_target(&self, _path: &Path) -> Option<PathBuf> {
        None
    }

    fn link(&self, _path: &Path, _target: &Path) -> Result<(), MachineError> {
        Ok(())
    }

    fn real(&self, path: &Path) -> PathBuf {
        path.to_path_buf()
    }

    fn run(&self, command: &[&str]) -> Output {
        self.commands.fetch_add(1, Ordering::SeqCst);
        let wait = |held: &mut bool| {
            self.waiting.store(*held, Ordering::SeqCst);
            *held
        };
        let word = *self.held_word.lock().unwrap();
        if word.is_empty() || command.first() == Some(&word) {
            drop(self.held.1.wait_while(self.held.0.lock().unwrap(), wait).unwrap());
        }
        let version = || if command.contains(&"--version") { "podman version 5.4.2" } else { "" };
        let stdout = self.systemctl(command).unwrap_or_else(|| version().into());
        Output { status: Some(0), stdout, stderr: String::new() }
    }

    fn ask(&self, _socket: &Path, _method: &str, _target: &str) -> Result<Answer, MachineError> {
        Ok(Answer { status: 404, body: String::new() })
    }

    fn processes(&self) -> Vec<Process> {
        Vec::new()
    }

    fn open_files(&self, _pid: u32) -> Vec<PathBuf> {
        Vec::new()
    }

    fn hang_up(&self, _pid: u32) -> Result<(), MachineError> {
        Ok(())
    }

    fn wait(&self, _time: Duration) {}
}

/// A steward's parts.
pub(super) struct Bench {
    pub(super) machine: Memory,
    pub(super) engines: EngineWork,
    pub(super) folder: TempDir,
}

impl Bench {
    pub(super) fn new() -> Self {
        let machine = Memory::default();
        machine.write(Path::new("/usr/bin/podman"), b"", Attributes::PUBLIC).unwrap();
        machine
            .write(Path::new("/etc/containers/registries.conf"), b"# as it came\n", Attributes::PUBLIC)
            .unwrap();
        let originals = Originals::at("/var/lib/pullgate-steward/originals");
        let now = Arc::clone(&machine.now);
        let clock = move || Duration::from_secs(1000 + now.load(Ordering::SeqCst));
        let engines = EngineWork::new(machine.clone(), originals, clock);
        Self { machine, engines, folder: tempfile::tempdir().unwrap() }
    }

    /// With a BuildKit daemon besides.
    pub(super) fn with_buildkit() -> Self {
        let bench = Self::new();
        for path in
            ["/etc/systemd/system/buildkit.service", "/usr/bin/buildkitd", "/usr/bin/buildctl", ENVIRONMENT]
        {
            bench.machine.write(Path::new(path), b"", Attributes::PUBLIC).unwrap();
        }
        bench
    }

    pub(super) fn trust(&self) -> Bundles {
        let pem = |name: &str| format!("-----BEGIN CERTIFICATE-----\n{name}\n-----END CERTIFICATE-----\n");
        Bundles { mirror: pem("bWlycm9y"), intercept: pem("aW50") }
    }

    /// That routing, with what engines are to trust.
    pub(super) fn desired(&self) -> DesiredRouting {
        let Bundles { mirror, intercept } = self.trust();
        routing_request().trusting(mirror, intercept, "/etc/pullgate/ca")
    }

    pub(super) fn handler(&self) -> Handler {
        let now = || Timestamp::from_second(1_785_000_000).unwrap();
        let authorities = Authorities::at(self.folder.path().join("ca"), || "acme".into(), now);
        let storages = Storages { program: "/bin/false".into() };
        Handler::new(authorities, self.engines.clone(), Reader::default(), storages)
    }
}

/// The routing as the service asks for it.
pub(super) fn routing_request() -> RoutingRequest {
    RoutingRequest {
        proxy: "http://127.0.0.1:859".into(),
        mirror: "127.0.0.1:858".into(),
        registries: vec!["quay.io".into()],
        blocks_unlisted: false,
        judges_unlisted: false,
        loopback_allowed: true,
        may_stop_containers: false,
        proxies: ProxyAnswers::default(),
    }
}
