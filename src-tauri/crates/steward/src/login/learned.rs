//! What a person's process says about where they keep logins, and what their helpers need: a few variables of its
//! environment, and nothing else. It is somebody else's word, so it is used for nothing but to start a program as that
//! person.

use std::{
    fs::File,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rustix::fs::{Mode, OFlags, openat, readlinkat};

const LARGEST: u64 = 4 << 20;
const LONGEST: usize = 4096;
const LONGEST_PATH: usize = 16 * 1024;
const MOST: usize = 128;

/// Variables with the path of a file or folder; one that is relative is so to the process's folder.
const PATHS: [&str; 8] = [
    "HOME",
    "REGISTRY_AUTH_FILE",
    "DOCKER_CONFIG",
    "CONTAINERS_REGISTRIES_CONF",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
];

/// Variables that helpers are known to need.
const NAMES: [&str; 20] = [
    "ALL_PROXY",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "LANG",
    "LC_ALL",
    "NO_PROXY",
    "PASSWORD_STORE_DIR",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SSH_AUTH_SOCK",
    "GPG_AGENT_INFO",
    "PASSWORD_STORE_GPG_OPTS",
    "all_proxy",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// Beginnings of such names.
const FAMILIES: [&str; 3] = ["AWS_", "AZURE_", "CLOUDSDK_"];

/// The folder of one process in `/proc`: it stays that process's, whoever gets its number later.
struct Process(File);

/// The variables of a process, if it is that person's; a process that has ended says nothing.
pub(super) fn from_process(pid: u32, uid: u32) -> Vec<(String, String)> {
    let Some(process) = Process::open(pid) else { return Vec::new() };
    if process.owner() != Some(uid) {
        return Vec::new();
    }
    let Some(environment) = process.read("environ") else { return Vec::new() };
    let folder = readlinkat(&process.0, "cwd", Vec::new()).ok();
    let folder = folder.and_then(|path| path.into_string().ok()).map(PathBuf::from);
    let variables = variables(&environment, folder.as_deref(), uid == 0);
    // A program that runs with other rights than its person's may have begun meanwhile.
    if process.owner() == Some(uid) { variables } else { Vec::new() }
}

/// When a process was started, in the kernel's ticks: with its number it names the process for good.
pub(super) fn start_of(pid: u32) -> Option<u64> {
    let stat = Process::open(pid)?.read("stat")?;
    let stat = String::from_utf8_lossy(&stat).into_owned();
    // The program's name, in brackets, may hold anything.
    stat.rsplit_once(')')?.1.split_whitespace().nth(19)?.parse().ok()
}

impl Process {
    fn open(pid: u32) -> Option<Self> {
        let folder = Path::new("/proc").join(pid.to_string());
        File::open(folder).ok().map(Self)
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = openat(&self.0, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty()).ok()?;
        let mut bytes = Vec::new();
        File::from(file).take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Whose it is, where all of its user ids are one: a setuid program belongs to two.
    fn owner(&self) -> Option<u32> {
        owner(&String::from_utf8_lossy(&self.read("status")?))
    }
}

fn owner(status: &str) -> Option<u32> {
    let line = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let ids: Vec<u32> = line.split_whitespace().map_while(|id| id.parse().ok()).collect();
    let first = *ids.first()?;
    ids.iter().all(|id| *id == first).then_some(first)
}

fn variables(environment: &[u8], folder: Option<&Path>, is_root: bool) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let entries = environment.split(|byte| *byte == 0).filter_map(|entry| str::from_utf8(entry).ok());
    for (name, value) in entries.filter_map(|entry| entry.split_once('=')) {
        if found.len() >= MOST || found.iter().any(|(known, _)| known == name) {
            continue;
        }
        let value = match name {
            "PATH" if value.len() <= LONGEST_PATH => search_path(value, is_root),
            _ if value.is_empty() || value.len() > LONGEST => None,
            _ if PATHS.contains(&name) => absolute(value, folder),
            _ if is_for_helpers(name) => Some(value.to_owned()),
            _ => None,
        };
        found.extend(value.map(|value| (name.to_owned(), value)));
    }
    found
}

fn is_for_helpers(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    plain && (NAMES.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family)))
}

fn absolute(value: &str, folder: Option<&Path>) -> Option<String> {
    if value.starts_with('/') {
        return Some(value.to_owned());
    }
    folder.filter(|folder| folder.is_absolute())?.join(value).into_os_string().into_string().ok()
}

/// Where programs are looked for. What root starts lies in folders that nobody else can write to.
fn search_path(value: &str, is_root: bool) -> Option<String> {
    let is_roots = |folder: &str| {
        std::fs::metadata(folder).is_ok_and(|found| found.uid() == 0 && found.mode() & 0o022 == 0)
    };
    let folders = value.split(':').filter(|folder| folder.starts_with('/'));
    let folders: Vec<&str> = folders.filter(|folder| !is_root || is_roots(folder)).collect();
    (!folders.is_empty()).then(|| folders.join(":"))
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use super::*;

    fn learned(environment: &str) -> Vec<String> {
        let folder = Some(Path::new("/work"));
        let found = variables(environment.as_bytes(), folder, false);
        found.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
    }

    #[test]
    fn places_and_what_helpers_need_are_learned_and_nothing_else() {
        let environment = "HOME=/home/ada\0REGISTRY_AUTH_FILE=/tmp/ci.json\0LD_PRELOAD=/tmp/x.so\0AWS_PROFILE=work\0\
            CLOUDSDK_CONFIG=/c\0GITHUB_TOKEN=x\0BASH_ENV=/x\0AWS_X'=1\0PYTHONPATH=/x\0https_proxy=http://p:3128";
        let expected = [
            "HOME=/home/ada",
            "REGISTRY_AUTH_FILE=/tmp/ci.json",
            "AWS_PROFILE=work",
            "CLOUDSDK_CONFIG=/c",
            "https_proxy=http://p:3128",
        ];
        assert_eq!(learned(environment), expected);
    }

    #[test]
    fn a_relative_path_is_relative_to_the_processs_folder() {
        assert_eq!(
            learned("REGISTRY_AUTH_FILE=ci.json\0DOCKER_CONFIG=\0"),
            ["REGISTRY_AUTH_FILE=/work/ci.json"]
        );
        assert_eq!(variables(b"DOCKER_CONFIG=x", None, false), []);
    }

    #[test]
    fn the_first_value_counts_and_a_strange_one_does_not() {
        assert_eq!(learned("REGISTRY_AUTH_FILE=/a\0REGISTRY_AUTH_FILE=/b\0"), ["REGISTRY_AUTH_FILE=/a"]);
        assert_eq!(learned("XREGISTRY_AUTH_FILE=/a\0REGISTRY_AUTH_FILES=/b\0\0"), [""; 0]);
        assert_eq!(learned(&format!("DOCKER_CONFIG=/{}\0", "a".repeat(LONGEST))), [""; 0]);
        assert_eq!(variables(b"DOCKER_CONFIG=/\xff\0", None, false), []);
    }

    #[test]
    fn programs_are_looked_for_in_absolute_folders_and_roots_in_roots_own() {
        assert_eq!(learned("PATH=/home/ada/bin:.::bin:/usr/bin"), ["PATH=/home/ada/bin:/usr/bin"]);
        assert_eq!(learned("PATH=.:bin"), [""; 0]);
        let roots = variables(b"PATH=/tmp:/usr/bin:/no/such/folder", None, true);
        assert_eq!(roots, [("PATH".to_owned(), "/usr/bin".to_owned())]);
    }

    #[test]
    fn a_setuid_program_belongs_to_nobody() {
        assert_eq!(owner("Name:\tx\nUid:\t1000\t1000\t1000\t1000\n"), Some(1000));
        assert_eq!(owner("Uid:\t1000\t0\t0\t0\n"), None);
        assert_eq!(owner("Uid:\n"), None);
    }

    #[test]
    fn a_process_tells_about_its_own_person_only() {
        let uid = rustix::process::getuid().as_raw();
        let mut process = Command::new("cat")
            .env_clear()
            .env("DOCKER_CONFIG", "/srv/docker")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // Once it answers, its environment is its own.
        process.stdin.as_mut().unwrap().write_all(b"!").unwrap();
        process.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        let expected = [("DOCKER_CONFIG".to_owned(), "/srv/docker".to_owned())];
        assert_eq!(from_process(process.id(), uid), expected);
        assert_eq!(from_process(process.id(), uid + 1), []);
        assert!(start_of(process.id()).is_some());
        drop(process.stdin.take());
        process.wait().unwrap();
        assert_eq!(from_process(process.id(), uid), []);
        assert_eq!(start_of(process.id()), None);
    }
}
