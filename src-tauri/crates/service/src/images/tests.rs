//! What would become of images that are here, under an invented policy.

use engines::{RunningContainer, StoredImage};
use policy::{
    Contact, DecisionContext, LoadedPolicy, Organization, Outcome, Policy, RuleKind, SignIn, SignInReason,
};
use serde_json::json;

use super::*;

const DIGEST: &str = "sha256:9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f9c1f";

fn situation(sign_in: SignIn) -> Arc<DecisionContext> {
    let document = json!({
        "schema": "1.0", "organization": "acme", "serial": 1, "issued": "2026-11-22T06:00:00Z",
        "hub": { "classes": { "official": "allow", "community": "block" } },
        "registries": { "default": "block", "entries": [{ "host": "docker.io", "action": "allow" }] },
        "exemptions": [{ "group": "qa", "reason": "Tests" }],
    });
    let policy = Policy::parse(document.to_string().as_bytes(), None, "acme").unwrap();
    Arc::new(DecisionContext {
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        held: LoadedPolicy::Current(Arc::new(policy)),
        absent_blocks: true,
        sign_in,
        grants: Vec::new(),
        pause: None,
    })
}

fn container(id: &str, image: Option<&str>) -> RunningContainer {
    RunningContainer { id: id.into(), name: None, image: image.map(str::to_owned) }
}

fn store(uid: u32, names: &[&str], containers: &[RunningContainer]) -> Store {
    let image = StoredImage {
        id: "sha256:aa".into(),
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        containers: containers.to_vec(),
        ..StoredImage::default()
    };
    Store { engine: EngineId::Docker, name: "Docker Engine".into(), uid, images: vec![image], problem: None }
}

fn judged(sign_in: SignIn, store: &Store) -> Vec<PresentImage> {
    judge::store(&situation(sign_in), store, "2026-11-22T12:00:00Z".parse().unwrap())
}

type Line = (Option<String>, Option<(Outcome, RuleKind)>, Option<String>, usize);

fn lines(sign_in: SignIn, store: &Store) -> Vec<Line> {
    let line = |image: PresentImage| {
        let finding = image.finding.and_then(|finding| Some((finding.outcome, finding.rule?.kind)));
        (image.image, finding, image.unjudged, image.containers.len())
    };
    judged(sign_in, store).into_iter().map(line).collect()
}

#[test]
fn each_name_of_an_image_is_judged_as_a_pull_of_it() {
    let by_digest = format!("someuser/tool@{DIGEST}");
    let names = ["docker.io/library/official:1", "someuser/tool", "quay.io/a/b:2", by_digest.as_str()];
    let class = |outcome| Some((outcome, RuleKind::Class));
    let expected = [
        (Some("official:1".to_owned()), class(Outcome::Allowed), None, 0),
        (Some("someuser/tool".to_owned()), class(Outcome::Blocked), None, 0),
        (Some("quay.io/a/b:2".to_owned()), Some((Outcome::Blocked, RuleKind::Registry)), None, 0),
        (Some(by_digest.clone()), class(Outcome::Blocked), None, 0),
    ];
    assert_eq!(lines(SignIn::NotRequired, &store(0, &names, &[])), expected);
}

#[test]
fn an_image_without_a_name_and_one_with_a_strange_name_are_not_judged() {
    let nameless = lines(SignIn::NotRequired, &store(0, &[], &[container("c", None)]));
    assert_eq!(nameless, [(None, None, Some("it has no name".to_owned()), 1)]);
    let strange = lines(SignIn::NotRequired, &store(0, &["No Name"], &[]));
    let (name, finding, why, _) = strange.into_iter().next().unwrap();
    assert_eq!((name.as_deref(), finding), (Some("No Name"), None));
    assert!(why.unwrap().starts_with("no registry could have an image of this name: "));
}

#[test]
fn a_container_stands_at_the_name_it_was_started_by() {
    let names = ["official:1", "someuser/tool:latest"];
    let containers = [
        container("a", Some("docker.io/someuser/tool")),
        container("b", Some("official:1")),
        container("c", None),
        container("d", Some("gone/away")),
    ];
    let counts: Vec<usize> =
        lines(SignIn::NotRequired, &store(0, &names, &containers)).into_iter().map(|line| line.3).collect();
    assert_eq!(counts, [3, 1]);
}

#[test]
fn a_persons_rights_count_in_their_own_store_and_in_roots_only_while_they_are_alone() {
    let ada = |alone| SignIn::SignedIn {
        account: "ada@acme.example".into(),
        uid: 1000,
        alone,
        groups: ["qa".to_owned()].into(),
        withheld: [].into(),
        hub_role: None,
    };
    let outcome = |uid, alone| {
        let line = lines(ada(alone), &store(uid, &["someuser/tool:1"], &[])).swap_remove(0);
        line.1.unwrap().0
    };
    let outcomes = [outcome(1000, false), outcome(0, true), outcome(0, false), outcome(1001, true)];
    assert_eq!(outcomes, [Outcome::Allowed, Outcome::Allowed, Outcome::Blocked, Outcome::Blocked]);
}

#[test]
fn what_needs_eyes_comes_first() {
    let containers = [container("a", Some("quay.io/a/b:2"))];
    let names = ["official:1", "not a name", "someuser/tool:1", "quay.io/a/b:2"];
    let mut images = judged(SignIn::NotRequired, &store(0, &names, &containers));
    images.sort_by_cached_key(judge::order);
    let names: Vec<_> = images.iter().filter_map(|image| image.image.as_deref()).collect();
    assert_eq!(names, ["quay.io/a/b:2", "someuser/tool:1", "not a name", "official:1"]);
}

#[test]
fn only_containers_from_blocked_images_are_a_notice() {
    let web = || container("web", Some("someuser/tool:1"));
    let said = |store: &Store| notice(&judged(SignIn::NotRequired, store)).map(|(sentence, _)| sentence);
    assert_eq!(said(&store(0, &["someuser/tool:1"], &[])), None);
    assert_eq!(said(&store(0, &["official:1"], &[container("a", None)])), None);
    let one = "A running container was started from an image that would be blocked today";
    assert_eq!(said(&store(0, &["someuser/tool:1"], &[web()])).as_deref(), Some(one));
    let two = "2 running containers were started from images that would be blocked today";
    assert_eq!(said(&store(0, &["someuser/tool:1"], &[web(), web()])).as_deref(), Some(two));
    let command =
        |uid| notice(&judged(SignIn::NotRequired, &store(uid, &["someuser/tool:1"], &[web()]))).unwrap().1;
    assert!(
        command(0).starts_with("Run `pullgate images`")
            && command(1000).starts_with("Run `sudo pullgate images`")
    );
}

#[test]
fn a_sign_in_that_is_needed_blocks_every_pull_and_is_no_notice_about_images() {
    let needed = SignIn::Needed { why: SignInReason::Never };
    let images = judged(needed, &store(0, &["official:1"], &[container("web", Some("official:1"))]));
    assert!(images[0].would_be_blocked());
    assert_eq!(notice(&images), None);
}
