//! Images by digest: where a digest came by a tag it has that tag's verdict, and an index brings its children.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Person};
use acceptance::product::{policy, write_policy};
use acceptance::pull::{Flavor, masks};
use serde_json::json;

use super::machine::{laptop, tidy};
use super::record::{about, is_denied, log};

const TAGGED: &str = "docker.io/localstack/localstack";

#[test]
fn digests_follow_the_tags_they_came_by() {
    let laptop = laptop();
    a_digest_of_an_allowed_repository_arrives(&laptop);
    a_digest_of_a_blocked_repository_does_not(&laptop);
    a_digest_counts_as_the_tag_it_was_seen_under(&laptop);
    every_platform_of_an_index_arrives(&laptop);
    what_is_here_already_is_used_without_asking(&laptop);
}

fn a_digest_of_an_allowed_repository_arrives(laptop: &Laptop) {
    let published = laptop.internet().publish(&Image::new("docker.io/library/official", &["1"]));
    for digest in [&published.index, &published.manifest] {
        tidy(laptop, Person::Root);
        let outcome = Flavor::Podman.attempt(laptop, &format!("docker.io/library/official@{digest}"));
        let came = (outcome.code, outcome.present, outcome.asked.manifests > 0);
        assert_eq!(came, (0, true, true), "{}", outcome.terminal);
    }
}

fn a_digest_of_a_blocked_repository_does_not(laptop: &Laptop) {
    let published = laptop.internet().publish(&Image::new("docker.io/someuser/tool", &["1"]));
    let mut text = String::new();
    for flavor in [Flavor::Podman, Flavor::SkopeoInspect] {
        let outcome = flavor.attempt(laptop, &format!("docker.io/someuser/tool@{}", published.index));
        is_denied(laptop, &outcome);
        text.push_str(&outcome.to_string());
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied_digest", text);
    });
}

fn a_digest_counts_as_the_tag_it_was_seen_under(laptop: &Laptop) {
    let allowed = laptop.internet().publish(&Image::new(TAGGED, &["4.1"]));
    let other = laptop.internet().publish(&Image::new(TAGGED, &["3.9"]).edition(2));
    let by_digest = format!("{TAGGED}@{}", allowed.index);
    let unseen = Flavor::Podman.attempt(laptop, &by_digest);
    is_denied(laptop, &unseen);
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied_unseen_digest", unseen);
    });
    let tagged = Flavor::SkopeoCopy.attempt(laptop, &format!("{TAGGED}:4.1"));
    assert!(tagged.present, "{}", tagged.terminal);
    let seen = Flavor::Podman.attempt(laptop, &by_digest);
    assert_eq!((seen.code, seen.present), (0, true), "{}", seen.terminal);
    is_denied(laptop, &Flavor::Podman.attempt(laptop, &format!("{TAGGED}@{}", other.index)));
}

fn every_platform_of_an_index_arrives(laptop: &Laptop) {
    tidy(laptop, Person::Root);
    laptop.must(&format!("podman pull --platform linux/arm64 {TAGGED}:4.1"));
    laptop.must(&format!("skopeo copy --all docker://{TAGGED}:4.1 dir:/var/tmp/every-platform"));
    let all = laptop.must("ls /var/tmp/every-platform/*.manifest.json | wc -l").stdout;
    assert_eq!(all.trim(), "2");
}

fn what_is_here_already_is_used_without_asking(laptop: &Laptop) {
    let image = "docker.io/acme/tool:1";
    assert!(Flavor::Podman.attempt(laptop, image).present);
    let denied = json!([{ "id": "d9", "match": "docker.io/acme/tool", "reason": "Withdrawn" }]);
    write_policy(laptop, &policy(json!({ "serial": 2, "deny": denied })));
    laptop.wait_for("the image is blocked", |laptop| {
        laptop.run(&format!("pullgate explain {image}")).code == 3
    });
    let (asked, told) = (laptop.internet().count("docker.io/acme/tool"), log(laptop));
    laptop.must(&format!("podman build -t built/cached - <<< 'FROM {image}'"));
    laptop.must(&format!("podman create {image} true && buildah from {image}"));
    assert_eq!(laptop.internet().count("docker.io/acme/tool"), asked, "nothing was asked");
    assert_eq!(log(laptop), told, "nothing is on record");
    let pulled = Flavor::Podman.attempt(laptop, image);
    assert!(pulled.code != 0 && pulled.present && pulled.asked.is_nothing(), "{pulled}");
    assert_eq!(about(laptop, image).pop().map(|told| told.outcome), Some("blocked".to_owned()));
}
