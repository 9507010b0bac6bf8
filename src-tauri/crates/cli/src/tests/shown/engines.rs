//! Engines: as they stand, what would change, what was changed.

use insta::assert_snapshot;
use wire::{
    Condition, EngineChange, EnginePlan, EngineReport, Personal, Response, Routed, Severity, StatusReport,
};

use super::cases;
use crate::tests::{Stage, sample};

fn reports() -> Vec<EngineReport> {
    let docker = EngineReport {
        repaired_at: Some(sample::ago(95)),
        details: vec![
            "`docker info` names the proxy http://127.0.0.1:859".into(),
            "a denied image was refused".into(),
        ],
        ..sample::engine("docker", "Docker Engine", Routed::Yes)
    };
    let personal = "ada has files that beat the system's configuration: \
                    `/home/ada/.config/containers/registries.conf`. Without them pulls are led through Pullgate";
    let podman = EngineReport {
        version: Some("5.4.2".into()),
        why: Some("people's own files: expected `none`, found `those of ada`".into()),
        conditions: vec![sample::condition(
            Severity::Attention,
            "`zz-pullgate.conf` was changed and put back",
            Some("Run `pullgate log`"),
        )],
        personal: vec![Personal { uid: 1000, sentence: personal.into() }],
        ..sample::engine("podman", "Podman", Routed::Partly)
    };
    let containerd = EngineReport {
        version: None,
        proved_at: None,
        why: Some("`config_path` is not set".into()),
        ..sample::engine("containerd", "containerd", Routed::No)
    };
    vec![docker, podman, containerd]
}

#[test]
fn every_engine_has_a_row() {
    let engines = |engines| Response::Engines { engines };
    assert_snapshot!(cases("engines", [("three", engines(reports()))]));
}

#[test]
fn no_engine_is_distinguished_from_engines_that_could_not_be_asked() {
    let seen = |conditions| {
        let status = StatusReport { conditions, ..sample::status() };
        let answers =
            [vec![Response::Engines { engines: Vec::new() }], vec![Response::Status(Box::new(status))]];
        Stage::new().service(answers).play("engines").seen()
    };
    let silent = "The engines of this machine could not be asked: the steward does not answer";
    let unknown = Condition {
        code: "engines-unknown".into(),
        ..sample::condition(Severity::Attention, silent, Some("Run `pullgate doctor`"))
    };
    assert_snapshot!([seen(Vec::new()), seen(vec![unknown])].join("\n"));
}

#[test]
fn a_verification_shows_what_was_seen() {
    let engines = |engines| Response::Engines { engines };
    let routed = vec![reports().swap_remove(0)];
    assert_snapshot!(cases("engines verify", [("one", engines(routed)), ("three", engines(reports()))]));
}

#[test]
fn a_plan_is_said_in_the_stewards_lines() {
    let plan = |engine: &str, sentences: &[&str], refused: Option<&str>| EnginePlan {
        engine: engine.into(),
        sentences: sentences.iter().map(|text| (*text).to_owned()).collect(),
        plan: None,
        refused: refused.map(str::to_owned),
    };
    let lines = [
        "--- /etc/docker/daemon.json",
        "+++ /etc/docker/daemon.json",
        "@@ -1,3 +1,6 @@",
        " {",
        "+    \"proxies\": {",
        "+        \"http-proxy\": \"http://127.0.0.1:859\"",
        "restarts Docker Engine once; running containers stay",
    ];
    let three = vec![
        plan("docker", &lines, None),
        plan("podman", &[], None),
        plan("containerd", &[], Some("`/etc/containerd/config.toml` is not TOML: line 3")),
    ];
    let plans = |plans| Response::Plans { plans };
    assert_snapshot!(cases("engines plan", [("three", plans(three)), ("none", plans(Vec::new()))]));
}

#[test]
fn a_change_says_what_was_done_and_what_was_not() {
    let change = |engine: &str, sentences: &[&str], refused: Option<&str>| EngineChange {
        engine: engine.into(),
        sentences: sentences.iter().map(|text| (*text).to_owned()).collect(),
        refused: refused.map(str::to_owned),
    };
    let done = ["wrote `/etc/docker/daemon.json`", "restarted the engine once"];
    let good = vec![change("docker", &done, None), change("podman", &[], None)];
    let bad =
        vec![change("docker", &[], Some("2 containers would stop; `--may-stop-containers` permits it"))];
    let changes = |changes| Response::Changes { changes };
    assert_snapshot!(cases("engines apply", [("good", changes(good)), ("refused", changes(bad))]));
}
