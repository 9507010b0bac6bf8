//! Container engines on this machine and how each is led through the gateway: `find` what is there, `plan`
//! the edits (pure), `apply` them, `verify` against the running engine, `plan_restore` the way back. `inventory`
//! lists what they hold already.
//! Everything here runs as root in the steward. What is allowed and what is not is decided elsewhere.

mod apply;
mod arguments;
mod buildkit;
mod containerd;
mod desktop;
mod docker;
mod docker_api;
mod docker_packaging;
mod draft;
mod drop_in;
mod egress_candidates;
mod engine_id;
mod environment;
mod format;
mod found;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod homes;
mod inventory;
mod k3s;
mod leftovers;
mod machine;
mod nodes;
mod originals;
mod personal;
mod plan;
mod podman;
mod repair;
mod report;
mod rootless;
mod strays;
mod systemd;
mod telemetry;
mod upstream;
mod verify;
mod wish;
mod work;

pub use apply::{Applied, ApplyError, apply};
pub use buildkit::BuildKitFacts;
pub use containerd::ContainerdFacts;
pub use desktop::DesktopFacts;
pub use docker::DockerFacts;
pub use docker_api::{ImageStore, Running};
pub use egress_candidates::{candidates, shown};
pub use engine_id::EngineId;
pub use environment::DaemonProxies;
pub use format::lines::without_passwords;
pub use found::{Facts, Found, Version, Why};
pub use inventory::{RunningContainer, Store, StoredImage, fit};
pub use k3s::K3sFacts;
pub use machine::linux::Linux;
pub use machine::witness::{Seen, Witness};
pub use machine::{Answer, Attributes, Entry, InHome, Kind, Machine, MachineError, Output, Process, Stamp};
pub use originals::{Originals, OriginalsError};
pub use personal::Personal;
pub use plan::{
    Check, Containers, Edit, LiveRestore, Plan, Proxies, Redirect, Restart, TakenOver, Unplannable,
};
pub use podman::containers_conf::ContainersEnv;
pub use podman::{PodmanFacts, Storage, own_storage, store_of_person};
pub use repair::{MayRestart, Repaired, Restarted, is_led, repair};
pub use report::{ChangeReport, PlanReport};
pub use telemetry::sends_logs_to;
pub use upstream::{
    AuthorityFile, ClientPair, EngineEgress, Family, FamilyTrust, HostTrust, OwnFiles, ProcessEnvironment,
    Readers, UpstreamFacts, own_containers_env, upstream_facts,
};
pub use verify::{Canary, Probe, Verified};
pub use wish::{ProxyAnswers, Wish, WishError, registry_path};
pub use work::work;

/// Every engine of this machine, those that cannot be routed included.
pub fn find(machine: &dyn Machine) -> Vec<Found> {
    let mut found = Vec::new();
    found.extend(docker::find(machine));
    found.extend(podman::find(machine));
    found.extend(containerd::find(machine));
    found.extend(buildkit::find(machine));
    found.extend(k3s::find(machine));
    found.extend(desktop::find(machine));
    found.extend(strays::find(machine));
    found
}

/// Whether something that no file tells of is other than when these were found.
pub fn differs_without_files(found: &[Found], machine: &dyn Machine) -> bool {
    podman::hides_otherwise(found, machine)
}

/// One engine, if it can be found without looking at the others.
pub fn find_one(engine: EngineId, machine: &dyn Machine) -> Option<Found> {
    match engine {
        EngineId::Docker => docker::find(machine),
        EngineId::Podman => podman::find(machine),
        EngineId::Containerd => containerd::find(machine),
        EngineId::Buildkit
        | EngineId::K3s
        | EngineId::Rke2
        | EngineId::DockerDesktop
        | EngineId::RancherDesktop
        | EngineId::Colima
        | EngineId::Lima
        | EngineId::Orbstack
        | EngineId::PodmanMachine => find(machine).into_iter().find(|found| found.engine == engine),
    }
}

/// What to change so that `found` pulls through the gateway; touches nothing.
pub fn plan(
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    wish: &Wish,
) -> Result<Plan, Unplannable> {
    found.routable.clone().map_err(Unplannable::NotRoutable)?;
    wish.check()?;
    let way = upstream::way_of(found, machine, originals);
    if !is_led(found.engine, machine, originals)? {
        upstream::refuse(way.as_ref(), &wish.proxies)?;
    }
    let mut plan = plan_for(found, machine, originals, wish)?;
    if !plan.is_empty() {
        plan.notes.extend(upstream::note(way.as_ref(), &wish.proxies));
    }
    Ok(plan)
}

fn plan_for(
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    wish: &Wish,
) -> Result<Plan, Unplannable> {
    match &found.facts {
        Facts::Docker(facts) => docker::plan(found, facts, machine, originals, wish),
        Facts::Podman(facts) => podman::plan(facts, machine, originals, wish),
        Facts::Containerd(facts) => containerd::plan(facts, machine, originals, wish),
        Facts::BuildKit(facts) => buildkit::plan(found, facts, machine, originals, wish),
        Facts::K3s(facts) => k3s::plan(found, facts, machine, originals, wish),
        Facts::Desktop(facts) => desktop::plan(found.engine, facts, machine, originals, wish),
        Facts::Unknown => Err(Unplannable::NotRoutable(Why::NotSupported)),
    }
}

/// Whether the running engine really goes through the gateway, with the evidence.
pub fn verify(found: &Found, machine: &dyn Machine, wish: &Wish) -> Verified {
    match &found.facts {
        Facts::Docker(facts) => docker::verify(facts, machine, wish),
        Facts::Podman(facts) => podman::verify(facts, machine, wish),
        Facts::Containerd(facts) => containerd::verify(facts, machine, wish),
        Facts::BuildKit(facts) => buildkit::verify(facts, machine, wish),
        Facts::K3s(facts) => k3s::verify(found, facts, machine, wish),
        Facts::Desktop(_) | Facts::Unknown => Verified::not_routed(found),
    }
}

/// What to change so that the person's own configuration is back; touches nothing.
pub fn plan_restore(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
    may_stop_containers: bool,
) -> Result<Plan, Unplannable> {
    match engine {
        EngineId::Docker => docker::plan_restore(machine, originals, may_stop_containers),
        EngineId::Podman => podman::plan_restore(machine, originals),
        EngineId::Containerd => containerd::plan_restore(machine, originals, may_stop_containers),
        EngineId::Buildkit => buildkit::plan_restore(machine, originals),
        EngineId::K3s | EngineId::Rke2 => k3s::plan_restore(engine, machine, originals, may_stop_containers),
        EngineId::DockerDesktop
        | EngineId::RancherDesktop
        | EngineId::Colima
        | EngineId::Lima
        | EngineId::Orbstack
        | EngineId::PodmanMachine => desktop::plan_restore(engine, machine, originals),
    }
}

/// The stores of one family that root can read, those that cannot be listed included.
pub fn inventory(engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
    let mut stores = match engine {
        EngineId::Docker => docker::stores(machine),
        EngineId::Podman => podman::stores(machine),
        EngineId::Containerd => containerd::stores(machine),
        EngineId::Buildkit => inventory::of_kind(engine, buildkit::find(machine).into_iter().collect()),
        EngineId::K3s | EngineId::Rke2 => inventory::of_kind(engine, k3s::find(machine)),
        EngineId::DockerDesktop
        | EngineId::RancherDesktop
        | EngineId::Colima
        | EngineId::Lima
        | EngineId::Orbstack
        | EngineId::PodmanMachine => inventory::of_kind(engine, desktop::find(machine)),
    };
    if strays::can_be(engine) {
        stores.extend(inventory::of_kind(engine, strays::find(machine)));
    }
    stores
}

/// Gives every file of `engine` back: byte for byte, or without our keys where the person edited after us.
#[cfg(any(test, fuzzing))]
fn restore(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
    may_stop_containers: bool,
) -> Result<Applied, ApplyError> {
    let plan = plan_restore(engine, machine, originals, may_stop_containers)?;
    apply(&plan, machine, originals)
}
