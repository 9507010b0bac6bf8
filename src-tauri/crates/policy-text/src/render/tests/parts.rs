//! The parts of the story that surfaces show one by one.

use super::*;

#[test]
fn the_story_of_every_reason_is_made_of_its_parts() {
    for reason in catalogue::reasons("an example") {
        let finding = catalogue::finding(reason);
        let step = next_step(&finding).map(|step| format!(" {step}")).unwrap_or_default();
        let (story, parts) = (explanation(&finding), format!("{}{step}", why(&finding)));
        assert!(story.contains(&parts), "{story}\n{parts}");
    }
}

#[test]
fn why_names_what_a_cached_image_stands_for() {
    let mut finding = blocked("someuser/tool");
    assert_eq!(why(&finding), "Community images are not allowed at Acme.");
    let name = Repository::parse("harbor.acme.example/hub/someuser/tool").unwrap();
    let judged_as = Some(Repository::parse("someuser/tool").unwrap());
    finding.image = Image { name: ImageName::Repository(name), judged_as, ..finding.image };
    assert_eq!(why(&finding), "It stands for `someuser/tool`. Community images are not allowed at Acme.");
}

#[test]
fn every_surface_names_the_image_whose_registry_sent_the_engine_on() {
    let mut finding = blocked("someuser/tool");
    finding.image.sent_by = Some("registry.k8s.io/pause".to_owned());
    let said = "The registry of `registry.k8s.io/pause` sends engines there.";
    assert_eq!(why(&finding), format!("{said} Community images are not allowed at Acme."));
    let verdict = verdict(finding);
    let phrase = reason_phrase(&verdict);
    assert!(phrase.contains("someuser/tool") && phrase.len() <= PHRASE_LIMIT, "{phrase}");
    assert!(phrase.contains(", and registry.k8s.io/pause leads there. Run: pullgate why"), "{phrase}");
    assert!(oci_error(&verdict).to_string().contains("registry.k8s.io/pause leads there"));
    assert!(sentence(&verdict).contains(said));
}

#[test]
fn why_stays_on_its_line() {
    let because = Some("old\r\n\u{202e}and frail".to_owned());
    let finding = catalogue::finding(Reason::DenyListed { because });
    assert_eq!(why(&finding), "Acme blocks it by name: old and frail.");
}

#[test]
fn the_next_step_is_one_that_can_be_taken() {
    let named = blocked("someuser/tool");
    assert_eq!((named.instead.as_deref(), next_step(&named)), (Some("bitnami/tool"), None));
    let unnamed = Finding { instead: None, ..named };
    assert_eq!(next_step(&unnamed), None, "where to request access and whom to ask is said anyway");
    let alone = Finding { request_url: None, support: None, ..unnamed.clone() };
    assert_eq!(next_step(&alone).as_deref(), Some("See what is allowed: `pullgate policy show`."));
    let said = explanation(&unnamed);
    let rest = "Community images need approval. Ask in #container-help. Request access: https://";
    assert!(said.contains(&format!("not allowed at Acme. {rest}")), "{said}");
    let allowed = catalogue::finding(Reason::ClassAllowed);
    assert_eq!(next_step(&allowed), None);
}

#[test]
fn no_step_has_a_version_that_nobody_named() {
    let step = |reason| next_step(&catalogue::finding(reason)).unwrap();
    assert_eq!(step(Reason::TagRequired), "Add a version: `nginx:<version>`.");
    assert_eq!(step(Reason::TagForbidden { forbidden: Vec::new() }), "Pull another tag.");
}

#[test]
fn a_policy_with_many_patterns_is_said_in_part() {
    let allowed: Vec<String> = (0..8).map(|at| format!("a-long-team-name-{at}/**")).collect();
    let finding = catalogue::finding(Reason::RegistryPathUnlisted { allowed });
    assert_eq!(
        why(&finding),
        "At ghcr.io Acme allows `a-long-team-name-0/…`, `a-long-team-name-1/…`, … only."
    );
    let finding = catalogue::finding(Reason::RegistryPathUnlisted { allowed: Vec::new() });
    assert_eq!(why(&finding), "Acme allows only some parts of ghcr.io, and this is not one of them.");
}
