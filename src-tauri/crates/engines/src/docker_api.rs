//! The HTTP API of Docker Engine, for its own adapter and for engines that share its containers. The running daemon's
//! answer counts, its files do not; one that is down is not spoken to, since that would start it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::machine::variable;
use crate::{Machine, Version, docker_packaging};

pub(crate) const SOCKET: &str = "/run/docker.sock";

/// Where the daemon keeps images.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ImageStore {
    /// A graph driver, the store of before.
    Classic,
    /// The containerd image store.
    Containerd,
}

/// The answers of a running daemon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Running {
    /// Proxy for `http` in use.
    pub(crate) http_proxy: String,
    /// Proxy for `https` in use.
    pub(crate) https_proxy: String,
    /// Where no proxy is used.
    pub(crate) no_proxy: String,
    /// Mirrors of Docker Hub in use.
    pub(crate) mirrors: Vec<String>,
    /// Certificate folders in its environment.
    pub(crate) certificate_folders: Option<String>,
    /// Where images are kept.
    pub(crate) image_store: ImageStore,
    /// Whether containers outlive the daemon.
    pub(crate) live_restore: bool,
    /// Whether it is part of a swarm.
    pub(crate) swarm: bool,
    /// Running containers.
    pub(crate) containers: u64,
    /// Log drivers of running containers, beside those that write locally.
    pub(crate) remote_log_drivers: Vec<String>,
}

/// Asks the daemon; `None` when it does not answer.
pub(crate) fn ask(machine: &dyn Machine, pid: u32) -> Option<Running> {
    let info = get(machine, "/info")?;
    let text = |key: &str| info[key].as_str().unwrap_or_default().to_owned();
    let containers = info["ContainersRunning"].as_u64().unwrap_or(0);
    Some(Running {
        http_proxy: text("HttpProxy"),
        https_proxy: text("HttpsProxy"),
        no_proxy: text("NoProxy"),
        mirrors: strings(&info["RegistryConfig"]["Mirrors"]),
        certificate_folders: variable(machine, pid, "SSL_CERT_DIR"),
        image_store: image_store(&info["DriverStatus"]),
        live_restore: info["LiveRestoreEnabled"].as_bool().unwrap_or(false),
        swarm: info["Swarm"]["LocalNodeState"].as_str().is_some_and(|state| state != "inactive"),
        containers,
        remote_log_drivers: if containers == 0 { Vec::new() } else { remote_log_drivers(machine) },
    })
}

/// Whether the daemon keeps containers over a restart; `None` when it does not answer.
pub(crate) fn live_restore(machine: &dyn Machine) -> Option<bool> {
    get(machine, "/info")?["LiveRestoreEnabled"].as_bool()
}

/// What a running daemon says of itself, and its running containers.
pub(crate) fn running(machine: &dyn Machine) -> Option<Running> {
    let unit = docker_packaging::unit(machine).filter(|unit| unit.active)?;
    ask(machine, unit.main_pid)
}

/// How many containers run under a daemon that is up.
pub(crate) fn running_containers(machine: &dyn Machine) -> u64 {
    running(machine).map_or(0, |running| running.containers)
}

/// Whether a restart of the daemon now would stop containers.
pub(crate) fn would_stop(machine: &dyn Machine) -> bool {
    running(machine).is_some_and(|running| running.containers > 0 && !running.live_restore)
}

/// Whether a running daemon builds something.
pub(crate) fn is_building(machine: &dyn Machine) -> bool {
    if !is_active(machine) {
        return false;
    }
    let usage = get(machine, "/system/df?type=build-cache").unwrap_or_default();
    let mut records = usage["BuildCache"].as_array().into_iter().flatten();
    records.any(|record| record["InUse"] == true)
}

/// The daemon's version; a stopped one is asked by its program.
pub(crate) fn version(machine: &dyn Machine, active: bool, arguments: &[String]) -> Option<Version> {
    let answer = if active { get(machine, "/version") } else { None };
    let running = answer.and_then(|it| Version::find_in(it["Version"].as_str()?));
    running.or_else(|| {
        let program = arguments.first()?;
        Version::find_in(&machine.run(&[program, "--version"]).stdout)
    })
}

/// A running container, as far as it tells of another engine inside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Container {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    id: String,
}

impl Container {
    /// The variables it was made with.
    pub(crate) fn environment(&self, machine: &dyn Machine) -> Vec<String> {
        let details = get(machine, &format!("/containers/{}/json", self.id)).unwrap_or_default();
        strings(&details["Config"]["Env"])
    }
}

/// The containers of a running daemon.
pub(crate) fn containers(machine: &dyn Machine) -> Vec<Container> {
    if !is_active(machine) {
        return Vec::new();
    }
    let list = get(machine, "/containers/json").unwrap_or_default();
    let containers = list.as_array().into_iter().flatten();
    containers
        .map(|container| Container {
            name: strings(&container["Names"]).first().map_or("", |it| it.trim_start_matches('/')).to_owned(),
            labels: serde_json::from_value(container["Labels"].clone()).unwrap_or_default(),
            id: container["Id"].as_str().unwrap_or_default().to_owned(),
        })
        .collect()
}

/// Whoever speaks to the socket of a daemon that is down starts it.
fn is_active(machine: &dyn Machine) -> bool {
    docker_packaging::unit(machine).is_some_and(|unit| unit.active)
}

fn image_store(driver_status: &Value) -> ImageStore {
    let pairs = driver_status.as_array().into_iter().flatten();
    let containerd =
        pairs.filter_map(|pair| pair[1].as_str()).any(|it| it.starts_with("io.containerd.snapshotter"));
    if containerd { ImageStore::Containerd } else { ImageStore::Classic }
}

fn remote_log_drivers(machine: &dyn Machine) -> Vec<String> {
    let list = get(machine, "/containers/json").unwrap_or_default();
    let ids = list.as_array().into_iter().flatten().filter_map(|container| container["Id"].as_str());
    let mut drivers: Vec<String> = ids
        .filter_map(|id| {
            let container = get(machine, &format!("/containers/{id}/json"))?;
            Some(container["HostConfig"]["LogConfig"]["Type"].as_str()?.to_owned())
        })
        .filter(|driver| !matches!(driver.as_str(), "json-file" | "local" | "journald" | "none" | ""))
        .collect();
    drivers.sort();
    drivers.dedup();
    drivers
}

fn get(machine: &dyn Machine, target: &str) -> Option<Value> {
    let answer = machine.ask(Path::new(SOCKET), "GET", target).ok()?;
    if answer.status == 200 { serde_json::from_str(&answer.body).ok() } else { None }
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|item| Some(item.as_str()?.to_owned())).collect()
}
