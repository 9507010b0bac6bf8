use image_ref::Repository;
use policy::fixture::{DIGEST, now, organization, pull, situation, time};
use policy::*;
use proptest::prelude::*;
use serde_json::json;

use crate::render::*;

mod catalogue;
mod command;
mod labels;
mod parts;
mod upstream_failures;
mod upstream_result;

fn id() -> VerdictId {
    VerdictId::parse("pg-7F3A9C2K").unwrap()
}

fn verdict(finding: Finding) -> Verdict {
    Verdict { id: id(), at: now(), engine: Engine::Podman, front: Front::Mirror, finding }
}

fn blocked(image: &str) -> Finding {
    let messages = json!({ "messages": {
        "support": "Ask in #container-help",
        "requestUrl": "https://it.acme.example/request?image={image}&rule={rule}&id={id}",
        "byRule": { "community": "Community images need approval." }
    } });
    pull(&situation(messages), image)
}

#[test]
fn the_reason_phrase_is_the_sentence_of_the_manual() {
    assert_eq!(
        reason_phrase(&verdict(blocked("someuser/tool"))),
        "image access denied: someuser/tool is a community image, blocked at Acme (rule: community). \
         Run: pullgate why pg-7F3A9C2K"
    );
}

#[test]
fn the_oci_error_adds_the_organizations_words_and_link() {
    assert_eq!(
        oci_error(&verdict(blocked("someuser/tool"))),
        json!({ "errors": [{
            "code": "DENIED",
            "message": "image access denied: someuser/tool is a community image, blocked at Acme \
                        (rule: community). Use `bitnami/tool` instead. Community images need approval. \
                        Ask in #container-help. Request access: \
                        https://it.acme.example/request?image=someuser%2Ftool%3Alatest&rule=community&id=pg-7F3A9C2K \
                        Run: pullgate why pg-7F3A9C2K",
            "detail": "rule community, policy 1042",
        }] })
    );
}

#[test]
fn only_pulls_of_docker_engine_get_another_code() {
    let others = |action| Engine::ALL.into_iter().filter(move |engine| oci_code(*engine, action) != "DENIED");
    assert_eq!(others(Action::Pull).collect::<Vec<_>>(), [Engine::Docker]);
    assert_eq!(others(Action::Push).count(), 0);
}

#[test]
fn an_explanation_needs_no_id() {
    let text = explanation(&blocked("someuser/tool"));
    assert!(text.ends_with("?image=someuser%2Ftool%3Alatest&rule=community"), "{text}");
    assert!(!text.contains("pullgate why"), "{text}");
}

#[test]
fn a_link_before_there_is_a_verdict_has_no_empty_id() {
    let link = |url: &str| {
        let finding = Finding { request_url: Some(url.to_owned()), ..blocked("someuser/tool") };
        request_url_without_id(&finding).unwrap_or_default()
    };
    let place = "https://it.acme.example/";
    assert_eq!(link(&format!("{place}?image=a&id={{id}}&rule=r")), format!("{place}?image=a&rule=r"));
    assert_eq!(link(&format!("{place}?id={{id}}")), place);
    assert_eq!(link(&format!("{place}?image=a#verdict-{{id}}")), format!("{place}?image=a"));
    assert_eq!(link(&format!("{place}?image=a#top")), format!("{place}?image=a#top"));
    assert_eq!(link(&format!("{place}verdicts/{{id}}?image=a")), "", "such a place is none without an id");
}

/// Quotes are taken out of a reason phrase, so that `organization's` would be read as `organizations`.
#[test]
fn no_sentence_of_a_reason_phrase_has_an_apostrophe_to_lose() {
    for reason in catalogue::reasons("words") {
        let verdict = verdict(catalogue::finding(reason));
        let said = [words::clause(&verdict.finding), phrase::next_step(&verdict)];
        assert!(!said.join(" ").contains(['\'', '"', '`']), "{said:?}");
    }
}

#[test]
fn a_verdict_survives_its_json() {
    let verdict = verdict(blocked("someuser/tool"));
    insta::assert_json_snapshot!(json(&verdict));
    let text = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
}

#[test]
fn a_long_image_is_shortened_in_its_middle() {
    let image = format!("ghcr.io/{}/tool:1.2.3", "segment/".repeat(28).trim_end_matches('/'));
    let phrase = reason_phrase(&verdict(blocked(&image)));
    assert_eq!(phrase.len(), PHRASE_LIMIT);
    assert!(phrase.starts_with("image access denied: ghcr.io/segment/"), "{phrase}");
    assert!(phrase.contains("tool:1.2.3 is in a part of its registry"), "{phrase}");
}

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "\\PC{0,300}",
        Just("a\r\nSet-Cookie: x".to_owned()),
        Just("\"'`\\".repeat(80))
    ]
}

proptest! {
    #[test]
    fn the_reason_phrase_keeps_its_law(
        (display, words, rule) in (hostile(), hostile(), hostile()),
        path in "[a-z0-9]{1,60}(/[a-z0-9]{1,60}){0,3}",
        unlisted in proptest::option::of(hostile()),
        reason in 0..catalogue::COUNT,
    ) {
        let repository = Repository::parse(&format!("registry.example/{path}")).unwrap();
        let name = unlisted.map_or(ImageName::Repository(repository), ImageName::Unlisted);
        let mut finding = catalogue::finding(catalogue::reasons(&words).swap_remove(reason));
        finding.image = Image { name, target: Some(format!("@{DIGEST}")), judged_as: None, sent_by: None };
        finding.organization.display = display;
        finding.rule = finding.rule.map(|of| Rule { id: rule, text: words.clone(), ..of });
        finding.message = Some(words.clone());
        finding.support = Some(words);
        let verdict = verdict(finding);
        for line in [reason_phrase(&verdict), warning_header(&verdict).replace('"', "")] {
            prop_assert!(line.len() <= PHRASE_LIMIT + 6, "{}", line);
            prop_assert!(line.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{}", line);
            prop_assert!(!line.contains(['"', '\'', '`', '\\']), "{}", line);
            let sign_in = line.ends_with(". Run: pullgate sign-in (pg-7F3A9C2K)");
            prop_assert!(sign_in || line.ends_with(". Run: pullgate why pg-7F3A9C2K"), "{}", line);
        }
        prop_assert!(reason_phrase(&verdict).len() <= PHRASE_LIMIT);
        prop_assert!(reason_phrase(&verdict).starts_with("image access "));
        let oci = oci_error(&verdict);
        let message = oci.pointer("/errors/0/message").unwrap().as_str().unwrap();
        prop_assert!(!message.chars().any(char::is_control));
        prop_assert!(!sentence(&verdict).contains(['\r', '\n']));
        prop_assert!(!notification(&verdict).0.contains(['\r', '\n']));
    }
}
