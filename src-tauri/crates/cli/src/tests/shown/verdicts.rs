//! One image: what would happen, and what happened.

use insta::assert_snapshot;
use policy::{Finding, Outcome, Reason, Rule, RuleKind, SignInReason};
use wire::{Entry, ExplainReport, Response, UpstreamResult, WhyReport};

use super::cases;
use crate::tests::{Stage, sample};

fn explained(finding: Finding) -> Response {
    let image = "docker.io/someuser/tool:latest".into();
    Response::Explain(Box::new(ExplainReport { image, finding, sentences: Vec::new() }))
}

fn because(entry: Option<Entry>) -> Response {
    Response::Why(Box::new(WhyReport { entry, sentences: Vec::new() }))
}

#[test]
fn an_image_is_explained_with_the_way_on() {
    let sign_in = Finding {
        reason: Reason::SignInNeeded { why: SignInReason::Never },
        rule: Some(Rule { kind: RuleKind::SignIn, id: "signIn".into(), text: "sign-in is required".into() }),
        message: None,
        request_url: None,
        instead: None,
        ..sample::blocked()
    };
    let audited = Finding { outcome: Outcome::Audited, ..sample::blocked() };
    assert_snapshot!(cases(
        "explain someuser/tool",
        [
            ("blocked", explained(sample::blocked())),
            ("recorded", explained(audited)),
            ("allowed", explained(sample::allowed())),
            ("sign-in needed", explained(sign_in)),
        ]
    ));
}

#[test]
fn a_verdict_is_reported_whole() {
    let refused = UpstreamResult::Refused { status: 429, message: "toomanyrequests: slow down".into() };
    let expired =
        UpstreamResult::Certificate { host: "registry-1.docker.io".into(), problem: "it expired".into() };
    let of_docker = |upstream| because(Some(sample::entry_of_docker(sample::allowed(), Some(upstream))));
    assert_snapshot!(cases(
        "why",
        [
            ("blocked", because(Some(sample::entry(sample::blocked())))),
            ("allowed, and the registry refused", of_docker(refused)),
            ("allowed, and the certificate is bad", of_docker(expired)),
            ("allowed, and delivered", of_docker(UpstreamResult::Delivered { status: 200 })),
            ("nothing yet", because(None)),
        ]
    ));
}

#[test]
fn an_unknown_id_is_a_complaint() {
    assert_snapshot!(Stage::answering(because(None)).play("why PG7F3A9C2K").seen());
}
