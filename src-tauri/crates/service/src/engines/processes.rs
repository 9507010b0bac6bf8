//! The engines that run, as the kernel lists them: a daemon that is started by hand, or a builder in a container, has
//! no file that tells of it.

use std::path::{Path, PathBuf};

/// Names of engines' daemons, as the kernel keeps them.
const DAEMONS: [&str; 7] =
    ["dockerd", "containerd", "buildkitd", "k3s-server", "rke2", "crio", "rootlesskit"];
/// More of its arguments are not looked at.
const ARGUMENTS: u64 = 64 * 1024;

/// A daemon: its process and its name.
pub(super) type Running = (u32, String);

/// Every one of them, in the order of their numbers.
pub(super) fn of_engines() -> Vec<Running> {
    listed(Path::new("/proc"))
}

fn listed(proc: &Path) -> Vec<Running> {
    let entries = proc.read_dir().into_iter().flatten().flatten();
    let numbers = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut running: Vec<Running> = numbers.filter_map(|number| daemon(proc, number)).collect();
    running.sort();
    running
}

/// The programs of daemons also run to answer a question, the steward's among them, and are gone: to take those for
/// engines would make each look at the engines the cause of the next one.
fn daemon(proc: &Path, number: u32) -> Option<Running> {
    let folder = proc.join(number.to_string());
    let name = text(&folder.join("comm"), 64)?;
    let name = name.trim();
    if !DAEMONS.contains(&name) {
        return None;
    }
    let arguments = arguments(&folder)?;
    // To k3s and its relative `-v` is how much is logged.
    let is_brief = !matches!(name, "k3s-server" | "rke2") && engines::is_brief(&arguments);
    let is_fork = || parent(&folder).is_some_and(|parent| is_fork(&proc.join(parent), name, &arguments));
    (!is_brief && !is_fork()).then(|| (number, name.to_owned()))
}

/// A process that is about to run another program has the name and the arguments of its parent until then.
fn is_fork(parent: &Path, name: &str, arguments: &[String]) -> bool {
    text(&parent.join("comm"), 64).is_some_and(|comm| comm.trim() == name)
        && self::arguments(parent).is_some_and(|others| others == arguments)
}

fn arguments(folder: &Path) -> Option<Vec<String>> {
    let words = text(&folder.join("cmdline"), ARGUMENTS)?;
    Some(words.split('\0').map(str::to_owned).collect())
}

/// The fourth field of `stat`; the second one, a name in parentheses, may have anything in it (proc_pid_stat(5)).
fn parent(folder: &Path) -> Option<PathBuf> {
    let stat = text(&folder.join("stat"), 4096)?;
    let (_, after) = stat.rsplit_once(')')?;
    after.split_whitespace().nth(1).map(PathBuf::from)
}

fn text(path: &Path, limit: u64) -> Option<String> {
    let bytes = host::files::read_limited(path, limit).ok()??;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(proc: &Path, number: u32, parent: u32, arguments: &str) {
        let folder = proc.join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        let program = arguments.split(' ').next().unwrap_or_default();
        let name = program.rsplit('/').next().unwrap_or_default();
        for (file, text) in [
            ("comm", format!("{name}\n")),
            ("cmdline", arguments.replace(' ', "\0") + "\0"),
            ("stat", format!("{number} (a ) b) S {parent} 1 1\n")),
        ] {
            host::files::write_atomically(&folder.join(file), text.as_bytes(), host::files::Mode::PRIVATE)
                .unwrap();
        }
    }

    #[test]
    fn a_process_that_is_no_engine_is_not_listed() {
        let proc = Path::new("/proc");
        assert_eq!(daemon(proc, std::process::id()), None);
        assert_eq!(daemon(proc, u32::MAX), None);
    }

    /// Each look at the engines started the next one: `dockerd --version` was taken for an engine that came and went.
    #[test]
    fn a_question_to_an_engine_is_no_engine() {
        let folder = tempfile::tempdir().unwrap();
        let proc = folder.path();
        process(proc, 10, 1, "/usr/sbin/dockerd -H fd://");
        process(proc, 11, 1, "/usr/bin/containerd");
        let daemons = listed(proc);
        assert_eq!(daemons, [(10, "dockerd".to_owned()), (11, "containerd".to_owned())]);
        process(proc, 20, 1, "/usr/sbin/dockerd --version");
        process(proc, 21, 1, "containerd --config /etc/containerd/config.toml config dump");
        process(proc, 22, 11, "/usr/bin/containerd --address /run/c.sock publish --topic /tasks/exit");
        process(proc, 23, 10, "/usr/sbin/dockerd -H fd://");
        assert_eq!(listed(proc), daemons);
        process(proc, 24, 10, "containerd --config /var/run/docker/containerd/containerd.toml");
        assert_eq!(listed(proc).len(), 3);
    }
}
