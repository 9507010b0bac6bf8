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

/// A line of a terminal without its colors, and with them.
#[test]
fn at_a_terminal_the_answer_has_a_sign_and_in_a_pipe_none() {
    let why = || because(Some(sample::entry(sample::blocked())));
    let piped = Stage::answering(why()).play("why").out;
    let shown = Stage::answering(why()).colors().play("why").out;
    assert!(shown.starts_with("\u{1b}[31m✕\u{1b}[0m `someuser/tool:latest` is blocked."), "{shown}");
    let bare = |line: &str| line.replace("\u{1b}[31m✕\u{1b}[0m", " ");
    let indented: Vec<String> =
        piped.lines().map(|line| if line.is_empty() { String::new() } else { format!("  {line}") }).collect();
    assert_eq!(shown.lines().map(bare).collect::<Vec<_>>(), indented);
}

#[test]
fn text_of_others_steers_no_terminal_that_has_colors() {
    let mut finding = sample::blocked();
    finding.message = Some("\u{1b}[2J\u{1b}[31mgone".into());
    let shown = Stage::answering(because(Some(sample::entry(finding)))).colors().play("why").out;
    assert_eq!(shown.matches('\u{1b}').count(), 2, "the color and its end alone: {shown:?}");
}
