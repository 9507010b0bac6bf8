//! Unit files as systemd reads them, as far as environments go and in the forms that tests write; and when it does:
//! drop-ins apply only after a `daemon-reload`.

use std::path::{Path, PathBuf};

use crate::machine::memory::Memory;
use crate::machine::{Machine, Output};

fn drop_ins(machine: &Memory, unit: &str) -> Vec<PathBuf> {
    let folder = PathBuf::from(format!("/etc/systemd/system/{unit}.d"));
    machine.names(&folder).unwrap().iter().map(|name| folder.join(name)).collect()
}

/// The unit's files as they lie on the disk, one after the other.
fn on_disk(machine: &Memory, unit: &str) -> String {
    let fragments =
        ["/usr/lib/systemd/system", "/etc/systemd/system"].map(|folder| Path::new(folder).join(unit));
    let files = fragments.into_iter().chain(drop_ins(machine, unit));
    files.filter_map(|file| machine.text(file)).collect::<Vec<_>>().join("\n")
}

fn loaded(machine: &Memory, unit: &str) -> String {
    machine.text(format!("/run/in-memory/{unit}")).unwrap_or_default()
}

/// systemd reads the unit's files, as at the boot and on a `daemon-reload`, and never on a restart.
pub(crate) fn load(machine: &Memory, unit: &str) {
    machine.put(&format!("/run/in-memory/{unit}"), on_disk(machine, unit).as_bytes());
}

/// What systemd answers to `-p NeedDaemonReload --value`.
pub(crate) fn need_daemon_reload(machine: &Memory, unit: &str) -> Output {
    let stdout = if loaded(machine, unit) == on_disk(machine, unit) { "no\n" } else { "yes\n" };
    Output { status: Some(0), stdout: stdout.into(), stderr: String::new() }
}

/// Values of a key of `[Service]`, in the order of the files, as systemd has them in memory.
fn values(machine: &Memory, unit: &str, key: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut section = "";
    let text = loaded(machine, unit);
    for line in text.lines() {
        match line.split_once('=') {
            Some((name, value)) if name == key && section == "[Service]" => values.push(value.to_owned()),
            None if line.starts_with('[') => section = line,
            Some(_) | None => {}
        }
    }
    values
}

/// `Environment=` with specifiers and quotes resolved, as systemctl prints it.
pub(crate) fn environment(machine: &Memory, unit: &str) -> String {
    let words = values(machine, unit, "Environment");
    let words: Vec<String> = words.iter().map(|it| it.replace("%%", "%").replace(['"', '\''], "")).collect();
    words.join(" ")
}

/// The properties beside it.
pub(crate) fn shown(machine: &Memory, unit: &str) -> String {
    let paths: Vec<String> = drop_ins(machine, unit).iter().map(|path| path.display().to_string()).collect();
    let mut shown = format!("DropInPaths={}\n", paths.join(" "));
    for file in values(machine, unit, "EnvironmentFile") {
        let ignored = if file.starts_with('-') { "yes" } else { "no" };
        shown += &format!("EnvironmentFiles={} (ignore_errors={ignored})\n", file.trim_start_matches('-'));
    }
    format!("{shown}UnsetEnvironment={}\n", values(machine, unit, "UnsetEnvironment").join(" "))
}

/// What a process of the unit that starts now has.
pub(crate) fn started_with(machine: &Memory, unit: &str) -> String {
    let mut set: Vec<(String, String)> = Vec::new();
    let printed = environment(machine, unit);
    let own = printed.split(' ').filter_map(|it| it.split_once('='));
    let mut add = |name: &str, value: &str| {
        set.retain(|(known, _)| known != name);
        set.push((name.to_owned(), value.to_owned()));
    };
    own.for_each(|(name, value)| add(name, value));
    for file in values(machine, unit, "EnvironmentFile") {
        let text = machine.text(file.trim_start_matches('-')).unwrap_or_default();
        text.lines().filter_map(|line| line.split_once('=')).for_each(|(name, value)| add(name, value));
    }
    set.iter().map(|(name, value)| format!("{name}={value}\0")).collect()
}
