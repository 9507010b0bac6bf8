use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::simulated;
use crate::plan::{Containers, Restart};
use crate::verify::Canary;
use crate::{apply, find as find_all};

mod corpus;

const DROP_IN: &str = "/etc/systemd/system/docker.service.d/zz-pullgate.conf";
const STATE: &str = "/var/lib/pullgate-steward/originals";

fn planned(machine: &Memory, desired: &DesiredRouting) -> Result<Plan, Unplannable> {
    crate::plan(&find_all(machine)[0], machine, &Originals::at(STATE), desired)
}

fn with_unit(machine: &mut Memory, change: fn(String) -> String) {
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let mut output = play(machine, command)?;
        if let ["systemctl", "show", "docker.service", ..] = command {
            output.stdout = change(output.stdout);
        }
        Some(output)
    }));
}

#[test]
fn a_plan_can_be_shown_without_passwords() {
    let files = [
        (
            "/etc/docker/daemon.json",
            "{\n  \"proxies\": {\n    \"https-proxy\": \"http://ada:secret@proxy.acme.example:3128\"\n  },\n  \"registry-mirrors\": [\"https://mirror.acme.example\"]\n}\n",
        ),
        (
            "/etc/systemd/system/docker.service.d/http-proxy.conf",
            "[Service]\nEnvironment=\"NO_PROXY=.acme.example\"\n",
        ),
    ];
    let plan = planned(&simulated::machine(&files, 2), &desired()).unwrap();
    insta::assert_snapshot!(plan.diff());
    insta::assert_debug_snapshot!(plan.taken_over);
    assert_eq!(plan.taken_over.proxies.https.as_deref(), Some("http://ada:secret@proxy.acme.example:3128"));
}

#[test]
fn what_was_taken_over_is_still_known_after_applying() {
    let files = [("/etc/docker/daemon.json", "{\"registry-mirrors\": [\"https://m.acme.example\"]}")];
    let machine = simulated::machine(&files, 0);
    let plan = planned(&machine, &desired()).unwrap();
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    assert_eq!(planned(&machine, &desired()).unwrap().taken_over, plan.taken_over);
    assert_eq!(plan.taken_over.mirrors, ["https://m.acme.example"]);
}

#[test]
fn an_older_daemon_gets_its_proxy_by_the_environment_alone() {
    let machine = simulated::machine(&[("/etc/docker/daemon.json", "{\"debug\":true}")], 0);
    machine.answer("GET /version", 200, "{\"Version\":\"20.10.27\"}");
    let plan = planned(&machine, &desired()).unwrap();
    let paths: Vec<_> = plan.edits.iter().map(|edit| edit.path.display().to_string()).collect();
    assert_eq!(paths, ["/var/lib/pullgate-steward/intercept/pullgate-intercept.pem", DROP_IN]);
    assert!(plan.checks.is_empty());
}

#[test]
fn a_swarm_with_containers_is_not_restarted_unless_asked_for() {
    let machine = simulated::machine(&[], 4);
    simulated::set_info(&machine, "Swarm", serde_json::json!({ "LocalNodeState": "active" }));
    insta::assert_snapshot!(planned(&machine, &desired()).unwrap_err(), @"4 running containers would stop because this daemon is part of a swarm, where `live-restore` does not work; allow it explicitly, or stop them first");
    let forced = planned(&machine, &DesiredRouting { may_stop_containers: true, ..desired() }).unwrap();
    assert!(
        forced.restart
            == Restart::Once { unit: docker_packaging::UNIT.into(), containers: Containers::Stopped }
    );
}

#[test]
fn what_cannot_be_edited_is_refused_in_words() {
    let refused = |files: &[(&str, &str)], change: fn(&mut Memory)| {
        let mut machine = simulated::machine(&[], 0);
        files.iter().for_each(|(path, text)| machine.put(path, text.as_bytes()));
        machine.run(&["systemctl", "daemon-reload"]);
        change(&mut machine);
        planned(&machine, &desired()).unwrap_err().to_string()
    };
    let file = "/etc/docker/daemon.json";
    let refusals = [
        refused(&[(file, "{ \"debug\": tru }")], |_| {}),
        refused(&[(file, "{\"debug\":true,\"debug\":false}")], |_| {}),
        refused(&[(file, "[]")], |_| {}),
        refused(&[], |machine| machine.links.push("/etc/docker/daemon.json".into())),
        refused(&[], |machine| machine.read_only.push("/etc".into())),
        refused(&[], |it| with_unit(it, |unit| unit.replace("$OPTIONS", "--registry-mirror=https://m"))),
        refused(&[], |it| with_unit(it, |unit| unit.replace("$OPTIONS", "--https-proxy http://corp:3128"))),
        refused(
            &[
                (
                    "/etc/systemd/system/docker.service.d/zzz.conf",
                    "[Service]\nEnvironmentFile=/etc/own.env\n",
                ),
                ("/etc/own.env", "SSL_CERT_DIR=/x\n"),
            ],
            |_| {},
        ),
        refused(&[("/var/lib/pullgate-steward/originals/etc+x.original.json", "{")], |_| {}),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_daemon_that_is_stopped_is_planned_without_a_restart() {
    let mut machine = simulated::machine(&[], 0);
    with_unit(&mut machine, |unit| unit.replace("ActiveState=active", "ActiveState=inactive"));
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| match command {
        ["/usr/bin/dockerd", "--version"] => Some(crate::Output {
            status: Some(0),
            stdout: "Docker version 28.1.0, build x".into(),
            stderr: String::new(),
        }),
        _ => play(machine, command),
    }));
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.restart == Restart::None && plan.edits.len() == 3);
    assert_eq!(plan.notes, ["Docker is not running; the change is in force at its next start"]);
}

#[test]
fn a_restart_is_planned_when_the_running_daemon_does_not_follow_its_files() {
    let machine = simulated::machine(&[], 0);
    apply(&planned(&machine, &desired()).unwrap(), &machine, &Originals::at(STATE)).unwrap();
    assert!(planned(&machine, &desired()).unwrap().is_empty());
    simulated::set_info(&machine, "HttpsProxy", serde_json::json!("http://elsewhere:1"));
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.edits.is_empty() && plan.restart != Restart::None);
}

/// A restart that only catches up must not lose what was there before us.
#[test]
fn a_restart_without_edits_keeps_the_original_of_the_borrowed_file() {
    let files = [("/etc/docker/daemon.json", "{\"registry-mirrors\": [\"https://m.acme.example\"]}")];
    let machine = simulated::machine(&files, 2);
    let before = machine.etc();
    apply(&planned(&machine, &desired()).unwrap(), &machine, &Originals::at(STATE)).unwrap();
    simulated::set_info(&machine, "HttpsProxy", serde_json::json!("http://elsewhere:1"));
    apply(&planned(&machine, &desired()).unwrap(), &machine, &Originals::at(STATE)).unwrap();
    crate::restore(EngineId::Docker, &machine, &Originals::at(STATE), false).unwrap();
    assert_eq!(machine.etc(), before);
}

#[test]
fn containers_started_after_the_plan_are_not_stopped() {
    let machine = simulated::machine(&[], 0);
    let plan = planned(&machine, &desired()).unwrap();
    simulated::set_info(&machine, "ContainersRunning", serde_json::json!(1));
    let before = machine.etc();
    assert_eq!(apply(&plan, &machine, &Originals::at(STATE)), Err(crate::ApplyError::ContainersStarted));
    assert_eq!(machine.etc(), before);
}

#[test]
fn a_new_authority_published_beside_the_old_one_needs_no_restart() {
    let machine = simulated::machine(&[], 0);
    apply(&planned(&machine, &desired()).unwrap(), &machine, &Originals::at(STATE)).unwrap();
    let next = "-----BEGIN CERTIFICATE-----\nbmV4dA==\n-----END CERTIFICATE-----\n";
    let both = DesiredRouting { intercept_ca_pem: desired().intercept_ca_pem + next, ..desired() };
    let plan = planned(&machine, &both).unwrap();
    assert!(plan.edits.len() == 1 && plan.restart == Restart::None);
    let other = DesiredRouting { intercept_ca_pem: next.into(), ..desired() };
    assert!(planned(&machine, &other).unwrap().restart != Restart::None);
}

#[test]
fn the_proof_needs_the_running_daemon_and_a_denied_canary() {
    let machine = simulated::machine(&[], 0);
    let verified = |machine: &Memory| crate::verify(&find_all(machine)[0], machine, &desired());
    let canary = "POST /images/create?fromImage=docker.io/pullgate-canary/deny&tag=check";
    machine.answer(canary, 404, "{\"message\":\"pull access denied for pullgate-canary/deny\"}");
    let before = verified(&machine);
    assert!(!before.ok() && before.canary == Canary::NotRouted);
    apply(&planned(&machine, &desired()).unwrap(), &machine, &Originals::at(STATE)).unwrap();
    assert!(matches!(verified(&machine).canary, Canary::NotDenied(_)));
    machine.answer(canary, 500, "{\"message\":\"image access denied: pullgate-canary/deny …\"}");
    let after = verified(&machine);
    assert!(after.ok(), "{after:?}");
}

/// The machine with Docker as a snap in the place of the distribution's package.
fn with_snap(files: &[(&str, &str)]) -> Memory {
    let mut machine = simulated::machine(files, 0);
    let unit = "/etc/systemd/system/snap.docker.dockerd.service";
    for path in ["/var/snap/docker/current/config/x", "/var/snap/docker/common/x", unit] {
        machine.put(path, b"");
    }
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let words: Vec<&str> = command
            .iter()
            .map(|word| match *word {
                "docker.service" => "none.service",
                "snap.docker.dockerd.service" => "docker.service",
                word => word,
            })
            .collect();
        let mut output = play(machine, &words)?;
        output.stdout =
            output.stdout.replace("/usr/bin/dockerd -H fd://", "/usr/bin/snap run docker.dockerd");
        Some(output)
    }));
    machine
}

#[test]
fn the_snap_is_routed_by_its_own_files_and_trusts_a_folder_that_it_can_read() {
    let daemon_json = "{\n    \"log-level\":        \"error\"\n}\n";
    let machine = with_snap(&[("/var/snap/docker/current/config/daemon.json", daemon_json)]);
    let (before, folders) = (machine.files.borrow().clone(), machine.folders.borrow().clone());
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.checks.is_empty(), "its program runs only inside the snap");
    insta::assert_snapshot!(format!("{}\n{}", find_all(&machine)[0].name, plan.diff()));
    apply(&plan, &machine, &Originals::at(STATE)).unwrap();
    crate::restore(EngineId::Docker, &machine, &Originals::at(STATE), false).unwrap();
    let files = machine.files.borrow();
    let of_process = |path: &Path| path.starts_with("/proc");
    assert!(
        before.iter().filter(|(path, _)| !of_process(path)).all(|(path, file)| files.get(path) == Some(file))
    );
    assert_eq!(files.len(), before.len());
    assert!(
        machine
            .folders
            .borrow()
            .iter()
            .filter(|it| !it.starts_with("/var/lib"))
            .all(|it| folders.contains(it))
    );
}
