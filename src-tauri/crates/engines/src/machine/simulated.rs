//! Engines as a machine in memory plays them: a daemon that reads its files when it starts, takes only some of
//! them on a reload, and stops its containers when nothing keeps them; and a systemd that applies drop-ins only after
//! a `daemon-reload`.
#![expect(clippy::unwrap_used, reason = "only tests and fuzzing have this machine")]

use std::path::Path;

use config_edit::json::Document;
use serde_json::{Value, json};

use super::Output;
use super::memory::Memory;

const DAEMON_JSON: &str = "/etc/docker/daemon.json";

/// A machine with Docker (running this many containers) and containerd.
pub(crate) fn machine(files: &[(&str, &str)], containers: u64) -> Memory {
    let mut machine = Memory::with(files);
    for path in ["/usr/bin/podman", "/usr/bin/ctr", "/etc/systemd/system/x", "/var/lib/x", "/run/x"] {
        machine.put(path, b"");
    }
    for unit in ["docker.service", "containerd.service"] {
        machine.put(&format!("/usr/lib/systemd/system/{unit}"), b"");
    }
    for folder in ["/etc/docker", "/etc/containerd", "/etc/containers/registries.conf.d"] {
        let all = Path::new(folder).ancestors().map(Path::to_path_buf);
        machine.folders.borrow_mut().extend(all);
    }
    for unit in ["docker.service", "containerd.service"] {
        units::load(&machine, unit);
    }
    machine.react = Some(Box::new(react));
    let info = json!({ "ContainersRunning": containers, "LiveRestoreEnabled": false, "Swarm": { "LocalNodeState": "inactive" } });
    machine.answer("GET /info", 200, &info.to_string());
    machine.answer("GET /version", 200, "{\"Version\":\"26.1.5\"}");
    machine.answer("GET /containers/json", 200, "[]");
    start(&machine, false);
    machine
}

/// What Docker says of itself.
pub(crate) fn info(machine: &Memory) -> Value {
    serde_json::from_str(&machine.answers.borrow()["GET /info"].body).unwrap()
}

/// Changes what Docker says of itself.
pub(crate) fn set_info(machine: &Memory, key: &str, value: Value) {
    let mut info = info(machine);
    info[key] = value;
    machine.answer("GET /info", 200, &info.to_string());
}

fn react(machine: &Memory, command: &[&str]) -> Option<Output> {
    let said = |stdout: String| Some(Output { status: Some(0), stdout, stderr: String::new() });
    match command {
        ["systemctl", "daemon-reload"] => {
            units::load(machine, "docker.service");
            units::load(machine, "containerd.service");
            None
        }
        ["systemctl", "show", unit, "-p", "NeedDaemonReload", ..] => {
            Some(units::need_daemon_reload(machine, unit))
        }
        ["systemctl", "show", "--timestamp=unix", ..] => said("@1\n".into()),
        ["systemctl", "show", "-p", "Environment", "--value"] => said("\n".into()),
        ["systemctl", "show", unit, "-p", "Environment", "--value"] => {
            said(units::environment(machine, unit) + "\n")
        }
        ["systemctl", "show", unit, ..] => said(show(machine, unit)),
        ["systemctl", "restart", "docker.service"] => {
            let kept = info(machine)["LiveRestoreEnabled"] == true;
            start(machine, true);
            if !kept {
                set_info(machine, "ContainersRunning", json!(0));
            }
            None
        }
        ["systemctl", "reload", "docker.service"] => {
            if let Some(Value::Bool(on)) = file(machine).get("live-restore") {
                set_info(machine, "LiveRestoreEnabled", json!(on));
            }
            None
        }
        [program, "--version"] => said(format!("{program} version 1.7.24")),
        [_, .., "config", "dump"] => said(dump(machine)),
        [.., "--validate", "--config-file", path] => {
            let text = machine.text(path).unwrap();
            let status = Some(i32::from(text.contains("bogus")));
            Some(Output { status, stdout: String::new(), stderr: "unknown key `bogus`".into() })
        }
        _ => None,
    }
}

/// A daemon reads its file and its environment.
fn start(machine: &Memory, stops: bool) {
    let file = file(machine);
    let proxies = file.get("proxies").cloned().unwrap_or_default();
    for (name, key) in [("HttpProxy", "http-proxy"), ("HttpsProxy", "https-proxy"), ("NoProxy", "no-proxy")] {
        set_info(machine, name, json!(proxies[key].as_str().unwrap_or_default()));
    }
    let mirrors = file.get("registry-mirrors").cloned().unwrap_or(json!([]));
    set_info(machine, "RegistryConfig", json!({ "Mirrors": mirrors }));
    let keeps = file.get("live-restore") == Some(&json!(true));
    set_info(machine, "LiveRestoreEnabled", json!(keeps));
    if !keeps && stops {
        set_info(machine, "ContainersRunning", json!(0));
    }
    machine.put("/proc/7/environ", units::started_with(machine, "docker.service").as_bytes());
}

fn file(machine: &Memory) -> serde_json::Map<String, Value> {
    Document::parse(&machine.text(DAEMON_JSON).unwrap_or_default()).unwrap().value()
}

fn show(machine: &Memory, unit: &str) -> String {
    let program = match unit {
        "docker.service" => "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $OPTIONS",
        "containerd.service" => "/usr/bin/containerd",
        _ => return "LoadState=not-found\n".into(),
    };
    format!(
        "MainPID=7\nExecStart={{ path=x ; argv[]={program} ; pid=7 }}\nKillMode=process\nRequiredBy=\nBoundBy=\n\
         LoadState=loaded\nActiveState=active\nFragmentPath=/usr/lib/systemd/system/{unit}\n{}",
        units::shown(machine, unit)
    )
}

/// The file's own key, or nothing, as the default configuration has it.
fn dump(machine: &Memory) -> String {
    let text = machine.text("/etc/containerd/config.toml").unwrap_or_default();
    let set = text.lines().find_map(|line| line.trim().strip_prefix("config_path = ")).unwrap_or("\"\"");
    let disabled = text.lines().find(|line| line.starts_with("disabled_plugins")).unwrap_or_default();
    format!(
        "{disabled}\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = {set}\n\
         [plugins.\"io.containerd.transfer.v1.local\"]\nconfig_path = {set}\n"
    )
}

pub(crate) mod units {
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
        let words: Vec<String> =
            words.iter().map(|it| it.replace("%%", "%").replace(['"', '\''], "")).collect();
        words.join(" ")
    }

    /// The properties beside it.
    pub(crate) fn shown(machine: &Memory, unit: &str) -> String {
        let paths: Vec<String> =
            drop_ins(machine, unit).iter().map(|path| path.display().to_string()).collect();
        let mut shown = format!("DropInPaths={}\n", paths.join(" "));
        for file in values(machine, unit, "EnvironmentFile") {
            let ignored = if file.starts_with('-') { "yes" } else { "no" };
            shown +=
                &format!("EnvironmentFiles={} (ignore_errors={ignored})\n", file.trim_start_matches('-'));
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
}
