//! The laptop of the story: a developer's machine with every engine of Debian, a configuration of its own, and work
//! that must not be disturbed.

use std::time::Instant;

use acceptance::laptop::{Laptop, Options, Output, Store};
use acceptance::pull::{Flavor, Outcome};
use serde_json::Value;

use crate::packages;

/// A community image, which the policy does not let in.
pub(crate) const BLOCKED: &str = "docker.io/someuser/tool:1";
/// An official one, which it does.
pub(crate) const ALLOWED: &str = "docker.io/library/official:1";

/// As somebody left it years ago.
const DAEMON: &str = "{ \"labels\" : [\"team=a\"],\n\n\t\"debug\":false}";
const REGISTRIES: &str =
    "# ours since 2019\n[[registry]]\nprefix = \"ghcr.io/acme\"\nlocation = \"ghcr.io/acme\"\n";

/// A laptop that has the packages at hand and has never seen Pullgate.
pub(crate) fn boot() -> Laptop {
    let options = Options::docker(Store::Classic)
        .binary("packages", &packages::folder())
        .file("/etc/docker/daemon.json", DAEMON)
        .file("/etc/containers/registries.conf.d/050-own.conf", REGISTRIES);
    let laptop = Laptop::boot(&options);
    laptop.must("chmod 640 /etc/docker/daemon.json && chown root:docker /etc/docker/daemon.json");
    laptop.must(&format!("docker run --detach --name before {BLOCKED} sleep 100000"));
    laptop
}

/// Runs a step of the story, and says how long it took.
pub(crate) fn timed(laptop: &Laptop, what: &str, command: &str) -> Output {
    let started = Instant::now();
    let output = laptop.must(command);
    println!("{what}: {:.1} s", started.elapsed().as_secs_f32());
    output
}

/// Everything about the engines that Pullgate changes, as they themselves say it.
pub(crate) fn behavior(laptop: &Laptop) -> String {
    let wanted =
        "{{.HTTPProxy}} {{.HTTPSProxy}} {{.NoProxy}} {{.LiveRestoreEnabled}} {{json .RegistryConfig}}";
    laptop
        .must(&format!(
            "docker info --format '{wanted}'; docker inspect --format '{{{{.State.Pid}}}}' before
             tr '\\0' '\\n' < /proc/$(pidof dockerd)/environ | cut -d= -f1 | sort
             systemctl cat docker.service containerd.service; podman info --format '{{{{json .Registries}}}}'"
        ))
        .stdout
}

/// The ways in which this machine brings in images.
pub(crate) const FLAVORS: [Flavor; 3] = [Flavor::DockerPull, Flavor::Podman, Flavor::Cri];

/// Without Pullgate every engine brings in what it is asked for.
pub(crate) fn pulls_freely(laptop: &Laptop) {
    for flavor in FLAVORS {
        let outcome = attempt(laptop, flavor, BLOCKED);
        assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?}: {outcome}");
    }
}

/// Under the policy these bring in what is allowed, and nothing else.
pub(crate) fn pulls_by_policy(laptop: &Laptop, flavors: &[Flavor]) {
    for &flavor in flavors {
        let allowed = attempt(laptop, flavor, ALLOWED);
        assert_eq!((allowed.code, allowed.present), (0, true), "{flavor:?}: {allowed}");
        let blocked = attempt(laptop, flavor, BLOCKED);
        assert!(blocked.code != 0 && !blocked.present && blocked.asked.is_nothing(), "{flavor:?}: {blocked}");
        assert!(blocked.terminal.contains("image access denied"), "{flavor:?}: {blocked}");
    }
}

fn attempt(laptop: &Laptop, flavor: Flavor, image: &str) -> Outcome {
    let forgotten = format!(
        "docker rmi --force {image}; podman rmi --force {image}; ctr --namespace k8s.io images rm {image}"
    );
    laptop.run(&forgotten);
    let outcome = flavor.attempt(laptop, image);
    laptop.run(&forgotten);
    outcome
}

/// What `pullgate engines` says of each engine: its name, and whether its pulls come through the gateway.
pub(crate) fn engines(laptop: &Laptop) -> Vec<(String, String)> {
    let said = laptop.must("pullgate engines --json").stdout;
    let reports = said.lines().map(|line| serde_json::from_str::<Value>(line).expect("a report is JSON"));
    let text = |report: &Value, key: &str| report[key].as_str().unwrap_or_default().to_owned();
    reports.map(|report| (text(&report, "engine"), text(&report, "routed"))).collect()
}
