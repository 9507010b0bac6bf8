//! Words for narrow places.

use super::*;

/// The cause of every reason, in the order of the catalogue.
const CAUSES: [&str; catalogue::COUNT + 1] = [
    "paused until 17:40 UTC",
    "test pull",
    "no policy yet",
    "you are exempt",
    "on this machine",
    "ghcr.io is allowed",
    "allowed until Nov 22",
    "allowed by name",
    "allowed until Nov 22",
    "Docker Official Image",
    "version not known",
    "push allowed",
    "sign-in needed",
    "signed out",
    "sign-in out of reach",
    "not a member",
    "membership not known",
    "no policy yet",
    "policy damaged",
    "policy out of date",
    "policy out of date",
    "blocked by name",
    "blocked by name",
    "quay.io is blocked",
    "gcr.io is blocked",
    "ghcr.io only in part",
    "on this machine",
    "community image",
    "exception ended",
    "only for security",
    "others use this engine",
    "only tags 4.*, security",
    "tag not allowed",
    "needs a version",
    "needs a digest",
    "needs the listed digest",
    "version not known",
    "push not allowed",
    "needs a newer Pullgate",
];

#[test]
fn every_cause_is_the_reason_in_at_most_24_letters() {
    let causes = catalogue::reasons("security").into_iter().map(|reason| cause(&catalogue::finding(reason)));
    assert_eq!(causes.collect::<Vec<_>>(), CAUSES);
    let long = catalogue::reasons("a word that goes on and on without an end");
    for cause in long.into_iter().map(|reason| cause(&catalogue::finding(reason))) {
        assert!(cause.chars().count() <= 24, "{cause}");
    }
}

#[test]
fn no_cause_is_a_word_of_those_who_write_rules() {
    for cause in CAUSES {
        for private in ["rule", "pin", "canary", "exemption", "grant", "verdict", "stale", "unproven"] {
            assert!(!cause.split(' ').any(|word| word == private), "{cause}");
        }
    }
}

#[test]
fn what_has_no_room_is_said_without_its_names() {
    let of = |image: &str, reason: Reason| {
        let image = blocked(image).image;
        cause(&Finding { image, ..catalogue::finding(reason) })
    };
    assert_eq!(of("registry.acme.example/tool", Reason::RegistryUnlisted), "registry is blocked");
    assert_eq!(of("nginx", Reason::RegistryBlocked), "Docker Hub is blocked");
    assert_eq!(of("golang:1.19", Reason::TagForbidden { forbidden: Vec::new() }), "version not allowed");
    let tags = vec!["bookworm-slim".to_owned(), "trixie-slim".to_owned()];
    assert_eq!(of("debian", Reason::AllowOtherTag { tags }), "only other tags");
    let groups = vec!["Developer Experience".to_owned()];
    assert_eq!(of("a/b", Reason::AllowOtherGroup { groups }), "only for other groups");
}

#[test]
fn a_class_that_decided_is_named() {
    let by_class = |class| cause(&Finding { class, ..catalogue::finding(Reason::ClassBlocked) });
    assert_eq!(
        Class::ALL.map(|class| by_class(Some(class))),
        [
            "organization's image",
            "Docker Official Image",
            "verified publisher",
            "sponsored open source",
            "community image",
        ]
    );
    assert_eq!(by_class(None), "not allowed");
}

#[test]
fn an_audited_image_is_recorded() {
    let words = [Outcome::Allowed, Outcome::Audited, Outcome::Blocked].map(outcome);
    assert_eq!(words, ["allowed", "recorded", "blocked"]);
}
