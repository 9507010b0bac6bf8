//! Engines that are seen and not routed: further daemons beside the service manager's, people's own, and kinds
//! without an adapter. They are shown as exactly that.

use crate::docker_api::Container;
use crate::drop_in::NO_PROXY;
use crate::systemd::Unit;
use crate::{
    EngineId, Facts, Found, Machine, Process, Running, Why, buildkit, docker_api, docker_packaging, k3s,
    nodes, rootless, systemd,
};

/// Programs, and the unit that would make one of those routable that are not second to another.
const KINDS: [(&str, EngineId, Option<&str>); 5] = [
    ("dockerd", EngineId::Docker, None),
    ("buildkitd", EngineId::Buildkit, Some("buildkit.service")),
    ("containerd", EngineId::Containerd, None),
    ("k3s", EngineId::K3s, Some("k3s.service")),
    ("rke2", EngineId::Rke2, Some("rke2-server.service")),
];
/// Where the interception authority lies in a builder that was made with it.
const BUILDER_CERTIFICATES: &str = "/etc/buildkit/certs/docker.io";

/// Whether engines of this kind are ever found here.
pub(crate) fn can_be(engine: EngineId) -> bool {
    KINDS.iter().any(|(_, kind, _)| *kind == engine)
}

/// Whether one that is found here is the engine itself, which nothing else would show.
pub(crate) fn stands_for(engine: EngineId) -> bool {
    KINDS.iter().any(|(_, kind, unit)| *kind == engine && unit.is_some())
}

/// One entry an unmanaged process, builder or cluster.
pub(crate) fn find(machine: &dyn Machine) -> Vec<Found> {
    let processes = machine.processes();
    let mut found: Vec<Found> = unmanaged_processes(machine, &processes)
        .into_iter()
        .filter_map(|process| unmanaged_process(machine, process))
        .collect();
    found.extend(rootless::stopped(machine, &processes));
    let containers = nodes::containers(machine);
    found.extend(containers.iter().filter_map(|container| builder(machine, container)));
    found.extend(nodes::find(&containers));
    found
}

/// The engines' processes that are neither a service's nor part of another one of them.
fn unmanaged_processes<'a>(machine: &dyn Machine, processes: &'a [Process]) -> Vec<&'a Process> {
    let parent = |process: &Process| processes.iter().find(|other| other.pid == process.parent);
    let is_part =
        |it: &&Process| parent(it).is_some_and(|parent| is_embedded(it, parent) || is_copy(it, parent));
    let mut found: Vec<&Process> =
        processes.iter().filter(|it| is_daemon(it) && !is_part(it) && !is_service(machine, it)).collect();
    if !found.is_empty() {
        // A daemon that a restart of its unit has ended in the meantime is none beside it.
        let after = machine.processes();
        found.retain(|process| after.contains(process));
    }
    found
}

/// Whether it is the daemon of its service, or no engine.
fn is_service(machine: &dyn Machine, process: &Process) -> bool {
    let of_unit = |unit: Option<Unit>| unit.is_some_and(|unit| unit.main_pid == process.pid);
    match process.program() {
        "dockerd" => of_unit(docker_packaging::unit(machine)),
        "containerd" => of_unit(systemd::unit(machine, "containerd.service")),
        "buildkitd" => buildkit::main_pid(machine) == Some(process.pid),
        "k3s" | "rke2" => k3s::main_pids(machine).contains(&process.pid),
        _ => true,
    }
}

/// Whether it stays: these programs also answer questions and are gone, when Pullgate asks for their version too.
fn is_daemon(process: &Process) -> bool {
    let has = |words: &[&str]| process.arguments.iter().skip(1).any(|it| words.contains(&it.as_str()));
    match process.program() {
        "k3s" | "rke2" => has(&["server", "agent"]),
        _ => !has(&["--version", "-v", "--help", "-h", "--validate", "config", "publish", "oci-hook"]),
    }
}

/// A containerd that another engine started for itself.
fn is_embedded(process: &Process, parent: &Process) -> bool {
    process.program() == "containerd" && matches!(parent.program(), "dockerd" | "k3s" | "k3s-server" | "rke2")
}

/// A process that is about to run another program: until it does, the kernel shows the arguments of its parent.
fn is_copy(process: &Process, parent: &Process) -> bool {
    process.arguments == parent.arguments
}

/// A builder in a container of its own, unless it was made so that it pulls through the gateway.
fn builder(machine: &dyn Machine, container: &Container) -> Option<Found> {
    let node = container.name.strip_prefix("buildx_buildkit_")?;
    let made_with = container.environment(machine);
    if made_with.contains(&format!("NO_PROXY={}", NO_PROXY)) {
        return None;
    }
    let name = node.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(node).to_owned();
    let why = match docker_api::running(machine).filter(|docker| docker.no_proxy == NO_PROXY) {
        None => Why::Builder(name),
        Some(docker) => Why::BuilderToMakeAnew { command: recreate_command(&name, &docker), name },
    };
    Some(unrouted(EngineId::Docker, "buildx builder", why))
}

/// The command that recreates a builder with the proxy and the authority that Docker Engine has.
fn recreate_command(name: &str, docker: &Running) -> String {
    let proxy = &docker.https_proxy;
    let folders = docker.certificate_folders.as_deref().unwrap_or_default();
    let authority = folders.rsplit(':').next().unwrap_or_default();
    let options = [
        "network=host".to_owned(),
        format!("env.HTTP_PROXY={proxy}"),
        format!("env.HTTPS_PROXY={proxy}"),
        format!("env.NO_PROXY={}", NO_PROXY),
        format!("env.SSL_CERT_DIR=/etc/ssl/certs:{BUILDER_CERTIFICATES}"),
    ];
    let options: String = options.iter().map(|option| format!(" --driver-opt {option}")).collect();
    format!(
        "docker buildx rm {name}; docker buildx create --name {name} --driver docker-container{options} \
         --config <(echo '[registry.\"docker.io\"]'; echo 'ca = [\"{authority}/pullgate-intercept.pem\"]')"
    )
}

fn unmanaged_process(machine: &dyn Machine, process: &Process) -> Option<Found> {
    if process.uid != 0 {
        return rootless::running(machine, process);
    }
    let program = process.program().to_owned();
    let (_, engine, unit) = KINDS.into_iter().find(|(known, ..)| *known == program)?;
    let why = match unit {
        Some(unit) => Why::NoUnit(unit.into()),
        None => Why::Second { program, pid: process.pid },
    };
    Some(unrouted(engine, engine.name(), why))
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
        let containers = r#"[{"Id":"b1","Names":["/buildx_buildkit_big0"]},{"Id":"w","Names":["/web"]}]"#;
        machine.answer("GET /containers/json", 200, containers);
        let why: Vec<String> =
            find(&machine).into_iter().map(|it| it.routable.unwrap_err().to_string()).collect();
        assert_eq!(why, [Why::Builder("big".into()).to_string()]);
    }

    #[test]
    fn a_builder_beside_a_routed_daemon_comes_with_the_command_that_makes_it_anew() {
        let files = [
            (
                "/etc/docker/daemon.json",
                r#"{"proxies":{"https-proxy":"http://127.0.0.1:859","no-proxy":"pullgate.invalid"}}"#,
            ),
            (
                "/etc/systemd/system/docker.service.d/zz-pullgate.conf",
                "[Service]\nEnvironment=SSL_CERT_DIR=/etc/ssl/certs:/etc/pullgate/ca\n",
            ),
        ];
        let machine = crate::machine::simulated::machine(&files, 2);
        let containers = r#"[{"Id":"b1","Names":["/buildx_buildkit_big0"]},{"Id":"b2","Names":["/buildx_buildkit_anew0"]}]"#;
        machine.answer("GET /containers/json", 200, containers);
        let made_with = r#"{"Config":{"Env":["PATH=/bin","NO_PROXY=pullgate.invalid"]}}"#;
        machine.answer("GET /containers/b2/json", 200, made_with);
        let found = find(&machine);
        assert_eq!(found.len(), 1, "{found:?}");
        insta::assert_snapshot!(found[0].routable.as_ref().unwrap_err());
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
            Process { arguments: vec!["/usr/bin/k3s".into(), "server".into()], ..process(13, 1, 0, "k3s") },
            process(14, 1, 0, "sshd"),
        ];
        let machine = Memory { running, ..Memory::default() };
        let why: Vec<String> = find(&machine)
            .into_iter()
            .map(|it| format!("{}: {}", it.name, it.routable.unwrap_err()))
            .collect();
        insta::assert_snapshot!(why.join("\n"));
    }

    #[test]
    fn a_daemon_that_starts_a_container_is_not_a_further_daemon() {
        let process =
            |pid, parent| Process { pid, parent, uid: 0, arguments: vec!["/usr/bin/containerd".into()] };
        let machine = Memory { running: vec![process(10, 1), process(11, 10)], ..Memory::default() };
        let why: Vec<_> = find(&machine).into_iter().map(|it| it.routable).collect();
        assert_eq!(why, [Err(Why::Second { program: "containerd".into(), pid: 10 })]);
    }

    #[test]
    fn a_program_that_is_asked_for_its_version_is_not_a_further_daemon() {
        let process = |line: &str| Process {
            pid: 10,
            parent: 9,
            uid: 0,
            arguments: line.split(' ').map(str::to_owned).collect(),
        };
        let asked = [
            "/usr/bin/containerd --version",
            "/usr/bin/containerd --config /etc/containerd/config.toml config dump",
            "dockerd -v",
            "dockerd --validate --config-file /etc/docker/daemon.json",
            "/usr/local/bin/k3s kubectl get pods",
        ];
        for line in asked {
            let machine = Memory { running: vec![process(line)], ..Memory::default() };
            assert_eq!(find(&machine), [], "{line}");
        }
    }
}
