use std::collections::BTreeSet;

use ipc::{Decoder, Message, encode};
use policy::{Outcome, Reason, RuleKind, UpstreamResult};
use wire::{Entries, Event, PolicyState, Routed, Severity, SignInState, StatusReport};

use super::*;

fn now() -> Timestamp {
    "2026-11-22T12:00:00.123456789Z".parse().unwrap()
}

fn story(scene: Scene) -> Story {
    Story::at(now(), scene)
}

/// Everything that a story can be asked.
fn answers(story: &Story) -> Vec<Response> {
    vec![
        Response::Status(Box::new(story.status())),
        Response::Event { event: Event::Status { status: Box::new(story.status()) } },
        Response::Entries(Entries { entries: story.entries(), more: false }),
        Response::Engines { engines: story.engines() },
        Response::Images(story.images()),
        Response::Policy(Box::new(story.policy())),
        Response::Doctor(story.doctor(true)),
        story.explain("nginx"),
        story.explain("Nginx"),
        story.why(None),
        story.why(Some("7f3a9c2k")),
        story.why(Some("pg-00000000")),
    ]
}

fn read(bytes: &[u8]) -> Response {
    let mut decoder = Decoder::default();
    decoder.push(bytes);
    Response::read(&decoder.next_frame().unwrap().unwrap()).unwrap()
}

fn explained(story: &Story, image: &str) -> (Outcome, RuleKind, Option<String>) {
    let Response::Explain(report) = story.explain(image) else { panic!("{image} is not explained") };
    (report.finding.outcome, report.finding.rule.unwrap().kind, report.finding.instead)
}

fn codes(status: &StatusReport) -> Vec<&str> {
    status.conditions.iter().map(|condition| condition.code.as_str()).collect()
}

#[test]
fn every_answer_of_every_scene_survives_the_wire() {
    for scene in Scene::ALL {
        for answer in answers(&story(scene)) {
            assert_eq!(read(&encode(&answer).unwrap()), answer, "{}", scene.name());
        }
    }
}

#[test]
fn the_same_scene_at_the_same_time_is_told_in_the_same_bytes() {
    let bytes = |scene| -> Vec<Vec<u8>> {
        let mut story = story(scene);
        story.go_on(now());
        answers(&story).iter().map(|answer| encode(answer).unwrap()).collect()
    };
    for scene in Scene::ALL {
        assert_eq!(bytes(scene), bytes(scene), "{}", scene.name());
    }
}

#[test]
fn the_policy_is_good_and_its_author_is_told_of_the_exception_that_has_ended() {
    let policy = story(Scene::Acme).policy();
    let PolicyState::Current { stamp, stale_since, change, .. } = policy.state else {
        panic!("{:?}", policy.state)
    };
    assert_eq!((stamp.serial, stale_since), (1042, None));
    assert_eq!(change.unwrap().sentence, "`axllent/mailpit` is newly allowed");
    let ended = "`/allow/6/expires`: this exception had ended before the policy was issued; remove it";
    assert_eq!(policy.warnings, [ended]);
    assert!(policy.document.is_some());
}

#[test]
fn nginx_is_allowed_and_an_image_of_the_community_is_blocked_with_another_to_use_instead() {
    let story = story(Scene::Acme);
    assert_eq!(explained(&story, "nginx"), (Outcome::Allowed, RuleKind::Class, None));
    let instead = Some("acme/tool".to_owned());
    assert_eq!(explained(&story, "someuser/tool"), (Outcome::Blocked, RuleKind::Class, instead));
    assert_eq!(explained(&story, "axllent/mailpit").0, Outcome::Allowed);
}

#[test]
fn a_name_that_is_no_image_is_answered_with_what_to_write() {
    let Response::Error(failure) = story(Scene::Acme).explain("Nginx") else { panic!("it is explained") };
    assert_eq!((failure.code, failure.hint.is_some()), (Code::BadRequest, true));
}

#[test]
fn the_latest_denial_of_acme_is_the_one_of_the_manual() {
    let Response::Why(why) = story(Scene::Acme).why(None) else { panic!("there is none") };
    let entry = why.entry.unwrap();
    let finding = &entry.verdict.finding;
    assert_eq!(entry.verdict.id.as_str(), "pg-7F3A9C2K");
    assert_eq!(finding.image.familiar(), "someuser/tool:latest");
    assert_eq!((entry.count, finding.reason.clone()), (3, Reason::ClassBlocked));
    assert_eq!(now().duration_since(entry.last).as_mins(), 2);
}

#[test]
fn the_history_of_acme_has_denials_of_every_kind_and_troubles_that_are_nobodys_rule() {
    let entries = story(Scene::Acme).entries();
    assert!(entries.is_sorted_by(|one, next| one.last > next.last), "the latest first");
    let ids: BTreeSet<_> = entries.iter().map(|entry| entry.verdict.id.clone()).collect();
    assert_eq!(ids.len(), entries.len());
    let blocked = entries.iter().filter(|entry| entry.verdict.finding.outcome == Outcome::Blocked);
    let blocked: Vec<&Entry> = blocked.collect();
    assert_eq!(blocked.len(), 16);
    let reasons: BTreeSet<&str> = blocked.iter().map(|entry| word(&entry.verdict.finding.reason)).collect();
    assert_eq!(reasons.into_iter().collect::<Vec<_>>(), REASONS);
    assert!(blocked.iter().all(|entry| entry.upstream.is_none()));
    assert_eq!(entries.iter().filter(|entry| is_not_us(entry)).count(), 3);
    assert!(entries.iter().any(|entry| entry.verdict.finding.outcome == Outcome::Audited));
    assert!(entries.iter().any(|entry| entry.verdict.finding.image.judged_as.is_some()));
}

const REASONS: [&str; 13] = [
    "allowEnded",
    "allowOtherGroup",
    "allowOtherTag",
    "classBlocked",
    "denyListed",
    "digestNotPinned",
    "digestUnproven",
    "pushBlocked",
    "registryBlocked",
    "registryPathUnlisted",
    "registryUnlisted",
    "tagForbidden",
    "tagRequired",
];

fn word(reason: &Reason) -> &'static str {
    let json = serde_json::to_value(reason).unwrap();
    REASONS.into_iter().find(|word| json["kind"] == *word).unwrap_or("another")
}

fn is_not_us(entry: &Entry) -> bool {
    let troubled = |answered: &UpstreamResult| !matches!(answered, UpstreamResult::Delivered { .. });
    entry.upstream.as_ref().is_some_and(troubled)
}

#[test]
fn acme_is_well() {
    let status = story(Scene::Acme).status();
    assert_eq!(status.headline(), "Acme's policy is enforced on 3 of 3 engines");
    assert_eq!(status.conditions, []);
    assert!(matches!(status.sign_in, SignInState::SignedIn { account, .. } if account == "ada@acme.example"));
}

#[test]
fn in_trouble_there_is_a_condition_of_every_severity_the_worst_first() {
    let story = story(Scene::Troubled);
    let status = story.status();
    let worst_first =
        ["journal-failing", "policy-stale", "sign-in-offline", "engine-drifted", "policy-unreachable"];
    assert_eq!(codes(&status), worst_first);
    let severities: BTreeSet<Severity> = status.conditions.iter().map(|one| one.severity).collect();
    assert_eq!(severities.len(), 3);
    assert!(status.pause.is_some_and(|pause| pause.until > now()));
    let routed: Vec<Routed> = story.engines().iter().map(|engine| engine.routed).collect();
    assert_eq!(routed, [Routed::Yes, Routed::Partly, Routed::Yes, Routed::No]);
    assert_eq!(explained(&story, "someuser/tool"), (Outcome::Allowed, RuleKind::Pause, None));
    assert_eq!(story.images().unlisted.len(), 1);
}

#[test]
fn once_the_session_has_ended_images_stop_until_the_person_signs_in() {
    let mut story = story(Scene::SignIn);
    assert_eq!(codes(&story.status()), ["sign-in-needed"]);
    let latest = &story.entries()[0].verdict.finding;
    assert!(matches!(latest.reason, Reason::SignInNeeded { .. }), "{:?}", latest.reason);
    assert!(
        story.images().images.iter().any(|image| image.would_be_blocked() && !image.containers.is_empty())
    );
    story.sign_in();
    assert_eq!(codes(&story.status()), [""; 0]);
    assert_eq!(explained(&story, "nginx").0, Outcome::Allowed);
    story.sign_out(now());
    assert_eq!(explained(&story, "nginx"), (Outcome::Blocked, RuleKind::SignIn, None));
}

#[test]
fn nothing_has_happened_on_a_fresh_machine() {
    let story = story(Scene::Fresh);
    let status = story.status();
    assert_eq!(status.headline(), "Acme's policy has not arrived yet; images are blocked until it does");
    assert_eq!((story.entries(), story.images()), (Vec::new(), ImagesReport::default()));
    assert_eq!((status.policy, status.conditions), (PolicyState::Absent, Vec::new()));
    assert_eq!(explained(&story, "nginx"), (Outcome::Blocked, RuleKind::Presence, None));
}

#[test]
fn a_machine_of_no_organization_lets_everything_pass_and_has_nobody_to_sign_in_to() {
    let mut story = story(Scene::Unenrolled);
    assert_eq!(story.status().headline(), "This machine is not enrolled with an organization");
    assert_eq!(explained(&story, "someuser/tool").0, Outcome::Allowed);
    assert!(matches!(story.sign_in(), Response::Error(failure) if failure.code == Code::NotEnrolled));
}

#[test]
fn every_image_that_has_a_name_is_judged() {
    for scene in [Scene::Acme, Scene::Troubled, Scene::SignIn, Scene::Unenrolled] {
        let images = story(scene).images().images;
        let unjudged: Vec<_> = images.iter().filter(|image| image.unjudged.is_some()).collect();
        assert_eq!(unjudged.iter().map(|image| image.image.clone()).collect::<Vec<_>>(), [None]);
    }
}

#[test]
fn things_go_on_in_acme_alone_each_with_an_id_of_its_own() {
    let mut acme = story(Scene::Acme);
    let before = acme.entries().len();
    for _ in 0..12 {
        let entry = acme.go_on(now()).unwrap();
        assert_eq!(entry.verdict.finding.outcome, Outcome::Blocked, "{entry:?}");
    }
    let ids: BTreeSet<_> = acme.entries().into_iter().map(|entry| entry.verdict.id).collect();
    assert_eq!(ids.len(), before + 12);
    for scene in Scene::ALL.into_iter().filter(|scene| *scene != Scene::Acme) {
        assert_eq!(story(scene).go_on(now()), None);
    }
}
