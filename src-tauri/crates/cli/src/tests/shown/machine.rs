//! The state of the machine: status, pause, doctor.

use insta::assert_snapshot;
use policy::Pause;
use wire::{Check, Condition, DoctorReport, EnginesSummary, Response, Severity, SignInState, StatusReport};

use super::cases;
use crate::tests::{Stage, sample};

#[test]
fn the_status_is_a_headline_and_what_needs_eyes() {
    let status = |report: StatusReport| Response::Status(Box::new(report));
    let drift = "The configuration of Docker Engine was changed outside Pullgate and repaired";
    let builder = "`mybuilder` (docker buildx) pulls without being checked";
    let conditions = vec![
        sample::condition(
            Severity::Critical,
            builder,
            Some("Run `docker buildx rm mybuilder` and create it again"),
        ),
        sample::condition(Severity::Notice, drift, None),
    ];
    let unusable = vec![Condition {
        code: "enrollment-unusable".into(),
        ..sample::condition(Severity::Critical, "`policy.url` is missing, so every image is blocked", None)
    }];
    let pause = Pause { until: sample::ago(-40), reason: "the registry is down".into(), by: "root".into() };
    let engines = EnginesSummary { found: 3, routed: 2, partly: 1 };
    let well = sample::status();
    let account = "ada@acme.example".to_owned();
    let groups = ["qa".to_owned()].into();
    let sign_in = SignInState::SignedIn { account, uid: Some(1000), groups, shared_with: None };
    assert_snapshot!(cases(
        "status",
        [
            ("all is well", status(well.clone())),
            ("somebody is signed in", status(StatusReport { sign_in, ..well.clone() })),
            ("an engine goes round", status(StatusReport { engines, conditions, ..well.clone() })),
            ("paused", status(StatusReport { enforcing: false, pause: Some(pause), ..well.clone() })),
            ("not enrolled", status(StatusReport { organization: None, enforcing: false, ..well.clone() })),
            (
                "an unusable enrollment",
                status(StatusReport { organization: None, conditions: unusable, ..well })
            ),
        ]
    ));
}

#[test]
fn a_pause_and_its_end_are_confirmed() {
    let done = Response::Done { sentence: "Enforcement is paused until 14:00".into() };
    let pause = Some(Pause { until: sample::ago(-60), reason: "outage".into(), by: "root".into() });
    let paused = StatusReport { enforcing: false, pause, ..sample::status() };
    let stage = Stage::new().service([vec![done], vec![Response::Status(Box::new(paused))]]);
    assert_snapshot!(stage.play("pause --for 1h --reason outage").seen());
    let done = Response::Done { sentence: "Acme's policy is enforced on 3 of 3 engines".into() };
    assert_snapshot!(cases("resume", [("done", done)]));
}

#[test]
fn the_doctor_lists_every_check() {
    let check = |name: &str, problem, sentence: &str, action: Option<&str>| Check {
        name: name.into(),
        problem,
        sentence: sentence.into(),
        action: action.map(str::to_owned),
    };
    let good = vec![
        check("enrollment", None, "enrolled with Acme", None),
        check("proxy front", None, "listens on 127.0.0.1:859", None),
    ];
    let steward = check(
        "steward",
        Some(Severity::Critical),
        "it does not answer",
        Some("Run `systemctl status pullgate-steward`"),
    );
    let bad = vec![good[0].clone(), good[1].clone(), steward];
    let doctor = |checks| Response::Doctor(DoctorReport { checks, bundle: None });
    assert_snapshot!(cases("doctor", [("good", doctor(good)), ("bad", doctor(bad))]));
}

#[test]
fn at_a_terminal_each_condition_and_check_has_a_sign() {
    let critical = sample::condition(Severity::Critical, "The disk is full", None);
    let status = StatusReport { conditions: vec![critical], ..sample::status() };
    let shown = Stage::answering(Response::Status(Box::new(status))).colors().play("status").out;
    let signs = |text: &str| text.lines().filter(|line| line.contains("\u{1b}[31m✕\u{1b}[0m ")).count();
    assert_eq!(signs(&shown), 2, "{shown}");
    let check = |problem| Check { name: "disk".into(), problem, sentence: "It spins".into(), action: None };
    let checks = vec![check(None), check(Some(Severity::Critical))];
    let report = Response::Doctor(DoctorReport { checks, bundle: None });
    let shown = Stage::answering(report).colors().play("doctor").out;
    assert_eq!((signs(&shown), shown.matches("\u{1b}[32m✓").count()), (2, 1), "{shown}");
}
