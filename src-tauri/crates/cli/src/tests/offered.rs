//! What is offered to be enrolled: shown, agreed to, and only from where it may come.

use insta::assert_snapshot;
use policy_bundle::sha256;
use wire::{EngineChange, Response};

use super::Stage;
use crate::exit::Exit;

const ACME: &str = "organization = \"acme\"\n[identity]\nprovider = \"docker-hub\"\n[policy]\n\
                    url = \"https://policy.acme.example/\"\n\
                    keys = [\"ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"]\n";
const ADDRESS: &str = "https://it.acme.example/acme.toml";

fn stage(text: &'static str) -> Stage {
    let done = Response::Done { sentence: "The enrollment was read again".into() };
    let docker = EngineChange { engine: "docker".into(), sentences: Vec::new(), refused: None };
    Stage::new().service([vec![done], vec![Response::Changes { changes: vec![docker] }]]).root().web(text)
}

fn standing(stage: &Stage) -> Option<String> {
    std::fs::read_to_string(stage.path().join("etc/enrollment.toml")).ok()
}

#[test]
fn at_a_terminal_an_enrollment_is_shown_and_agreed_to() {
    let agreed = stage(ACME).typed("yes\n");
    let played = agreed.play(&format!("enroll {ADDRESS}"));
    assert_eq!((played.exit, standing(&agreed).as_deref()), (Exit::Yes, Some(ACME)));
    assert_snapshot!(played.seen());

    let refused = stage(ACME).typed("\n");
    let played = refused.play(&format!("enroll {ADDRESS}"));
    assert_eq!((played.exit, standing(&refused), played.asked.len()), (Exit::Failed, None, 0));
}

#[test]
fn without_a_terminal_an_address_needs_a_hash_or_a_yes() {
    let nobody = stage(ACME);
    let played = nobody.play(&format!("enroll {ADDRESS}"));
    assert_eq!((played.exit, standing(&nobody)), (Exit::Usage, None));
    assert_snapshot!(played.err);
    for option in ["--yes".to_owned(), format!("--sha256 {}", sha256(ACME.as_bytes()))] {
        let stage = stage(ACME);
        assert_eq!(stage.play(&format!("enroll {ADDRESS} {option}")).exit, Exit::Yes);
        assert_eq!(standing(&stage).as_deref(), Some(ACME));
    }
}

#[test]
fn another_file_than_the_one_described_is_refused() {
    let stage = stage(ACME);
    let played = stage.play(&format!("enroll {ADDRESS} --yes --sha256 {}", "0".repeat(64)));
    assert_eq!((played.exit, standing(&stage)), (Exit::Failed, None));
    assert!(played.err.contains(&sha256(ACME.as_bytes())), "{}", played.err);
}

#[test]
fn what_is_no_enrollment_at_an_address_is_distinguished() {
    let seen = |stage: Stage, address: &str| {
        let stage = stage.root();
        let played = stage.play(&format!("enroll {address} --yes"));
        assert_eq!(standing(&stage), None);
        played.seen()
    };
    let page = "<!doctype html><title>Sign in</title>";
    assert_snapshot!(
        [
            seen(Stage::new(), ADDRESS),
            seen(Stage::new().web(page), ADDRESS),
            seen(Stage::new().web("color = 1\n"), ADDRESS),
            seen(Stage::new().web(ACME), "http://it.acme.example/acme.toml"),
            seen(Stage::new().web(ACME), "https://ada:secret@it.acme.example/acme.toml"),
            seen(Stage::new().web(ACME), "ftp://it.acme.example/acme.toml"),
        ]
        .join("\n")
    );
}
