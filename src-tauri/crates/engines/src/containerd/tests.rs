use super::*;
use crate::desired_routing::tests::desired;
use crate::machine::memory::Memory;
use crate::machine::simulated;
use crate::{Output, apply, find as find_all, restore};

const STATE: &str = "/var/lib/pullgate-steward/originals";

fn found(machine: &Memory) -> Found {
    find_all(machine).into_iter().find(|it| it.engine == EngineId::Containerd).unwrap()
}

fn planned(machine: &Memory, desired: &DesiredRouting) -> Result<Plan, Unplannable> {
    crate::plan(&found(machine), machine, &Originals::at(STATE), desired)
}

fn applied(machine: &Memory, desired: &DesiredRouting) {
    apply(&planned(machine, desired).unwrap(), machine, &Originals::at(STATE)).unwrap();
}

fn paths(plan: &Plan) -> Vec<String> {
    plan.edits.iter().map(|edit| edit.path.display().to_string()).collect()
}

#[test]
fn configurations_seen_in_the_wild_keep_everything_but_our_key() {
    for name in ["debian", "docker-package", "kubernetes", "version-3"] {
        let path = format!("{}/fixtures/config-toml/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let machine = simulated::machine(&[(CONFIG, &text)], 0);
        let before = machine.etc();
        applied(&machine, &desired());
        insta::assert_snapshot!(name, machine.text(CONFIG).unwrap());
        restore(EngineId::Containerd, &machine, &Originals::at(STATE), false).unwrap();
        assert_eq!(machine.etc(), before, "{name}");
    }
}

#[test]
fn every_folder_of_the_person_gets_our_file_even_an_empty_one() {
    let files = [
        ("/etc/containerd/certs.d/ghcr.io/hosts.toml", "server = \"https://ghcr.io\"\n"),
        ("/etc/containerd/certs.d/harbor.acme.example_8443_/ca.crt", "pem"),
    ];
    let machine = simulated::machine(&files, 0);
    machine.folders.borrow_mut().push("/etc/containerd/certs.d/gcr.io".into());
    let plan = planned(&machine, &desired()).unwrap();
    assert_eq!(
        paths(&plan),
        [
            "/etc/containerd/pullgate-mirror.pem",
            "/etc/containerd/certs.d/_default/hosts.toml",
            "/etc/containerd/certs.d/docker.io/hosts.toml",
            "/etc/containerd/certs.d/quay.io/hosts.toml",
            "/etc/containerd/certs.d/registry.acme.example_5000_/hosts.toml",
            "/etc/containerd/certs.d/gcr.io/hosts.toml",
            "/etc/containerd/certs.d/ghcr.io/hosts.toml",
            "/etc/containerd/certs.d/harbor.acme.example_8443_/hosts.toml",
            "/etc/containerd/config.toml",
        ]
    );
    applied(&machine, &desired());
    let text = machine.text("/etc/containerd/certs.d/harbor.acme.example_8443_/hosts.toml").unwrap();
    assert!(text.contains("/v2/harbor.acme.example__8443\""), "{text}");
    assert!(planned(&machine, &desired()).unwrap().is_empty());
}

#[test]
fn a_registry_that_left_the_policy_leaves_its_folder() {
    let machine = simulated::machine(&[], 0);
    applied(&machine, &desired());
    let fewer = DesiredRouting { registries: Vec::new(), ..desired() };
    let plan = planned(&machine, &fewer).unwrap();
    assert!(plan.edits.iter().all(|edit| edit.restores) && plan.edits.len() == 2);
    applied(&machine, &fewer);
    let left = machine.names(Path::new(CERTS_D)).unwrap();
    assert_eq!(left, ["_default", "docker.io"]);
}

#[test]
fn the_person_s_redirect_is_taken_over_and_known_after_applying() {
    let text = "server = \"https://registry-1.docker.io\"\n[host.\"https://mirror.acme.example\"]\n  capabilities = [\"pull\"]\n";
    let machine = simulated::machine(&[("/etc/containerd/certs.d/docker.io/hosts.toml", text)], 0);
    let before = planned(&machine, &desired()).unwrap().taken_over;
    insta::assert_debug_snapshot!(before.redirects);
    applied(&machine, &desired());
    assert_eq!(planned(&machine, &desired()).unwrap().taken_over, before);
}

#[test]
fn a_config_path_of_the_person_is_used_and_nothing_restarts() {
    let config = "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\nconfig_path = \"/opt/certs.d:/etc/docker/certs.d\"\n";
    let machine = simulated::machine(&[(CONFIG, config)], 0);
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.restart == Restart::None);
    let paths = paths(&plan);
    assert!(paths.contains(&"/opt/certs.d/_default/hosts.toml".to_owned()), "{paths:?}");
    assert!(paths.contains(&"/etc/containerd/certs.d/_default/hosts.toml".to_owned()));
    assert!(!paths.contains(&CONFIG.to_owned()));
}

#[test]
fn without_cri_only_the_files_of_nerdctl_are_written_and_nothing_restarts() {
    let machine = simulated::machine(&[(CONFIG, "disabled_plugins = [\"cri\"]\n")], 0);
    let plan = planned(&machine, &desired()).unwrap();
    assert!(plan.restart == Restart::None && !paths(&plan).contains(&CONFIG.to_owned()));
    assert_eq!(plan.notes[0], "the CRI plugin is off, so only nerdctl reads these files");
}

#[test]
fn a_restart_that_was_interrupted_is_made_up_for_once() {
    let machine = simulated::machine(&[], 0);
    let plan = planned(&machine, &desired()).unwrap();
    let steps = u32::try_from(plan.edits.len() * 4).unwrap();
    for left in (0..steps).rev() {
        machine.steps_left.set(Some(left));
        let stopped = apply(&plan, &machine, &Originals::at(STATE));
        machine.steps_left.set(None);
        if stopped.is_err() {
            break;
        }
        restore(EngineId::Containerd, &machine, &Originals::at(STATE), false).unwrap();
    }
    let again = planned(&machine, &desired()).unwrap();
    assert!(again.restart != Restart::None);
    apply(&again, &machine, &Originals::at(STATE)).unwrap();
    assert!(planned(&machine, &desired()).unwrap().is_empty());
}

fn refused(change: impl Fn(&[&str], &mut Output) + 'static) -> String {
    let mut machine = simulated::machine(&[], 2);
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| {
        let mut output = play(machine, command)?;
        change(command, &mut output);
        Some(output)
    }));
    planned(&machine, &desired()).unwrap_err().to_string()
}

#[test]
fn what_would_stop_containers_or_exclude_our_key_is_refused_in_words() {
    let is_dump = |command: &[&str]| command.ends_with(&["config", "dump"]);
    let refusals = [
        refused(move |command, output| {
            if is_dump(command) {
                let old =
                    "[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\nendpoint = []\n";
                output.stdout.push_str(old);
            }
        }),
        refused(|_, output| {
            output.stdout = output.stdout.replace("KillMode=process", "KillMode=control-group")
        }),
        refused(|command, output| {
            if command.contains(&"containerd.service") {
                output.stdout = output.stdout.replace("BoundBy=", "BoundBy=docker.service");
            }
        }),
        refused(move |command, output| {
            if is_dump(command) {
                *output = Output { stderr: "toml: line 3: broken".into(), ..Output::default() };
            }
        }),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn the_proof_reads_every_file_strictly() {
    let mut machine = simulated::machine(&[], 0);
    let play = machine.react.take().unwrap();
    machine.react = Some(Box::new(move |machine, command| match command {
        ["timeout", _, _, "ctr", ..] => {
            Some(Output { stderr: "403 image access denied: x".into(), ..Output::default() })
        }
        _ => play(machine, command),
    }));
    applied(&machine, &desired());
    assert!(crate::verify(&found(&machine), &machine, &desired()).ok());
    machine
        .put("/etc/containerd/certs.d/docker.io/hosts.toml", b"server = \"https://registry-1.docker.io\"\n");
    machine.put("/etc/containerd/certs.d/new.example/ca.crt", b"pem");
    let verified = crate::verify(&found(&machine), &machine, &desired());
    assert!(!verified.ok());
    insta::assert_snapshot!(verified.probes[2].seen);
}
