//! Enrolling and its end.

use std::os::unix::fs::PermissionsExt;

use insta::assert_snapshot;
use ipc::{Code, Failure};
use wire::{EngineChange, Request, Response};

use super::{Played, Stage};
use crate::exit::Exit;

const ACME: &str = "organization = \"acme\"\n[policy]\nurl = \"file:///etc/pullgate/policy/\"\nkeys = []\n";
const OTHER: &str = "organization = \"other\"\n[policy]\nurl = \"file:///etc/pullgate/policy/\"\nkeys = []\n";

fn stage(enrolled: Option<&str>, answers: impl Into<Vec<Vec<Response>>>) -> Stage {
    let stage = Stage::new().service(answers).root();
    stage.put("acme.toml", ACME);
    if let Some(text) = enrolled {
        std::fs::create_dir(stage.path().join("etc")).unwrap();
        stage.put("etc/enrollment.toml", text);
    }
    stage
}

fn standing(stage: &Stage) -> Option<String> {
    std::fs::read_to_string(stage.path().join("etc/enrollment.toml")).ok()
}

fn reloaded() -> Vec<Response> {
    vec![Response::Done { sentence: "The enrollment was read again".into() }]
}

fn changed(refused: Option<&str>) -> Vec<Response> {
    let docker = EngineChange {
        engine: "docker".into(),
        sentences: refused
            .is_none()
            .then(|| "wrote `/etc/docker/daemon.json`".to_owned())
            .into_iter()
            .collect(),
        refused: refused.map(str::to_owned),
    };
    vec![Response::Changes { changes: vec![docker] }]
}

fn apply() -> Request {
    Request::EnginesApply { engine: None, dry_run: false, may_stop_containers: false, progress: true }
}

fn restore() -> Request {
    Request::EnginesRestore { engine: None, dry_run: false, may_stop_containers: false }
}

#[test]
fn enrolling_writes_the_file_tells_the_service_and_leads_the_engines() {
    let stage = stage(None, [reloaded(), changed(None)]);
    let played = stage.play("enroll DIR/acme.toml");
    assert_eq!((played.exit, &played.asked[..]), (Exit::Yes, &[Request::Reload, apply()][..]));
    assert_eq!(standing(&stage).as_deref(), Some(ACME));
    let file = stage.path().join("etc/enrollment.toml").metadata().unwrap();
    assert_eq!(file.permissions().mode() & 0o777, 0o644);
    assert_snapshot!(played.seen());
}

#[test]
fn an_engine_that_refuses_makes_enrolling_fail_in_the_open() {
    let stage = stage(None, [reloaded(), changed(Some("2 containers would stop"))]);
    assert_snapshot!(stage.play("enroll DIR/acme.toml").seen());
    assert_eq!(standing(&stage).as_deref(), Some(ACME));
}

#[test]
fn a_steward_that_is_silent_keeps_the_enrollment_in_place_and_says_so() {
    let failure = Failure::new(Code::StewardUnavailable, "the steward does not answer");
    let failure = failure.with_hint("Run `systemctl status pullgate-steward`");
    let stage = stage(None, [reloaded(), vec![Response::Error(failure)]]);
    assert_snapshot!(stage.play("enroll DIR/acme.toml").seen());
    assert_eq!(standing(&stage).as_deref(), Some(ACME));
}

#[test]
fn another_enrollment_is_shown_and_stays() {
    let stage = stage(Some(OTHER), []);
    let played = stage.play("enroll DIR/acme.toml");
    assert_eq!((standing(&stage).as_deref(), &played.asked[..]), (Some(OTHER), &[][..]));
    assert_snapshot!(played.seen());
}

#[test]
fn another_enrollment_is_replaced_when_that_is_said() {
    let stage = stage(Some(OTHER), [reloaded(), changed(None)]);
    assert_eq!(stage.play("enroll DIR/acme.toml --replace").exit, Exit::Yes);
    assert_eq!(standing(&stage).as_deref(), Some(ACME));
}

#[test]
fn enrolling_again_with_the_same_file_is_no_replacement() {
    let stage = stage(Some(ACME), [reloaded(), changed(None)]);
    assert_eq!(stage.play("enroll DIR/acme.toml").exit, Exit::Yes);
}

#[test]
fn a_dry_run_changes_nothing_and_asks_nobody() {
    let stage = stage(None, []);
    let played = stage.play("enroll DIR/acme.toml --dry-run");
    assert_eq!((standing(&stage), &played.asked[..]), (None, &[][..]));
    assert_snapshot!(played.seen());
}

#[test]
fn a_file_that_is_no_enrollment_is_refused_with_the_place() {
    let stage = stage(None, []);
    stage.put("acme.toml", "organization = 7\n");
    assert_snapshot!(stage.play("enroll DIR/acme.toml").seen());
    assert_eq!(standing(&stage), None);
    assert_snapshot!(stage_without_socket().play("enroll DIR/none.toml").seen());
}

fn stage_without_socket() -> Stage {
    let stage = Stage::new().root();
    stage.put("acme.toml", ACME);
    stage
}

#[test]
fn without_a_service_the_enrollment_is_in_place_all_the_same() {
    let stage = stage_without_socket();
    assert_snapshot!(stage.play("enroll DIR/acme.toml").seen());
    assert_eq!(standing(&stage).as_deref(), Some(ACME));
}

#[test]
fn only_root_enrolls_and_ends_an_enrollment() {
    let seen = |line| Stage::new().play(line).seen();
    assert_snapshot!([seen("enroll acme.toml"), seen("unenroll --yes")].join("\n"));
}

fn signed_out() -> Vec<Response> {
    vec![Response::SignedOut { sentence: "Nobody is signed in on this machine".into(), url: None }]
}

#[test]
fn the_end_gives_engines_back_before_the_enrollment_goes() {
    let stage = stage(Some(ACME), [changed(None), signed_out(), reloaded()]);
    let played = stage.play("unenroll --yes");
    let asked = [restore(), Request::SignOut, Request::Reload];
    assert_eq!((played.exit, &played.asked[..]), (Exit::Yes, &asked[..]));
    assert_eq!(standing(&stage), None);
    assert_snapshot!(played.seen());
}

#[test]
fn an_engine_that_cannot_be_given_back_keeps_the_enrollment() {
    let stage = stage(Some(ACME), [changed(Some("2 containers would stop"))]);
    let played = stage.play("unenroll --yes");
    assert_eq!((standing(&stage).as_deref(), &played.asked[..]), (Some(ACME), &[restore()][..]));
    assert_snapshot!(played.seen());
}

#[test]
fn the_end_is_asked_for_first() {
    let asked = |typed| {
        let stage = stage(Some(ACME), [changed(None), signed_out(), reloaded()]).typed(typed);
        let Played { exit, out, asked, .. } = stage.play("unenroll");
        (
            exit,
            asked.len(),
            out.lines().take(2).map(str::to_owned).collect::<Vec<_>>().join("\n"),
            standing(&stage),
        )
    };
    let (exit, requests, out, standing) = asked("no\n");
    assert_eq!((exit, requests, standing.as_deref()), (Exit::Failed, 0, Some(ACME)));
    assert_snapshot!(out);
    let (exit, requests, _, standing) = asked("yes\n");
    assert_eq!((exit, requests, standing), (Exit::Yes, 3, None));
    let nobody = stage(Some(ACME), []).play("unenroll");
    assert_eq!((nobody.exit, &nobody.asked[..]), (Exit::Usage, &[][..]));
}
