//! Engines that are seen and not routed: further daemons beside the service manager's, people's own, kinds without an
//! adapter, and what pulls by itself inside containers of Docker Engine. They are shown as exactly that.
//!
//! The daemon that a person runs for themselves has a network of its own, in which the gateway's loopback address is the
//! daemon's, and every file that rules it is the person's. Clusters (kind, minikube, k3d) have nodes that pull the images
//! of their pods, and Docker Model Runner pulls models.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config_edit::NO_PROXY;

use crate::arguments::is_brief;
use crate::docker_api::Container;
use crate::machine::InHome;
use crate::people::{Person, people};
use crate::systemd::Unit;
use crate::{
    EngineId, Facts, Found, Machine, Process, Running, Why, buildkit, docker_api, docker_packaging, k3s,
    systemd,
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
    found.extend(rootless_stopped(machine, &processes));
    let containers = docker_api::containers(machine);
    found.extend(containers.iter().filter_map(|container| builder(machine, container)));
    found.extend(in_containers(&containers));
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
        _ => !is_brief(&process.arguments),
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
    if made_with.contains(&format!("NO_PROXY={NO_PROXY}")) {
        return None;
    }
    let name = node.strip_suffix(|c: char| c.is_ascii_digit()).unwrap_or(node).to_owned();
    let why = match docker_api::running(machine).filter(|docker| docker.no_proxy == NO_PROXY) {
        None => Why::Builder(name),
        Some(docker) => Why::BuilderToMakeAnew { command: recreate_command(&name, &docker), name },
    };
    Some(unrouted(EngineId::Docker, "buildx builder".to_owned(), Vec::new(), why))
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
        format!("env.NO_PROXY={NO_PROXY}"),
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
        return rootless_running(machine, process);
    }
    let program = process.program().to_owned();
    let (_, engine, unit) = KINDS.into_iter().find(|(known, ..)| *known == program)?;
    let why = match unit {
        Some(unit) => Why::NoUnit(unit.into()),
        None => Why::Second { program, pid: process.pid },
    };
    Some(unrouted(engine, engine.name().to_owned(), Vec::new(), why))
}

fn unrouted(engine: EngineId, name: String, config: Vec<PathBuf>, why: Why) -> Found {
    Found { engine, name, version: None, unit: None, config, facts: Facts::Unknown, routable: Err(why) }
}

/// Program, unit below `~/.config/systemd/user`, configuration below `~/.config`.
const ROOTLESS: [(&str, EngineId, &str, &str); 3] = [
    ("dockerd", EngineId::Docker, "docker.service", "docker/daemon.json"),
    ("containerd", EngineId::Containerd, "containerd.service", "containerd/config.toml"),
    ("buildkitd", EngineId::Buildkit, "buildkit.service", "buildkit/buildkitd.toml"),
];

/// Those that are set up but have no process now.
fn rootless_stopped(machine: &dyn Machine, processes: &[Process]) -> Vec<Found> {
    let mut found = Vec::new();
    for person in people(machine).into_iter().filter(|person| person.uid != 0) {
        for (program, engine, unit, _) in ROOTLESS {
            let unit = Path::new(".config/systemd/user").join(unit);
            let is_theirs = |it: &Process| it.uid == person.uid && it.program() == program;
            let is_there = machine.in_home(&person.home, person.uid, &unit) == InHome::There;
            if is_there && !processes.iter().any(is_theirs) {
                // Everybody hears of it, so it is told as the person would write it.
                let unit = Path::new("~").join(unit);
                let why = Why::RootlessStopped { program: program.into(), uid: person.uid, unit };
                found.push(unrouted(
                    engine,
                    engine.name().to_owned(),
                    rootless_config(&person, program),
                    why,
                ));
            }
        }
    }
    found
}

/// One that runs.
fn rootless_running(machine: &dyn Machine, process: &Process) -> Option<Found> {
    let program = process.program();
    let (_, engine, ..) = ROOTLESS.into_iter().find(|(known, ..)| *known == program)?;
    let owner = people(machine).into_iter().find(|person| person.uid == process.uid);
    let config = owner.map(|person| rootless_config(&person, program)).unwrap_or_default();
    let why = Why::Rootless { program: program.into(), pid: process.pid, uid: process.uid };
    Some(unrouted(engine, engine.name().to_owned(), config, why))
}

fn rootless_config(person: &Person, program: &str) -> Vec<PathBuf> {
    let of_kind = ROOTLESS.iter().filter(|(known, ..)| *known == program);
    of_kind.map(|(.., file)| person.home.join(".config").join(file)).collect()
}

/// A label that nodes carry, with the cluster's name, who made it and what deletes it.
const CLUSTERS: [(&str, &str, &str); 3] = [
    ("io.x-k8s.kind.cluster", "kind", "kind delete cluster --name"),
    ("name.minikube.sigs.k8s.io", "minikube", "minikube delete --profile"),
    ("k3d.cluster", "k3d", "k3d cluster delete"),
];

/// The container in which Docker's command line runs Model Runner beside Docker Engine.
const MODEL_RUNNER: &str = "docker-model-runner";

/// One entry a cluster, however many nodes it has, and one for Model Runner.
fn in_containers(containers: &[Container]) -> Vec<Found> {
    let clusters: BTreeMap<_, _> = containers.iter().filter_map(cluster).collect();
    let clusters = clusters.into_iter().map(|((product, name), delete)| {
        let why = Why::Node { product: product.to_owned(), delete: format!("{delete} {name}") };
        unrouted(EngineId::Containerd, format!("{product} cluster {name}"), Vec::new(), why)
    });
    let runner = containers.iter().find(|container| container.name == MODEL_RUNNER);
    let runner = runner
        .map(|_| unrouted(EngineId::Docker, "Docker Model Runner".to_owned(), Vec::new(), Why::ModelRunner));
    clusters.chain(runner).collect()
}

fn cluster(container: &Container) -> Option<((&'static str, &str), &'static str)> {
    CLUSTERS.iter().find_map(|(label, product, delete)| {
        let name = container.labels.get(*label)?;
        Some(((*product, name.as_str()), *delete))
    })
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

    #[test]
    fn what_pulls_by_itself_in_containers_is_shown_once_with_what_to_do() {
        let machine = crate::machine::simulated::machine(&[], 0);
        let containers = r#"[
            {"Id":"1","Names":["/dev-control-plane"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"control-plane"}},
            {"Id":"2","Names":["/dev-worker"],"Labels":{"io.x-k8s.kind.cluster":"dev","io.x-k8s.kind.role":"worker"}},
            {"Id":"3","Names":["/minikube"],"Labels":{"created_by.minikube.sigs.k8s.io":"true","name.minikube.sigs.k8s.io":"minikube"}},
            {"Id":"4","Names":["/k3d-ci-server-0"],"Labels":{"app":"k3d","k3d.cluster":"ci","k3d.role":"server"}},
            {"Id":"5","Names":["/web"],"Labels":{"com.docker.compose.project":"shop"}},
            {"Id":"6","Names":["/old"],"Labels":null},
            {"Id":"7","Names":["/docker-model-runner"],"Labels":{"com.docker.desktop.service":"model-runner"}}
        ]"#;
        machine.answer("GET /containers/json", 200, containers);
        let found = in_containers(&docker_api::containers(&machine));
        let shown = found.iter().map(|it| format!("{}: {}", it.name, it.routable.as_ref().unwrap_err()));
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }

    #[test]
    fn engines_of_people_are_shown_whether_they_run_or_not() {
        let accounts = "root:x:0:0::/root:/x\nada:x:1000:1000::/home/ada:/x\nbob:x:1001:1001::/home/bob:/x\n";
        let mut machine = Memory::with(&[
            ("/etc/passwd", accounts),
            ("/home/ada/.config/systemd/user/docker.service", "[Service]\n"),
            ("/home/ada/.config/docker/daemon.json", "{}"),
            ("/home/bob/.config/systemd/user/containerd.service", "[Service]\n"),
        ]);
        let arguments = vec!["/usr/bin/dockerd".to_owned()];
        machine.running = vec![Process { pid: 40, parent: 39, uid: 1000, arguments }];
        let shown = find(&machine).into_iter().map(|it| {
            let config: Vec<_> = it.config.iter().map(|path| path.display().to_string()).collect();
            format!("{} ({}): {}", it.name, config.join(" "), it.routable.unwrap_err())
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}
