//! Putting back what is ours after somebody else changed it. Only an engine that is led through the gateway already
//! is repaired, and what was not changed outside but is desired otherwise by now is written without a word about it.
//!
//! Files are written at once. A restart is another matter: it happens only as far as it is permitted, and until then
//! the records say that the engine does not know of its files yet.

use std::path::{Path, PathBuf};

use config_edit::lines::without_passwords;
use serde::{Deserialize, Serialize};

use crate::adapters::adapter;
use crate::apply::{ApplyError, apply, prepare};
use crate::plan::{Edit, Plan, Restart};
use crate::{DesiredRouting, EngineId, Found, Machine, Originals, OriginalsError, orphans};

/// Whether an engine may be restarted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MayRestart {
    /// Not yet.
    No,
    /// While nothing is built or pulled.
    Idle,
    /// Whatever it does.
    Anyway,
}

/// What became of a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Restarted {
    /// There was no need.
    #[default]
    NotNeeded,
    /// It was restarted once.
    Once,
    /// It must be restarted and may not be yet.
    Wanted,
    /// It must be restarted and does this, which would be cut off.
    Busy(String),
}

/// What was wrong with an engine and what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repaired {
    /// The engine.
    pub engine: EngineId,
    /// Files of ours that somebody else changed or removed, and files that somebody put beside them.
    pub changed: Vec<PathBuf>,
    /// The files that were written.
    pub written: Vec<PathBuf>,
    /// What became of a restart.
    pub restart: Restarted,
    /// Why it was not done, in words.
    pub failed: Option<String>,
    /// Whether it failed because the engine did not come up again.
    pub rolled_back: bool,
}

/// Whether the engine is led through the gateway.
pub fn is_routed(
    engine: EngineId,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<bool, OriginalsError> {
    let marked = adapter(engine).marked_files(engine, machine);
    Ok(!originals.of(machine, engine)?.is_empty() || !orphans::find(machine, engine, &marked).is_empty())
}

/// Puts back what is ours.
pub fn repair(
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
    may: MayRestart,
) -> Repaired {
    let mut repaired = Repaired {
        engine: found.engine,
        changed: Vec::new(),
        written: Vec::new(),
        restart: Restarted::NotNeeded,
        failed: None,
        rolled_back: false,
    };
    if let Err(error) = carry_out(&mut repaired, found, machine, originals, desired, may) {
        repaired.rolled_back = matches!(error, ApplyError::RolledBack { .. });
        repaired.failed = Some(without_passwords(&error.to_string()));
    }
    repaired
}

fn carry_out(
    repaired: &mut Repaired,
    found: &Found,
    machine: &dyn Machine,
    originals: &Originals,
    desired: &DesiredRouting,
    may: MayRestart,
) -> Result<(), ApplyError> {
    let plan = crate::plan(found, machine, originals, desired)?;
    repaired.changed = changed_outside(&plan, machine, originals)?;
    let put_off = put_off(&plan, machine, may);
    let to_write = plan.edits.iter().filter(|edit| edit.before != edit.after);
    let to_write: Vec<PathBuf> = to_write.map(|edit| edit.path.clone()).collect();
    match put_off {
        Some(restart) => {
            repaired.restart = restart;
            prepare(&plan, machine, originals)?;
        }
        None if plan.is_empty() => {}
        None => {
            if apply(&plan, machine, originals)?.restarted {
                repaired.restart = Restarted::Once;
            }
        }
    }
    repaired.written = to_write;
    Ok(())
}

/// Why the restart that a plan needs is not for now.
fn put_off(plan: &Plan, machine: &dyn Machine, may: MayRestart) -> Option<Restarted> {
    match (&plan.restart, may) {
        (Restart::None | Restart::HangUp(_), _) | (Restart::Once { .. }, MayRestart::Anyway) => None,
        (Restart::Once { .. }, MayRestart::No) => Some(Restarted::Wanted),
        (Restart::Once { .. }, MayRestart::Idle) => crate::cut_off(plan, machine).map(Restarted::Busy),
    }
}

fn changed_outside(
    plan: &Plan,
    machine: &dyn Machine,
    originals: &Originals,
) -> Result<Vec<PathBuf>, ApplyError> {
    let mut changed = Vec::new();
    let written = originals.written(machine, plan.engine)?;
    for edit in plan.edits.iter().filter(|edit| !edit.restores && edit.before != edit.after) {
        if is_from_outside(edit, machine, originals, written)? {
            changed.push(edit.path.clone());
        }
    }
    Ok(changed)
}

/// A file that is as we left it is only desired otherwise by now; so is one that never was ours and has stood there, or
/// lacked in its folder, since before we last wrote.
fn is_from_outside(
    edit: &Edit,
    machine: &dyn Machine,
    originals: &Originals,
    written: Option<i64>,
) -> Result<bool, ApplyError> {
    if let Some(record) = originals.load(machine, &edit.path)? {
        return Ok(!edit.before.as_deref().is_some_and(|before| record.is_ours(before)));
    }
    let place = if edit.before.is_some() {
        edit.path.as_path()
    } else {
        edit.path.parent().unwrap_or(Path::new("/"))
    };
    let modified = machine.entry(place)?.map(|entry| entry.modified);
    Ok(modified.is_some_and(|modified| written.is_none_or(|written| modified > written)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::desired_routing::tests::desired;
    use crate::machine::memory::Memory;
    use crate::machine::simulated;
    use crate::{find, restore};

    const STATE: &str = "/var/lib/pullgate-steward/originals";
    const DAEMON_JSON: &str = "/etc/docker/daemon.json";
    const DROP_IN: &str = "/etc/systemd/system/docker.service.d/zz-pullgate.conf";
    const NOW: i64 = 1_000_000;

    /// A machine whose engines are all led through the gateway.
    fn led(containers: u64) -> Memory {
        let machine = simulated::machine(&[(DAEMON_JSON, "{\"debug\": true}")], containers);
        for found in find(&machine) {
            let plan = crate::plan(&found, &machine, &Originals::at(STATE), &desired()).unwrap();
            apply(&plan, &machine, &Originals::at(STATE)).unwrap();
        }
        machine
    }

    fn repaired(machine: &Memory, engine: EngineId, may: MayRestart) -> Repaired {
        let found = find(machine).into_iter().find(|found| found.engine == engine).unwrap();
        repair(&found, machine, &Originals::at(STATE), &desired(), may)
    }

    fn nothing(engine: EngineId) -> Repaired {
        Repaired {
            engine,
            changed: Vec::new(),
            written: Vec::new(),
            restart: Restarted::NotNeeded,
            failed: None,
            rolled_back: false,
        }
    }

    fn restarts(machine: &Memory) -> usize {
        machine.log.borrow().iter().filter(|step| *step == "run systemctl restart docker.service").count()
    }

    #[test]
    fn what_is_as_it_should_be_is_left_alone() {
        let machine = led(1);
        let before = machine.etc();
        for engine in [EngineId::Docker, EngineId::Podman, EngineId::Containerd] {
            assert_eq!(repaired(&machine, engine, MayRestart::Anyway), nothing(engine));
        }
        assert_eq!(machine.etc(), before);
    }

    #[test]
    fn a_file_that_was_changed_or_removed_is_written_again_without_a_restart() {
        let machine = led(1);
        let before = machine.etc();
        machine.put(DAEMON_JSON, b"{\"debug\": true}");
        machine.files.borrow_mut().remove(Path::new(DROP_IN));
        let done = repaired(&machine, EngineId::Docker, MayRestart::No);
        let files = vec![PathBuf::from(DAEMON_JSON), PathBuf::from(DROP_IN)];
        assert_eq!(done, Repaired { changed: files.clone(), written: files, ..nothing(EngineId::Docker) });
        assert_eq!((machine.etc(), restarts(&machine)), (before, 1));
    }

    #[test]
    fn a_folder_that_somebody_put_into_certs_d_gets_a_file_of_ours() {
        let machine = led(0);
        machine.put("/etc/containerd/certs.d/harbor.acme.example/ca.crt", b"theirs");
        machine.times.borrow_mut().insert("/etc/containerd/certs.d/harbor.acme.example".into(), NOW);
        let done = repaired(&machine, EngineId::Containerd, MayRestart::No);
        let file = PathBuf::from("/etc/containerd/certs.d/harbor.acme.example/hosts.toml");
        assert_eq!(done.changed, std::slice::from_ref(&file));
        assert!(machine.text(file).unwrap().contains("127.0.0.1:858"));
    }

    #[test]
    fn what_is_only_desired_anew_is_written_and_is_no_change_from_outside() {
        let machine = led(0);
        let other = DesiredRouting { registries: vec!["quay.io".into(), "ghcr.io".into()], ..desired() };
        for engine in [EngineId::Podman, EngineId::Containerd] {
            let found = find(&machine).into_iter().find(|found| found.engine == engine).unwrap();
            let done = repair(&found, &machine, &Originals::at(STATE), &other, MayRestart::No);
            assert_eq!((done.changed, done.written.is_empty()), (Vec::new(), false));
        }
    }

    #[test]
    fn a_policy_that_now_blocks_what_it_does_not_list_is_no_change_from_outside() {
        let policy_json = "/etc/containers/policy.json";
        let machine = simulated::machine(&[], 0);
        machine.put(policy_json, br#"{"default":[{"type":"insecureAcceptAnything"}]}"#);
        let done = [false, true].map(|blocks_unlisted| {
            let found = find(&machine).into_iter().find(|found| found.engine == EngineId::Podman).unwrap();
            let desired = DesiredRouting { blocks_unlisted, ..desired() };
            if !blocks_unlisted {
                let plan = crate::plan(&found, &machine, &Originals::at(STATE), &desired).unwrap();
                apply(&plan, &machine, &Originals::at(STATE)).unwrap();
            }
            repair(&found, &machine, &Originals::at(STATE), &desired, MayRestart::No)
        });
        assert!(
            !done[0].written.contains(&policy_json.into()) && done[1].written.contains(&policy_json.into())
        );
        assert_eq!(done[1].changed, Vec::<PathBuf>::new());
    }

    #[test]
    fn a_restart_that_is_needed_waits_until_it_is_permitted_and_files_do_not() {
        let machine = led(2);
        machine.put(DAEMON_JSON, b"{\"debug\": true}");
        simulated::set_info(&machine, "HttpsProxy", json!(""));
        let first = repaired(&machine, EngineId::Docker, MayRestart::No);
        assert_eq!((first.restart, first.changed.len(), restarts(&machine)), (Restarted::Wanted, 1, 1));
        assert!(machine.text(DAEMON_JSON).unwrap().contains("127.0.0.1:859"));
        machine.answer("GET /system/df?type=build-cache", 200, r#"{"BuildCache":[{"InUse":true}]}"#);
        let busy = repaired(&machine, EngineId::Docker, MayRestart::Idle);
        let expected = Repaired { restart: Restarted::Busy("a build".into()), ..nothing(EngineId::Docker) };
        assert_eq!((busy, restarts(&machine)), (expected, 1));
        machine.answer("GET /system/df?type=build-cache", 200, r#"{"BuildCache":[{"InUse":false}]}"#);
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::Idle).restart, Restarted::Once);
        let info = simulated::info(&machine);
        assert_eq!(
            (&info["ContainersRunning"], &info["HttpsProxy"]),
            (&2.into(), &"http://127.0.0.1:859".into())
        );
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::Idle), nothing(EngineId::Docker));
    }

    #[test]
    fn an_authority_that_was_taken_away_is_back_at_once_and_the_restart_is_not_forgotten() {
        let machine = led(0);
        let authority = "/var/lib/pullgate-steward/intercept/pullgate-intercept.pem";
        machine.files.borrow_mut().remove(Path::new(authority));
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::No).restart, Restarted::Wanted);
        assert!(machine.text(authority).is_some());
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::No).restart, Restarted::Wanted);
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::Idle).restart, Restarted::Once);
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::Idle), nothing(EngineId::Docker));
    }

    /// The daemon was started with other files, which somebody put right before anyone looked.
    #[test]
    fn a_restart_alone_leaves_the_records_as_they_are() {
        let machine = led(2);
        let (files, before) = (machine.etc(), machine.names(Path::new(STATE)).unwrap());
        simulated::set_info(&machine, "HttpsProxy", json!(""));
        assert_eq!(repaired(&machine, EngineId::Docker, MayRestart::Idle).restart, Restarted::Once);
        assert_eq!((machine.etc(), machine.names(Path::new(STATE)).unwrap()), (files, before));
    }

    #[test]
    fn a_file_that_cannot_be_put_back_is_told_in_words() {
        let machine = led(0);
        machine.put(DAEMON_JSON, b"{ no");
        let done = repaired(&machine, EngineId::Docker, MayRestart::Anyway);
        assert!(done.failed.unwrap().contains("cannot be edited"));
    }

    #[test]
    fn only_what_is_led_is_led_again() {
        let machine = led(0);
        let is_routed = |engine| is_routed(engine, &machine, &Originals::at(STATE)).unwrap();
        assert!(is_routed(EngineId::Docker) && is_routed(EngineId::Podman));
        restore(EngineId::Docker, &machine, &Originals::at(STATE), false).unwrap();
        assert!(!is_routed(EngineId::Docker) && is_routed(EngineId::Podman));
    }
}
