//! A doctor that waits, and everybody else.

use std::{sync::mpsc, thread, time::Duration};

use tokio::task::{JoinSet, yield_now};

use super::*;
use crate::tests::service;

/// With a slow disk one caller's `pullgate doctor` stopped the thread that tells the watchdog, and the service was ended.
#[tokio::test]
async fn sixty_four_doctors_that_wait_for_a_slow_disk_hold_nobody_else_up() {
    let folder = tempfile::tempdir().unwrap();
    let handles = service(folder.path()).handles;
    let (hangs, is_hanging) = mpsc::channel();
    let (let_go, gone) = mpsc::channel();
    let decisions = handles.decisions.clone();
    // It ends by itself, so that a doctor on this thread is a failure and no test without an end.
    let disk = thread::spawn(move || {
        let hang = decisions.hang();
        hangs.send(()).unwrap();
        let _whatever_comes_first: Result<(), _> = gone.recv_timeout(Duration::from_secs(20));
        drop(hang);
    });
    is_hanging.recv().unwrap();
    let mut doctors = JoinSet::new();
    for _ in 0..64 {
        let handles = Arc::clone(&handles);
        doctors
            .spawn(async move { examine(&handles, false, Peer { uid: 1001, gid: 1001, pid: None }).await });
    }
    for _ in 0..1000 {
        yield_now().await;
    }
    assert!(doctors.try_join_next().is_none(), "they wait for the disk, and this thread does not");
    let_go.send(()).unwrap();
    disk.join().unwrap();
    let reports = doctors.join_all().await;
    let is_recorded =
        |report: &DoctorReport| report.checks.iter().any(|it| it.sentence == "Pulls are recorded");
    assert!(reports.len() == 64 && reports.iter().all(is_recorded), "{:?}", reports.first());
}
