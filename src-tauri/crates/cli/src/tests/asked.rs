//! What each command line asks of the service.

use clap::Parser;
use ipc::Failure;
use wire::{Entries, Request, Response, SignInMethod};

use super::{Stage, sample};
use crate::arguments::Arguments;

/// What is asked, whatever comes of it.
fn asked(line: &str) -> Vec<Request> {
    let failure = Response::Error(Failure::new(ipc::Code::Failed, "no"));
    Stage::answering(failure).root().play(line).asked
}

#[test]
fn every_command_line_asks_for_what_it_says() {
    let docker = || Some("docker".to_owned());
    let apply = |engine, dry_run: bool, may_stop_containers| Request::EnginesApply {
        engine,
        dry_run,
        may_stop_containers,
        progress: !dry_run,
    };
    let restore = |engine, dry_run, may_stop_containers| Request::EnginesRestore {
        engine,
        dry_run,
        may_stop_containers,
    };
    let explain = |image: &str| Request::Explain { image: image.into() };
    let cases = [
        ("status", Request::Status),
        ("status --json", Request::Status),
        ("explain nginx", explain("docker.io/library/nginx")),
        ("explain nginx:1.27 --json", explain("docker.io/library/nginx:1.27")),
        ("why", Request::Why { id: None }),
        ("why pg-7f3a9c2k", Request::Why { id: Some("pg-7F3A9C2K".into()) }),
        ("blocked", Request::Blocked { since: None, limit: None }),
        ("blocked --since 2h", Request::Blocked { since: Some(sample::ago(120)), limit: None }),
        ("log", Request::Log { since: None, follow: false }),
        ("log -f --since 1d", Request::Log { since: Some(sample::ago(24 * 60)), follow: true }),
        ("log --since 2026-11-22", Request::Log { since: Some(sample::ago(13 * 60)), follow: false }),
        ("images", Request::Images),
        ("images --json", Request::Images),
        ("engines", Request::Engines),
        ("engines plan", Request::EnginesPlan { engine: None }),
        ("engines plan docker --json", Request::EnginesPlan { engine: docker() }),
        ("engines verify docker", Request::EnginesVerify { engine: docker() }),
        ("engines apply", apply(None, false, false)),
        ("engines apply docker --dry-run", apply(docker(), true, false)),
        ("engines apply --may-stop-containers", apply(None, false, true)),
        ("engines restore docker --may-stop-containers --dry-run", restore(docker(), true, true)),
        ("sign-in --device", Request::SignIn { method: SignInMethod::Device }),
        ("sign-in --no-browser", Request::SignIn { method: SignInMethod::Browser }),
        ("sign-in --docker-login --json", Request::SignIn { method: SignInMethod::DockerLogin }),
        ("sign-out", Request::SignOut),
        ("policy show", Request::PolicyShow),
        ("policy refresh", Request::PolicyRefresh),
        ("pause --for 1h30m --reason outage", Request::Pause { seconds: 5400, reason: "outage".into() }),
        ("resume", Request::Resume),
        ("doctor", Request::Doctor { bundle: false }),
        ("doctor --bundle DIR/support.json", Request::Doctor { bundle: true }),
    ];
    for (line, request) in cases {
        assert_eq!(asked(line), [request], "{line}");
    }
}

#[test]
fn files_are_judged_without_asking_anybody() {
    let service = Stage::answering(Response::Entries(Entries { entries: Vec::new(), more: false }));
    service.put("policy.json", policy::STARTER);
    for line in ["policy check DIR/policy.json", "policy explain DIR/policy.json nginx", "policy schema"] {
        assert_eq!(service_free(&service, line), [], "{line}");
    }
}

fn service_free(stage: &Stage, line: &str) -> Vec<Request> {
    let asked = stage.play(line).asked;
    std::fs::remove_file(stage.path().join("run/control.sock")).unwrap();
    asked
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let lines = [
        "",
        "blok",
        "status now",
        "explain",
        "explain NGINX",
        "explain nginx:la:test",
        "why pg-7F3A",
        "blocked --since soon",
        "log --since",
        "engines mend",
        "engines apply docker podman",
        "policy",
        "policy check",
        "policy explain policy.json",
        "pause --for 1h",
        "pause --reason outage",
        "pause --for 0s --reason outage",
        "enroll",
        "credentials",
    ];
    for line in lines {
        let words = std::iter::once("pullgate").chain(line.split_whitespace());
        assert!(Arguments::try_parse_from(words).is_err_and(|error| error.use_stderr()), "{line}");
    }
    let empty = ["pullgate", "pause", "--for", "1h", "--reason", "  "];
    assert!(Arguments::try_parse_from(empty).is_err());
}
