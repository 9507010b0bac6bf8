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
