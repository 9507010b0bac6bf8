//! Container engines on this machine and how each is led through the gateway: `find` what is there, `plan`
//! the edits (pure), `apply` them, `verify` against the running engine, `plan_restore` the way back. `inventory`
//! lists what they hold already.
//! Everything here runs as root in the steward. What is allowed and what is not is decided elsewhere.

mod activity;
mod adapter;
mod adapters;
mod apply;
mod arguments;
mod buildkit;
mod containerd;
mod desired_routing;
mod desktop;
mod docker;
mod docker_api;
mod docker_packaging;
mod drop_in;
mod egress_candidates;
mod engine_id;
mod environment;
mod found;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod inventory;
mod k3s;
mod machine;
mod originals;
mod orphans;
mod people;
mod plan;
mod plan_builder;
mod podman;
mod repair;
mod report;
mod systemd;
mod telemetry;
mod unmanaged;
mod upstream;
mod verify;

pub use config_edit::lines::without_passwords;
pub use config_edit::{Proxies, Redirect};

pub use apply::{Applied, ApplyError, apply};
pub use arguments::is_brief;
pub use desired_routing::{DesiredRouting, DesiredRoutingError, ProxyAnswers};
pub use egress_candidates::{candidates, shown};
pub use engine_id::EngineId;
pub use found::{Found, Version, Why};
pub use inventory::{RunningContainer, Store, StoredImage, fit};
pub use machine::linux::Linux;
pub use machine::recording::{FileStamps, RecordingMachine};
pub use machine::versions::Versions;
pub use machine::{Answer, Attributes, Entry, InHome, Kind, Machine, MachineError, Output, Process, Stamp};
pub use originals::{Originals, OriginalsError};
pub use people::Personal;
pub use plan::{Plan, Unplannable};
pub use podman::containers_conf::ContainersEnv;
pub use podman::{Storage, own_storage, store_of_person};
pub use repair::{MayRestart, Repaired, Restarted, is_routed, repair};
pub use report::{ChangeReport, PlanReport};
pub use telemetry::sends_logs_to;
pub use upstream::{
    AuthorityFile, ClientPair, EngineEgress, Family, FamilyTrust, HostTrust, OwnFiles, ProcessEnvironment,
    Readers, UpstreamFacts, own_containers_env, upstream_facts,
};
pub use verify::{Canary, Probe, Verified};

use adapters::{ADAPTERS, adapter};
use docker_api::Running;
use found::Facts;
use plan::Restart;

/// Every engine of this machine, those that cannot be routed included.
pub fn find(machine: &dyn Machine) -> Vec<Found> {
    let mut found: Vec<Found> = ADAPTERS.iter().flat_map(|adapter| adapter.find(machine)).collect();
    found.extend(unmanaged::find(machine));
    found
}

/// Whether something that no file tells of is other than when these were found.
pub fn differs_without_files(found: &[Found], machine: &dyn Machine) -> bool {
    podman::hides_otherwise(found, machine)
}

/// One engine, found without looking at the others.
pub fn find_one(engine: EngineId, machine: &dyn Machine) -> Option<Found> {
    let first = |all: Vec<Found>| all.into_iter().find(|found| found.engine == engine);
    let found = first(adapter(engine).find(machine));
    found.or_else(|| if unmanaged::stands_for(engine) { first(unmanaged::find(machine)) } else { None })
}

/// What to change so that `found` pulls through the gateway; touches nothing.
pub fn plan(
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
) -> Result<Plan, Unplannable> {
    found.routable.clone().map_err(Unplannable::NotRoutable)?;
    desired.check()?;
    let way = upstream::egress_of(found, machine, originals);
    if !is_routed(found.engine, machine, originals)? {
        upstream::refuse(way.as_ref(), &desired.proxies)?;
    }
    let mut plan = adapter(found.engine).plan(found, machine, originals, desired)?;
    if !plan.is_empty() {
        plan.notes.extend(upstream::note(way.as_ref(), &desired.proxies));
    }
    Ok(plan)
}

/// Whether the running engine really goes through the gateway, with the evidence.
pub fn verify(found: &Found, machine: &dyn Machine, desired: &DesiredRouting) -> Verified {
    adapter(found.engine).verify(found, machine, desired)
}

/// What to change so that the person's own configuration is back; touches nothing.
pub fn plan_restore(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
    may_stop_containers: bool,
) -> Result<Plan, Unplannable> {
    adapter(engine).plan_restore(engine, machine, originals, may_stop_containers)
}

/// What the restart of a plan would cut off now, in words; nothing of engines that cannot be asked.
pub fn cut_off(plan: &Plan, machine: &dyn Machine) -> Option<String> {
    let restarts = matches!(plan.restart, Restart::Once { .. });
    restarts.then(|| activity(plan.engine, machine)).flatten()
}

fn activity(engine: EngineId, machine: &dyn Machine) -> Option<String> {
    adapter(engine).activity(machine).map(str::to_owned)
}

/// The stores of one family that root can read, those that cannot be listed included.
pub fn inventory(engine: EngineId, machine: &dyn Machine) -> Vec<Store> {
    let mut stores = adapter(engine).stores(engine, machine);
    if unmanaged::can_be(engine) {
        stores.extend(inventory::unlisted(engine, unmanaged::find(machine)));
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
