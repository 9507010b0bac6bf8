//! Engines that are seen and not routed: further daemons beside the service manager's, people's own, and kinds
//! without an adapter. They are shown as exactly that.

use crate::{EngineId, Facts, Found, Machine, Process, Why, docker, systemd};

const KINDS: [(&str, EngineId, &str); 5] = [
    ("dockerd", EngineId::Docker, "Docker Engine"),
    ("buildkitd", EngineId::Docker, "BuildKit"),
    ("containerd", EngineId::Containerd, "containerd"),
    ("k3s", EngineId::Containerd, "k3s"),
    ("rke2", EngineId::Containerd, "RKE2"),
];

/// One entry a stray process.
pub(crate) fn find(machine: &dyn Machine) -> Vec<Found> {
    let processes = machine.processes();
    let units = ["docker.service", "containerd.service"];
    let known: Vec<u32> =
        units.iter().filter_map(|name| systemd::unit(machine, name)).map(|unit| unit.main_pid).collect();
    let is_embedded = |process: &Process| {
        let parent = processes.iter().find(|other| other.pid == process.parent);
        process.program() == "containerd"
            && parent.is_some_and(|it| matches!(it.program(), "dockerd" | "k3s" | "k3s-server" | "rke2"))
    };
    let strays = processes.iter().filter(|it| !known.contains(&it.pid) && !is_embedded(it));
    let builders = docker::builders(machine).into_iter().map(builder);
    strays.filter_map(stray).chain(builders).collect()
}

fn builder(name: String) -> Found {
    unrouted(EngineId::Docker, "buildx builder", Why::Builder(name))
}

fn stray(process: &Process) -> Option<Found> {
    let program = process.program().to_owned();
    let (_, engine, name) = KINDS.into_iter().find(|(known, ..)| *known == program)?;
    let pid = process.pid;
    let why = match (process.uid, program.as_str()) {
        (0, "dockerd" | "containerd") => Why::Second { program, pid },
        (0, _) => Why::NotSupported,
        (uid, _) => Why::Rootless { program, pid, uid },
    };
    Some(unrouted(engine, name, why))
}

fn unrouted(engine: EngineId, name: &str, why: Why) -> Found {
    Found {
        engine,
        name: name.to_owned(),
        version: None,
        unit: None,
        config: Vec::new(),
        facts: Facts::Unknown,
        routable: Err(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::memory::Memory;

    #[test]
    fn builders_that_pull_by_themselves_are_shown() {
        let machine = crate::machine::simulated::machine(&[], 2);
        let containers = r#"[{"Names":["/buildx_buildkit_big0"]},{"Names":["/web"]}]"#;
        machine.answer("GET /containers/json", 200, containers);
        let why: Vec<String> =
            find(&machine).into_iter().map(|it| it.routable.unwrap_err().to_string()).collect();
        assert_eq!(why, [Why::Builder("big0".into()).to_string()]);
    }

    #[test]
    fn further_daemons_are_shown_and_embedded_ones_are_not() {
        let process = |pid, parent, uid, program: &str| Process {
            pid,
            parent,
            uid,
            arguments: vec![format!("/usr/bin/{program}")],
        };
        let running = vec![
            process(10, 1, 0, "dockerd"),
            process(11, 10, 0, "containerd"),
            process(12, 1, 1000, "dockerd"),
            process(13, 1, 0, "k3s"),
            process(14, 1, 0, "sshd"),
        ];
        let machine = Memory { running, ..Memory::default() };
        let why: Vec<String> = find(&machine)
            .into_iter()
            .map(|it| format!("{}: {}", it.name, it.routable.unwrap_err()))
            .collect();
        insta::assert_snapshot!(why.join("\n"));
    }
}
