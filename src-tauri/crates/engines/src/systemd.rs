//! Units as systemd knows them: what they run, in which environment, and the three requests we make of it.

use std::path::{Path, PathBuf};

use crate::machine::text;
use crate::{Machine, Output};

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
    pub(crate) environment: Vec<Assignment>,
}

/// One variable as one file sets it; a later one of the same kind wins, one of an environment file always.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) source: PathBuf,
    pub(crate) variable: String,
    pub(crate) value: String,
    pub(crate) from_environment_file: bool,
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
    let keys = "LoadState,ActiveState,MainPID,FragmentPath,DropInPaths,ExecStart,KillMode,RequiredBy,BoundBy";
    let output = machine.run(&["systemctl", "show", name, "-p", keys]);
    let value = |key: &str| {
        let line = output.stdout.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default()
    };
    if value("LoadState") != "loaded" {
        return None;
    }
    let fragment = PathBuf::from(value("FragmentPath"));
    let files = std::iter::once(fragment.clone()).chain(value("DropInPaths").split(' ').map(PathBuf::from));
    let environment = environment(machine, files.filter(|file| !file.as_os_str().is_empty()));
    Some(Unit {
        name: name.to_owned(),
        active: value("ActiveState") == "active",
        main_pid: value("MainPID").parse().unwrap_or(0),
        arguments: arguments(value("ExecStart"), &environment),
        fragment,
        kill_mode: value("KillMode").to_owned(),
        needed_by: [value("RequiredBy"), value("BoundBy")]
            .iter()
            .flat_map(|units| units.split_whitespace().map(str::to_owned))
            .collect(),
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

/// Makes systemd read its unit files again.
pub(crate) fn daemon_reload(machine: &dyn Machine) {
    let output = machine.run(&["systemctl", "daemon-reload"]);
    if !output.ok() {
        tracing::warn!(words = output.words(), "systemd did not read its unit files again");
    }
}

/// Restarts a unit and waits until it is up; the words of systemd otherwise.
pub(crate) fn restart(machine: &dyn Machine, unit: &str) -> Result<(), String> {
    let reset = machine.run(&["systemctl", "reset-failed", unit]);
    tracing::debug!(ok = reset.ok(), unit, "start limit counted anew");
    let output = machine.run(&["systemctl", "restart", unit]);
    if output.ok() { Ok(()) } else { Err(output.words()) }
}

/// Asks a unit to read its configuration again.
pub(crate) fn reload(machine: &dyn Machine, unit: &str) -> Result<(), String> {
    let output = machine.run(&["systemctl", "reload", unit]);
    if output.ok() { Ok(()) } else { Err(output.words()) }
}

fn environment(machine: &dyn Machine, files: impl Iterator<Item = PathBuf>) -> Vec<Assignment> {
    let mut assignments = Vec::new();
    for file in files {
        for (key, value) in settings(&text(machine, &file).unwrap_or_default()) {
            match key.as_str() {
                "Environment" if value.is_empty() => {
                    assignments.retain(|it: &Assignment| it.from_environment_file)
                }
                "Environment" => {
                    assignments.extend(words(&value).iter().filter_map(|it| assignment(&file, it, false)))
                }
                "EnvironmentFile" => {
                    let path = PathBuf::from(value.trim_start_matches('-'));
                    let lines = text(machine, &path).unwrap_or_default();
                    let set = lines.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']));
                    assignments.extend(set.filter_map(|line| assignment(&path, line, true)));
                }
                _ => {}
            }
        }
    }
    assignments
}

fn assignment(source: &Path, text: &str, from_environment_file: bool) -> Option<Assignment> {
    let (variable, value) = text.split_once('=')?;
    let value = value.trim().trim_matches(['"', '\'']);
    Some(Assignment {
        source: source.into(),
        variable: variable.trim().to_owned(),
        value: value.to_owned(),
        from_environment_file,
    })
}

/// `Key=value` lines of the `[Service]` section, with continued lines joined.
fn settings(unit: &str) -> Vec<(String, String)> {
    let joined = unit.replace("\\\n", " ");
    let mut in_service = false;
    let mut settings = Vec::new();
    for line in joined.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if line.starts_with('[') {
            in_service = line == "[Service]";
        } else if let (true, Some((key, value))) = (in_service, line.split_once('=')) {
            settings.push((key.trim().to_owned(), value.trim().to_owned()));
        }
    }
    settings
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
fn arguments(exec_start: &str, environment: &[Assignment]) -> Vec<String> {
    let argv = exec_start.rsplit("argv[]=").next().unwrap_or_default();
    let argv = argv.split(" ; ").next().unwrap_or_default();
    let known = |name: &str| {
        let of_kind = |from_file| {
            let set = environment.iter().rev().filter(move |it| it.from_environment_file == from_file);
            set.clone().find(|it| it.variable == name).map(|it| it.value.clone())
        };
        of_kind(true).or_else(|| of_kind(false)).unwrap_or_default()
    };
    words(argv)
        .into_iter()
        .flat_map(|word| match word.strip_prefix('$') {
            Some(name) => words(&known(name.trim_matches(['{', '}']))),
            None => vec![word],
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

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
        let set = |variable: &str, value: &str, from_environment_file| Assignment {
            source: PathBuf::new(),
            variable: variable.into(),
            value: value.into(),
            from_environment_file,
        };
        let environment =
            [set("DOCKER_OPTS", "--debug --dns 192.0.2.1", true), set("DOCKER_OPTS", "x", false)];
        let exec = "{ path=/usr/sbin/dockerd ; argv[]=/usr/sbin/dockerd -H fd:// $DOCKER_OPTS ${NONE} ; ignore_errors=no ; pid=1 }";
        assert_eq!(
            arguments(exec, &environment),
            ["/usr/sbin/dockerd", "-H", "fd://", "--debug", "--dns", "192.0.2.1"]
        );
    }

    #[test]
    fn environment_lines_are_read_as_systemd_reads_them() {
        let unit = "[Unit]\nEnvironment=NO=1\n[Service]\n# Environment=NO=2\nEnvironment=\"A=b c\" B='d' \\\n  C=e\nExecStart=/x\n";
        let found = settings(unit);
        assert_eq!(found[0], ("Environment".into(), "\"A=b c\" B='d'    C=e".into()));
        assert_eq!(words(&found[0].1), ["A=b c", "B=d", "C=e"]);
    }
}
