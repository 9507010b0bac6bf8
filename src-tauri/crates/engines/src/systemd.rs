//! Units as systemd knows them: what they run, in which environment, and the three requests we make of it.

use std::path::{Path, PathBuf};

use crate::{Machine, Output};

mod environment;

pub(crate) use environment::{Environment, OURS};

/// What `systemctl show` says of a unit, and the environment its files give it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Unit {
    pub(crate) name: String,
    pub(crate) active: bool,
    pub(crate) main_pid: u32,
    pub(crate) fragment: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) kill_mode: String,
    pub(crate) needed_by: Vec<String>,
    /// The drop-ins that systemd reads for it, in its order.
    pub(crate) drop_ins: Vec<PathBuf>,
    pub(crate) environment: Environment,
}

/// Where systemd reads units, as systemd.unit(5) lists the folders; `/lib` is one of its own on older systems.
const FOLDERS: [&str; 13] = [
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/run/systemd/system",
    "/run/systemd/transient",
    "/run/systemd/generator",
    "/run/systemd/generator.early",
    "/run/systemd/generator.late",
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/etc/systemd/system.attached",
    "/run/systemd/system.attached",
];

/// The unit, if it is installed. Nobody is asked about one that has no file: most engines are on few machines, and
/// systemd looks at everything it has for each name that it does not know.
pub(crate) fn unit(machine: &dyn Machine, name: &str) -> Option<Unit> {
    let has_file = |folder: &str| !matches!(machine.entry(&Path::new(folder).join(name)), Ok(None));
    if !FOLDERS.into_iter().any(has_file) {
        return None;
    }
    let keys = "LoadState,ActiveState,MainPID,FragmentPath,DropInPaths,ExecStart,KillMode,RequiredBy,BoundBy,\
                EnvironmentFiles,UnsetEnvironment";
    let output = machine.run(&["systemctl", "show", name, "-p", keys]);
    let value = |key: &str| {
        let line = output.stdout.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default()
    };
    if value("LoadState") != "loaded" {
        return None;
    }
    let environment = environment::of_unit(machine, name, &output.stdout);
    let drop_ins = value("DropInPaths").split(' ').filter(|path| !path.is_empty());
    Some(Unit {
        name: name.to_owned(),
        active: value("ActiveState") == "active",
        main_pid: value("MainPID").parse().unwrap_or(0),
        arguments: arguments(value("ExecStart"), &environment),
        fragment: PathBuf::from(value("FragmentPath")),
        kill_mode: value("KillMode").to_owned(),
        needed_by: [value("RequiredBy"), value("BoundBy")]
            .iter()
            .flat_map(|units| units.split_whitespace().map(str::to_owned))
            .collect(),
        drop_ins: drop_ins.map(PathBuf::from).collect(),
        environment,
    })
}

/// Start of the unit's process in seconds since 1970, where systemd can tell.
pub(crate) fn started(machine: &dyn Machine, name: &str) -> Option<i64> {
    let command = ["systemctl", "show", "--timestamp=unix", name, "-p", "ExecMainStartTimestamp", "--value"];
    machine.run(&command).stdout.trim().strip_prefix('@')?.parse().ok()
}

/// Runs a command as a unit of its own: an engine's tool wants namespaces and mounts, which this service is kept from.
pub(crate) fn run_apart(machine: &dyn Machine, command: &[&str]) -> Output {
    const APART: [&str; 9] = [
        "systemd-run",
        "--quiet",
        "--pipe",
        "--wait",
        "--collect",
        "--setenv=HOME=/root",
        "--setenv=LANG=C.UTF-8",
        "--property=RuntimeMaxSec=100s",
        "--",
    ];
    machine.run(&[&APART, command].concat())
}

/// What systemd reads once and keeps in memory: units, their drop-ins, links to them, and its own settings.
const IN_MEMORY: [&str; 5] =
    ["/etc/systemd", "/run/systemd", "/usr/lib/systemd", "/lib/systemd", "/usr/local/lib/systemd"];

/// Whether systemd learns of a change of this file by a `daemon-reload` alone, whoever's file it is. A restart of the
/// unit would go by what was read before.
pub(crate) fn keeps_in_memory(path: &Path) -> bool {
    IN_MEMORY.iter().any(|folder| path.starts_with(folder))
}

/// Makes systemd read its unit files again.
pub(crate) fn daemon_reload(machine: &dyn Machine) {
    let output = machine.run(&["systemctl", "daemon-reload"]);
    if !output.ok() {
        tracing::warn!(words = output.words(), "systemd did not read its unit files again");
    }
}

/// Restarts a unit with its files as they are now and waits until it is up; the words of systemd otherwise.
pub(crate) fn restart(machine: &dyn Machine, unit: &str) -> Result<(), String> {
    if needs_daemon_reload(machine, unit) {
        daemon_reload(machine);
    }
    let reset = machine.run(&["systemctl", "reset-failed", unit]);
    tracing::debug!(ok = reset.ok(), unit, "start limit counted anew");
    let output = machine.run(&["systemctl", "restart", unit]);
    if output.ok() { Ok(()) } else { Err(output.words()) }
}

/// Whether files of the unit are newer than what systemd has in memory: somebody wrote them and went away.
fn needs_daemon_reload(machine: &dyn Machine, unit: &str) -> bool {
    let output = machine.run(&["systemctl", "show", unit, "-p", "NeedDaemonReload", "--value"]);
    output.stdout.trim() == "yes"
}

/// Whether somebody keeps the unit from ever starting, by `systemctl mask`.
pub(crate) fn is_masked(machine: &dyn Machine, unit: &str) -> bool {
    machine.run(&["systemctl", "show", unit, "-p", "LoadState", "--value"]).stdout.trim() == "masked"
}

/// Asks a unit to read its configuration again.
pub(crate) fn reload(machine: &dyn Machine, unit: &str) -> Result<(), String> {
    let output = machine.run(&["systemctl", "reload", unit]);
    if output.ok() { Ok(()) } else { Err(output.words()) }
}

/// Words separated by spaces, with quotes around a word or a part of it taken off.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            None => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// The `argv[]` of the last command in `ExecStart`, with `$VARIABLE` words filled in.
fn arguments(exec_start: &str, environment: &Environment) -> Vec<String> {
    let argv = exec_start.rsplit("argv[]=").next().unwrap_or_default();
    let argv = argv.split(" ; ").next().unwrap_or_default();
    words(argv)
        .into_iter()
        .flat_map(|word| match word.strip_prefix('$') {
            Some(name) => words(environment.value(name.trim_matches(['{', '}'])).unwrap_or_default()),
            None => vec![word],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn systemd_keeps_units_and_drop_ins_in_memory_wherever_they_lie() {
        for path in [
            "/etc/systemd/system/buildkit.service.d/zz-pullgate.conf",
            "/run/systemd/system/k3s.service.d/x.conf",
            "/usr/lib/systemd/system/containerd.service",
            "/etc/systemd/system.control/docker.service.d/x.conf",
        ] {
            assert!(keeps_in_memory(Path::new(path)), "{path}");
        }
        for path in ["/etc/docker/daemon.json", "/etc/systemd-x/y", "/var/lib/systemd/z"] {
            assert!(!keeps_in_memory(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn a_unit_without_a_file_is_not_asked_about() {
        let mut machine = Memory::with(&[("/etc/systemd/system/docker.service", "")]);
        machine.react = Some(Box::new(|_, _| {
            let stdout = "LoadState=loaded\nMainPID=7\n".to_owned();
            Some(Output { status: Some(0), stdout, stderr: String::new() })
        }));
        assert_eq!(unit(&machine, "docker.service").map(|unit| unit.main_pid), Some(7));
        assert_eq!(unit(&machine, "k3s.service"), None);
    }

    #[test]
    fn arguments_are_filled_in_from_the_environment_file() {
        let file = "DOCKER_OPTS='--debug --dns 192.0.2.1'\n";
        let machine = Memory::with(&[("/etc/default/docker", file)]);
        let shown = "EnvironmentFiles=/etc/default/docker (ignore_errors=yes)\n";
        let environment = environment::of_unit(&machine, "docker.service", shown);
        let exec = "{ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS ${NONE} ; ignore_errors=no ; pid=1 }";
        assert_eq!(
            arguments(exec, &environment),
            ["/usr/sbin/dockerd", "-H", "fd://", "--debug", "--dns", "192.0.2.1"]
        );
    }
}
