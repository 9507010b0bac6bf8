//! The verbs about engines. They may take minutes, so they run beside everything else. Those that change something run
//! one at a time and wait for nobody who only looks, since anybody may have the engines looked at; whoever saw a change
//! half-way is told by the service to look again.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use engines::{
    Applied, ChangeReport, DesiredRouting, EngineId, Found, Machine, MayRestart, Originals, Plan, PlanReport,
    RecordingMachine, Restarted, Store, UpstreamFacts, Verified, Versions,
};
use ipc::{Code, Failure, LIMIT};
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{
    handler::failed,
    repair_cache::{Outcome, RepairCache},
    storages::OfPerson,
};

/// The engines of one machine.
#[derive(Clone)]
pub(super) struct EngineWork {
    machine: Arc<dyn Machine + Send + Sync>,
    originals: Originals,
    /// Held by whoever changes something, repairs included.
    changing: Arc<Mutex<()>>,
    last: Arc<std::sync::Mutex<Option<RepairCache>>>,
    versions: Arc<Versions>,
    /// When a repair last restarted each engine, since the machine's start.
    restarted: Arc<std::sync::Mutex<BTreeMap<EngineId, Duration>>>,
    /// The machine's running time.
    clock: Arc<dyn Fn() -> Duration + Send + Sync>,
}

/// Between two restarts of an engine that nobody but the service asks for; it keeps to the same.
const APART: Duration = Duration::from_secs(60);

impl EngineWork {
    pub(super) fn new(
        machine: impl Machine + Send + Sync + 'static,
        originals: Originals,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let (changing, last, versions, restarted) = Default::default();
        let clock = Arc::new(clock);
        Self { machine: Arc::new(machine), originals, changing, last, versions, restarted, clock }
    }

    /// Every engine of the machine.
    pub(super) async fn find(&self) -> Result<Vec<Found>, Failure> {
        self.looking(|_, machine| Ok(engines::find(machine))).await
    }

    /// What routing the engine would change.
    pub(super) async fn plan(&self, id: EngineId, desired: DesiredRouting) -> Result<PlanReport, Failure> {
        self.looking(move |it, machine| {
            let plan =
                engines::plan(&found(id, machine)?, machine, &it.originals, &desired).map_err(engine)?;
            Ok(planned(plan, machine))
        })
        .await
    }

    /// Routes the engine.
    pub(super) async fn apply(&self, id: EngineId, desired: DesiredRouting) -> Result<ChangeReport, Failure> {
        self.changing(move |it| {
            let machine = it.machine();
            let plan =
                engines::plan(&found(id, machine)?, machine, &it.originals, &desired).map_err(engine)?;
            let applied = it.carry_out(&plan, desired.may_stop_containers)?;
            tracing::info!(engine = %id, files = ?applied.files, restarted = applied.restarted, "routed");
            Ok(applied.into())
        })
        .await
    }

    /// Asks the running engine.
    pub(super) async fn verify(&self, id: EngineId, desired: DesiredRouting) -> Result<Verified, Failure> {
        self.looking(move |_, machine| Ok(engines::verify(&found(id, machine)?, machine, &desired))).await
    }

    /// What restoring the engine would change.
    pub(super) async fn plan_restore(&self, id: EngineId, may_stop: bool) -> Result<PlanReport, Failure> {
        self.looking(move |it, machine| {
            let plan = engines::plan_restore(id, machine, &it.originals, may_stop).map_err(engine)?;
            Ok(planned(plan, machine))
        })
        .await
    }

    /// Gives the person's configuration back.
    pub(super) async fn restore(&self, id: EngineId, may_stop: bool) -> Result<ChangeReport, Failure> {
        self.changing(move |it| {
            let plan = engines::plan_restore(id, it.machine(), &it.originals, may_stop).map_err(engine)?;
            let applied = it.carry_out(&plan, may_stop)?;
            tracing::info!(engine = %id, files = ?applied.files, restarted = applied.restarted, "restored");
            Ok(applied.into())
        })
        .await
    }

    /// Every engine of the machine, and what was put back of those that are routed; a quick one relies on what the last
    /// one saw.
    pub(super) async fn repair(
        &self,
        asked: Vec<(EngineId, MayRestart)>,
        desired: DesiredRouting,
        quick: bool,
    ) -> Result<Outcome, Failure> {
        let changing = Arc::clone(&self.changing).lock_owned().await;
        self.blocking(changing, move |it| {
            let mut last = it.last.lock().unwrap_or_else(PoisonError::into_inner);
            let known =
                last.as_ref().filter(|_| quick).and_then(|last| last.again(&asked, &desired, it.machine()));
            if let Some(known) = known {
                return Ok(known);
            }
            *last = None;
            let recording = it.recording();
            let outcome = it.repaired(&asked, &desired, &recording)?;
            *last = RepairCache::of(&asked, desired, recording.into_stamps(), &outcome);
            Ok(outcome)
        })
        .await
    }

    fn repaired(
        &self,
        asked: &[(EngineId, MayRestart)],
        desired: &DesiredRouting,
        machine: &dyn Machine,
    ) -> Result<Outcome, Failure> {
        let mut repaired = Vec::new();
        for (id, may) in asked {
            if !engines::is_routed(*id, machine, &self.originals).map_err(engine)? {
                continue;
            }
            // What somebody keeps from running needs nothing until it runs again.
            let is_out_of_use = |found: &Found| found.is_stopped() && found.routable.is_err();
            let found = engines::find_one(*id, machine).filter(|found| !is_out_of_use(found));
            let Some(found) = found else { continue };
            let may = self.restart_now(*id, *may);
            let done = engines::repair(&found, machine, &self.originals, desired, may);
            if done.restart == Restarted::Once || done.rolled_back {
                let mut restarted = self.restarted.lock().unwrap_or_else(PoisonError::into_inner);
                restarted.insert(*id, (self.clock)());
            }
            repaired.push(done);
        }
        for it in repaired.iter().filter(|it| !it.written.is_empty()) {
            tracing::info!(engine = %it.engine, changed = ?it.changed, written = ?it.written, "repaired");
        }
        Ok((engines::find(machine), repaired))
    }

    /// However often the service asks, an engine is not kept from its work.
    fn restart_now(&self, id: EngineId, may: MayRestart) -> MayRestart {
        let restarted = self.restarted.lock().unwrap_or_else(PoisonError::into_inner);
        let since = restarted.get(&id).map(|at| (self.clock)().saturating_sub(*at));
        if since.is_some_and(|since| since < APART) { MayRestart::No } else { may }
    }

    /// What the machine knows of registries.
    pub(super) async fn upstream_facts(&self) -> Result<UpstreamFacts, Failure> {
        self.looking(|it, machine| Ok(engines::upstream_facts(machine, &it.originals))).await
    }

    /// What the stores of an engine hold, with what people have of their own; as much as fits a message.
    pub(super) async fn inventory(&self, id: EngineId, theirs: Vec<OfPerson>) -> Result<Vec<Store>, Failure> {
        self.looking(move |_, machine| {
            let mut stores = engines::inventory(id, machine);
            let theirs = theirs.into_iter();
            stores
                .extend(theirs.filter_map(|(uid, storage)| engines::store_of_person(machine, uid, storage)));
            engines::fit(&mut stores, LIMIT / 4 * 3);
            Ok(stores)
        })
        .await
    }

    async fn looking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self, &dyn Machine) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        self.blocking((), move |it| work(it, &it.recording())).await
    }

    async fn changing<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let changing = Arc::clone(&self.changing).lock_owned().await;
        self.blocking(changing, work).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        held: impl Send + 'static,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let it = self.clone();
        let done = spawn_blocking(move || {
            let result = work(&it);
            drop(held);
            result
        });
        done.await.map_err(failed)?
    }

    fn carry_out(&self, plan: &Plan, may_stop: bool) -> Result<Applied, Failure> {
        if let Some(work) = engines::cut_off(plan, self.machine()).filter(|_| !may_stop) {
            return Err(engine(format!(
                "{work} is running and would be cut off by the restart; wait until it has ended, or allow it with \
                 `--may-stop-containers`"
            )));
        }
        engines::apply(plan, self.machine(), &self.originals).map_err(engine)
    }

    fn machine(&self) -> &dyn Machine {
        self.machine.as_ref()
    }

    /// The machine for one look.
    fn recording(&self) -> RecordingMachine<'_> {
        self.versions.forget_old((self.clock)());
        RecordingMachine::new(self.machine(), &self.versions)
    }
}

fn planned(mut plan: Plan, machine: &dyn Machine) -> PlanReport {
    let cut_off = engines::cut_off(&plan, machine);
    plan.notes.extend(cut_off.map(|work| format!("{work} is running and would be cut off")));
    PlanReport::from(&plan)
}

/// The engine; the others are looked at only where it is not there as its service.
fn found(id: EngineId, machine: &dyn Machine) -> Result<Found, Failure> {
    let own = engines::find_one(id, machine).filter(|found| found.routable.is_ok());
    let missing = || Failure::new(Code::NotFound, format!("{} is not on this machine", id.name()));
    own.or_else(|| main(&engines::find(machine), id).cloned()).ok_or_else(missing)
}

/// The engine itself, before strays of its kind.
fn main(all: &[Found], id: EngineId) -> Option<&Found> {
    all.iter().filter(|found| found.engine == id).min_by_key(|found| found.routable.is_err())
}

fn engine(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Engine, engines::without_passwords(&error.to_string()))
}

#[cfg(test)]
mod tests {
    //! The verbs about engines on a machine that has none but Podman's family.

    use super::*;
    use crate::sample::Bench;

    #[tokio::test]
    async fn an_engine_that_is_not_here_is_not_found() {
        let bench = Bench::new();
        let failure = bench.engines.plan(EngineId::Docker, bench.desired()).await.unwrap_err();
        assert_eq!(failure, Failure::new(Code::NotFound, "Docker Engine is not on this machine"));
    }

    #[tokio::test]
    async fn podman_is_routed_and_given_back_without_a_trace() {
        let bench = Bench::new();
        let before = bench.machine.files();
        let plan = bench.engines.plan(EngineId::Podman, bench.desired()).await.unwrap();
        assert!(!plan.empty && plan.difference.contains("127.0.0.1:858"), "{plan:?}");
        let changes = bench.engines.apply(EngineId::Podman, bench.desired()).await.unwrap();
        assert_eq!(changes.files, plan.files);
        assert!(bench.engines.plan(EngineId::Podman, bench.desired()).await.unwrap().empty);

        let back = bench.engines.plan_restore(EngineId::Podman, false).await.unwrap();
        assert_eq!(back.files.len(), changes.files.len());
        bench.engines.restore(EngineId::Podman, false).await.unwrap();
        assert_eq!(bench.machine.files(), before);
    }

    /// `apply`, `restore` and `plan` of root took minutes while somebody had the engines looked at again and again.
    #[tokio::test]
    async fn what_root_asks_for_does_not_wait_for_those_who_only_look() {
        let bench = Bench::new();
        bench.machine.hold_only("systemd-run");
        let looking = (0..64).map(|_| {
            let (engines, desired) = (bench.engines.clone(), bench.desired());
            tokio::spawn(async move { engines.verify(EngineId::Podman, desired).await })
        });
        let looking: Vec<_> = looking.collect();
        bench.machine.somebody_waits().await;
        let before = bench.machine.files();
        let apply = bench.engines.apply(EngineId::Podman, bench.desired());
        let applied = tokio::time::timeout(std::time::Duration::from_secs(20), apply).await;
        assert!(applied.expect("it does not wait").is_ok() && bench.machine.files() != before);
        assert!(looking.iter().any(|it| !it.is_finished()));
        bench.machine.release();
    }

    #[tokio::test]
    async fn podman_is_repaired_while_it_is_led_and_left_alone_otherwise() {
        let bench = Bench::new();
        let podman = || vec![(EngineId::Podman, MayRestart::No), (EngineId::Docker, MayRestart::No)];
        let repair = || bench.engines.repair(podman(), bench.desired(), false);
        assert_eq!(repair().await.unwrap().1, []);
        let changes = bench.engines.apply(EngineId::Podman, bench.desired()).await.unwrap();
        let routed = bench.machine.files();
        assert_eq!(repair().await.unwrap().1.iter().map(|it| it.written.len()).sum::<usize>(), 0);
        for file in &changes.files {
            bench.machine.remove(file).unwrap();
        }
        let (found, repaired) = repair().await.unwrap();
        assert_eq!((found.len(), repaired.len(), &repaired[0].written), (1, 1, &changes.files));
        assert_eq!(bench.machine.files(), routed);
        bench.engines.restore(EngineId::Podman, false).await.unwrap();
        assert_eq!(repair().await.unwrap().1, []);
    }

    #[tokio::test]
    async fn a_quick_repair_runs_nothing_until_a_file_has_changed() {
        let bench = Bench::new();
        let podman = || vec![(EngineId::Podman, MayRestart::No)];
        let repair = |desired, quick| bench.engines.repair(podman(), desired, quick);
        let changes = bench.engines.apply(EngineId::Podman, bench.desired()).await.unwrap();
        let whole = repair(bench.desired(), true).await.unwrap();
        let commands = bench.machine.commands();
        assert_eq!(
            (repair(bench.desired(), true).await.unwrap(), bench.machine.commands()),
            (whole.clone(), commands)
        );
        assert_eq!(repair(bench.desired(), false).await.unwrap(), whole);
        assert!(bench.machine.commands() > commands);

        bench.machine.remove(&changes.files[0]).unwrap();
        assert_eq!(repair(bench.desired(), true).await.unwrap().1[0].written, [changes.files[0].clone()]);
        assert_eq!(repair(bench.desired(), true).await.unwrap(), whole);
        let registries = ["quay.io", "ghcr.io", "registry.acme.example"].map(str::to_owned).to_vec();
        let other = DesiredRouting { registries, ..bench.desired() };
        assert_ne!(repair(other, true).await.unwrap().1[0].written, Vec::<std::path::PathBuf>::new());
    }

    /// A service that was taken over could have kept an engine from its work, one restart after the other.
    #[tokio::test]
    async fn however_often_the_service_asks_an_engine_is_restarted_once_a_minute() {
        let bench = Bench::with_buildkit();
        bench.engines.apply(EngineId::Buildkit, bench.desired()).await.unwrap();
        let applied = bench.machine.restarts();
        assert_eq!(applied, 1, "that was root's own word");
        let ask = async || {
            bench.machine.forget_environment();
            let asked = vec![(EngineId::Buildkit, MayRestart::Anyway)];
            let outcome = bench.engines.repair(asked, bench.desired(), false).await.unwrap();
            outcome.1[0].restart.clone()
        };
        assert_eq!((ask().await, bench.machine.restarts()), (Restarted::Once, 2));
        for _ in 0..59 {
            assert_eq!((ask().await, bench.machine.restarts()), (Restarted::Wanted, 2));
            bench.machine.later(1);
        }
        assert_eq!((ask().await, bench.machine.restarts()), (Restarted::Wanted, 2));
        bench.machine.later(1);
        assert_eq!((ask().await, bench.machine.restarts()), (Restarted::Once, 3));
        assert_eq!((ask().await, bench.machine.restarts()), (Restarted::Wanted, 3));
    }
}
