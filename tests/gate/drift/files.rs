//! Files of ours that somebody changes or removes.

use std::collections::BTreeSet;
use std::time::Duration;

use acceptance::laptop::{Laptop, Person};

use super::desk::{is_routed, report, snapshot, tells, told, until};
use crate::podman::restore::is_as_before;

const DAEMON_JSON: &str = "/etc/docker/daemon.json";
const DOCKER_DROP_INS: &str = "/etc/systemd/system/docker.service.d";
const CERTS_D: &str = "/etc/containerd/certs.d";
const REGISTRIES: &str = "/etc/containers/registries.conf.d/zz-pullgate.conf";
/// The aim is a second; a machine that is busy with other tests gets more.
const SOON: Duration = Duration::from_secs(5);

/// A change, the file that tells whether it was put back, and words of ours in that file.
struct Change {
    name: &'static str,
    command: String,
    file: String,
    words: &'static str,
    engine: &'static str,
}

fn changes() -> Vec<Change> {
    let change =
        |name, command: String, file: String, words, engine| Change { name, command, file, words, engine };
    let hosts = |folder: &str| format!("{CERTS_D}/{folder}/hosts.toml");
    let (proxy, mirror) = ("127.0.0.1:859", "127.0.0.1:858");
    vec![
        change(
            "daemon.json without proxies",
            format!("echo '{{\"debug\": true}}' > {DAEMON_JSON}"),
            DAEMON_JSON.into(),
            proxy,
            "docker",
        ),
        change(
            "no-proxy for everything",
            format!("sed -i s/pullgate.invalid/*/ {DAEMON_JSON}"),
            DAEMON_JSON.into(),
            "pullgate.invalid",
            "docker",
        ),
        change("daemon.json removed", format!("rm {DAEMON_JSON}"), DAEMON_JSON.into(), proxy, "docker"),
        change(
            "drop-in folder removed",
            format!("rm -r {DOCKER_DROP_INS}"),
            format!("{DOCKER_DROP_INS}/zz-pullgate.conf"),
            proxy,
            "docker",
        ),
        change("registries removed", format!("rm {REGISTRIES}"), REGISTRIES.into(), mirror, "podman"),
        change("registries replaced", format!("echo > {REGISTRIES}"), REGISTRIES.into(), mirror, "podman"),
        change(
            "hosts.toml broken",
            format!("echo '[no' > {}", hosts("_default")),
            hosts("_default"),
            mirror,
            "containerd",
        ),
        change(
            "folder added to certs.d",
            format!("mkdir {CERTS_D}/quay.io"),
            hosts("quay.io"),
            mirror,
            "containerd",
        ),
        change("certs.d removed", format!("rm -r {CERTS_D}"), hosts("docker.io"), mirror, "containerd"),
    ]
}

/// Each within a second, as the printed times show.
pub(super) fn are_put_back(laptop: &Laptop) {
    let mut text = String::new();
    for Change { name, command, file, words, engine } in changes() {
        // Whoever leads engines anew by hand has seen what was told before.
        laptop.must(&format!("pullgate engines apply {engine}"));
        laptop.must(&command);
        let took = until(laptop, &format!("{name}: put back"), |laptop| {
            laptop.read_file(&file).is_some_and(|now| now.contains(words))
        });
        assert!(took < SOON, "{name}: {took:?}");
        text += &format!("# {name}\n{}\n", tells(laptop, &file));
        is_routed(laptop, engine);
        assert!(!report(laptop, engine)["repairedAt"].is_null());
    }
    let debug = laptop.read_file(DAEMON_JSON).unwrap_or_default();
    assert!(!debug.contains("debug"), "what somebody removed stays removed: {debug}");
    snapshot("files", &text);
    snapshot("repaired", &laptop.run_as(Person::Bob, "pullgate engines").terminal);
}

/// The daemon's own file says which hosts need no proxy, and beats the environment; of the environment, an environment
/// file beats what a unit sets, however late its drop-in is read.
pub(super) fn a_drop_in_of_somebody_has_no_effect(laptop: &Laptop) {
    laptop.must("pullgate engines apply docker");
    let file = format!("{DOCKER_DROP_INS}/zzz-late.conf");
    laptop.write_file(&file, "[Service]\nEnvironment=NO_PROXY=* SSL_CERT_DIR=/x\n");
    laptop.must("systemctl daemon-reload && systemctl restart docker");
    is_routed(laptop, "docker");
    laptop.must(&format!("rm {file} && systemctl daemon-reload && systemctl restart docker"));
    is_routed(laptop, "docker");
}

pub(super) fn what_cannot_be_put_back_is_told(laptop: &Laptop) {
    let file = format!("{DOCKER_DROP_INS}/zzz-late.conf");
    let late = "echo SSL_CERT_DIR=/x > /etc/late.env; printf '[Service]\\nEnvironmentFile=/etc/late.env\\n'";
    let mut text = String::new();
    for (command, words) in [
        (format!("{late} > {file}"), "SSL_CERT_DIR"),
        (format!("rm {file} /etc/late.env; echo '{{ no' > {DAEMON_JSON}"), "cannot be edited"),
    ] {
        laptop.must(&format!("{command} && systemctl daemon-reload"));
        text += &format!("{}\n", tells(laptop, words));
    }
    snapshot("failed", &text);
    laptop.must(&format!("rm {DAEMON_JSON}"));
    until(laptop, "it is put right", |laptop| {
        let ours = laptop.read_file(DAEMON_JSON).is_some_and(|now| now.contains("127.0.0.1:859"));
        ours && !told(laptop).iter().any(|it| it.contains("could not"))
    });
    is_routed(laptop, "docker");
}

pub(super) fn what_was_given_back_stays(laptop: &Laptop, before: &BTreeSet<String>) {
    laptop.must(
        "touch /etc/docker /etc/containers /etc/containerd && pullgate engines verify >/dev/null; true",
    );
    is_as_before(laptop, before);
}
