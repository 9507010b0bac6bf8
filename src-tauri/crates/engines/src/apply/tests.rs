use std::path::Path;

use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::simulated;
use crate::{DesiredRouting, EngineId, find, plan, restore};

const STATE: &str = "/var/lib/pullgate-steward/originals";
const DAEMON_JSON: &str = "{\n    // house rules\n    \"registry-mirrors\": [\"https://mirror.acme.example\"],\n    \"debug\": true\n}";
const FILES: [(&str, &str); 4] = [
    ("/etc/docker/daemon.json", DAEMON_JSON),
    ("/etc/containers/policy.json", "{\n \"default\": [{\"type\": \"insecureAcceptAnything\"}]\n}\n"),
    ("/etc/containerd/config.toml", "version = 2\n# theirs\noom_score = 0\n"),
    ("/etc/containerd/certs.d/ghcr.io/hosts.toml", "server = \"https://ghcr.io\"\n"),
];

fn apply_all(machine: &Memory, desired: &DesiredRouting) -> Result<(), ApplyError> {
    let originals = Originals::at(STATE);
    for found in find(machine) {
        let plan = plan(&found, machine, &originals, desired)?;
        apply(&plan, machine, &originals)?;
    }
    Ok(())
}

fn restore_all(machine: &Memory) -> Result<(), ApplyError> {
    for engine in EngineId::ALL {
        restore(engine, machine, &Originals::at(STATE), false)?;
    }
    Ok(())
}

fn strict() -> DesiredRouting {
    DesiredRouting { blocks_unlisted: true, ..desired() }
}

#[test]
fn restoring_gives_back_every_file_byte_for_byte_and_every_folder() {
    let machine = simulated::machine(&FILES, 3);
    let (files, folders) = (machine.etc(), machine.folders.borrow().clone());
    apply_all(&machine, &strict()).unwrap();
    assert_ne!(machine.etc(), files);
    restore_all(&machine).unwrap();
    assert_eq!(machine.etc(), files);
    let left: Vec<_> = machine.folders.borrow().iter().filter(|it| !folders.contains(it)).cloned().collect();
    assert_eq!(left, [Path::new("/var/lib/pullgate-steward"), Path::new(STATE)]);
    assert_eq!(machine.names(Path::new(STATE)).unwrap(), Vec::<String>::new());
}

#[test]
fn applying_twice_changes_nothing_the_second_time() {
    let machine = simulated::machine(&FILES, 3);
    apply_all(&machine, &strict()).unwrap();
    let once = machine.etc();
    let originals = Originals::at(STATE);
    for found in find(&machine) {
        assert!(plan(&found, &machine, &originals, &strict()).unwrap().is_empty(), "{}", found.name);
    }
    apply_all(&machine, &strict()).unwrap();
    assert_eq!(machine.etc(), once);
}

#[test]
fn containers_run_through_the_restart_and_the_setting_is_given_back() {
    let machine = simulated::machine(&FILES, 3);
    apply_all(&machine, &desired()).unwrap();
    let info = simulated::info(&machine);
    assert_eq!((&info["ContainersRunning"], &info["LiveRestoreEnabled"]), (&3.into(), &false.into()));
    assert_eq!(info["HttpsProxy"], "http://127.0.0.1:859");
    assert!(!machine.text("/etc/docker/daemon.json").unwrap().contains("live-restore"));
    restore_all(&machine).unwrap();
    let info = simulated::info(&machine);
    assert_eq!((&info["ContainersRunning"], &info["LiveRestoreEnabled"]), (&3.into(), &false.into()));
    assert_eq!(info["HttpsProxy"], "");
}

#[test]
fn each_engine_restarts_at_most_once() {
    let machine = simulated::machine(&FILES, 3);
    apply_all(&machine, &strict()).unwrap();
    let restarts = |unit: &str| {
        let line = format!("run systemctl restart {unit}");
        machine.log.borrow().iter().filter(|step| **step == line).count()
    };
    assert_eq!((restarts("docker.service"), restarts("containerd.service")), (1, 1));
}

#[test]
fn a_crash_at_any_step_leaves_each_file_old_or_new_and_can_be_resumed_and_undone() {
    let complete = simulated::machine(&FILES, 3);
    let before = complete.etc();
    complete.log.borrow_mut().clear();
    apply_all(&complete, &strict()).unwrap();
    let (after, steps) = (complete.etc(), complete.log.borrow().len());
    for step in 0..steps {
        let machine = simulated::machine(&FILES, 3);
        machine.steps_left.set(Some(u32::try_from(step).unwrap()));
        let stopped = apply_all(&machine, &strict());
        machine.steps_left.set(None);
        for (path, file) in machine.etc() {
            let known = [before.get(&path), after.get(&path)].contains(&Some(&file));
            let borrowed = String::from_utf8_lossy(&file.0).contains("\"live-restore\"");
            assert!(known || borrowed, "{} after step {step}", path.display());
        }
        if stopped.is_ok() {
            continue;
        }
        if step % 2 == 0 {
            apply_all(&machine, &strict()).unwrap();
            assert_eq!(machine.etc(), after, "resumed after step {step}");
        }
        restore_all(&machine).unwrap();
        assert_eq!(machine.etc(), before, "undone after step {step}");
    }
}

#[test]
fn a_crash_at_any_step_of_restoring_can_be_resumed() {
    for step in 0..80 {
        let machine = simulated::machine(&FILES, 3);
        let before = machine.etc();
        apply_all(&machine, &desired()).unwrap();
        machine.steps_left.set(Some(step));
        let stopped = restore_all(&machine);
        machine.steps_left.set(None);
        restore_all(&machine).unwrap();
        assert_eq!(machine.etc(), before, "stopped at step {step}: {stopped:?}");
    }
}

#[test]
fn what_a_person_changed_after_us_survives_a_repair_and_a_restore() {
    let machine = simulated::machine(&FILES, 0);
    apply_all(&machine, &desired()).unwrap();
    let ours = machine.text("/etc/docker/daemon.json").unwrap();
    let theirs =
        ours.replace("\"debug\": true", "\"debug\": false").replace("http://127.0.0.1:859", "http://other:1");
    machine.put("/etc/docker/daemon.json", theirs.as_bytes());
    apply_all(&machine, &desired()).unwrap();
    let repaired = machine.text("/etc/docker/daemon.json").unwrap();
    assert!(repaired.contains("\"debug\": false") && repaired.contains("http://127.0.0.1:859"), "{repaired}");
    restore_all(&machine).unwrap();
    let restored = machine.text("/etc/docker/daemon.json").unwrap();
    assert!(restored.contains("\"debug\": false") && restored.contains("// house rules"), "{restored}");
    assert!(restored.contains("https://mirror.acme.example") && !restored.contains("859"), "{restored}");
}

#[test]
fn a_file_that_changed_since_the_plan_is_not_overwritten() {
    let machine = simulated::machine(&FILES, 0);
    let originals = Originals::at(STATE);
    let found = find(&machine).remove(0);
    let plan = plan(&found, &machine, &originals, &desired()).unwrap();
    machine.put("/etc/docker/daemon.json", b"{}");
    let path = "/etc/docker/daemon.json".into();
    assert_eq!(apply(&plan, &machine, &originals), Err(ApplyError::Changed { path }));
    assert_eq!(machine.text("/etc/docker/daemon.json").unwrap(), "{}");
}

#[test]
fn a_text_the_engine_refuses_changes_nothing() {
    let machine = simulated::machine(&[("/etc/docker/daemon.json", "{\"bogus\": 1}")], 0);
    let before = machine.etc();
    let refused = apply_all(&machine, &desired()).unwrap_err();
    insta::assert_snapshot!(refused, @"the engine refuses the new configuration (unknown key `bogus`); nothing was changed");
    assert_eq!(machine.etc(), before);
}

#[test]
fn an_engine_that_does_not_come_up_gets_its_former_files_back() {
    let mut machine = simulated::machine(&FILES, 2);
    let before = machine.etc();
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| match command {
        ["systemctl", "restart", "docker.service"]
            if machine.text("/etc/docker/daemon.json").unwrap().contains("859") =>
        {
            Some(Output { status: Some(1), stdout: String::new(), stderr: "Job failed".into() })
        }
        _ => play(machine, command),
    }));
    let found = find(&machine).remove(0);
    let originals = Originals::at(STATE);
    let plan = plan(&found, &machine, &originals, &desired()).unwrap();
    let rolled_back = apply(&plan, &machine, &originals).unwrap_err();
    insta::assert_snapshot!(rolled_back, @"`docker.service` did not start with the new configuration (Job failed); the former files are back and it runs again");
    assert_eq!(machine.etc(), before);
    let info = simulated::info(&machine);
    assert_eq!((&info["ContainersRunning"], &info["LiveRestoreEnabled"]), (&2.into(), &false.into()));
}

/// The service manager calls it started, and nobody is served.
#[test]
fn an_engine_that_comes_up_and_does_not_answer_gets_its_former_files_back() {
    let mut machine = simulated::machine(&FILES, 0);
    let before = machine.etc();
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let played = play(machine, command);
        if let ["systemctl", "restart", "docker.service"] = command {
            let ours = machine.text("/etc/docker/daemon.json").unwrap().contains("859");
            let (status, info) = (if ours { 500 } else { 200 }, simulated::info(machine));
            machine.answer("GET /info", status, &info.to_string());
        }
        played
    }));
    let found = find(&machine).remove(0);
    let plan = plan(&found, &machine, &Originals::at(STATE), &desired()).unwrap();
    let rolled_back = apply(&plan, &machine, &Originals::at(STATE)).unwrap_err();
    insta::assert_snapshot!(rolled_back, @"`docker.service` did not start with the new configuration (it does not answer within 10 s of its start); the former files are back and it runs again");
    assert_eq!(machine.etc(), before);
}

use crate::Output;
