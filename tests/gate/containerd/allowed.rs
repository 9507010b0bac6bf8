//! What the policy allows arrives: by tag, by digest, each platform of an index.

use acceptance::internet::Image;
use acceptance::laptop::Laptop;
use acceptance::pull::{Flavor, masks};

use super::laptop;
use crate::podman::record::{about, is_denied};

const TAGGED: &str = "docker.io/localstack/localstack";

#[test]
fn allowed_images_arrive() {
    let laptop = laptop();
    for image in [
        "docker.io/library/official:1",
        "docker.io/grafana/tool:1",
        "docker.io/acme/tool:1",
        "ghcr.io/acme/app:1",
    ] {
        arrives(&laptop, image);
        let told = about(&laptop, image).pop().expect("it is on record");
        assert_eq!((told.outcome.as_str(), told.upstream.as_deref()), ("allowed", Some("delivered 200")));
    }
    digests_follow_the_tags_they_came_by(&laptop);
    a_digest_of_an_allowed_repository_arrives(&laptop);
}

fn digests_follow_the_tags_they_came_by(laptop: &Laptop) {
    let allowed = laptop.internet().publish(&Image::new(TAGGED, &["4.1"]));
    let other = laptop.internet().publish(&Image::new(TAGGED, &["3.9"]).edition(2));
    let by_digest = format!("{TAGGED}@{}", allowed.index);
    let unseen = Flavor::Cri.attempt(laptop, &by_digest);
    is_denied(laptop, &unseen);
    arrives(laptop, &format!("{TAGGED}:4.1"));
    let seen = Flavor::Cri.attempt(laptop, &by_digest);
    assert_eq!((seen.code, seen.present), (0, true), "{seen}");
    let never = Flavor::Cri.attempt(laptop, &format!("{TAGGED}@{}", other.index));
    is_denied(laptop, &never);
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied_digests", format!("{unseen}\n{never}"));
    });
}

fn a_digest_of_an_allowed_repository_arrives(laptop: &Laptop) {
    let published = laptop.internet().publish(&Image::new("docker.io/library/official", &["2"]).edition(2));
    arrives(laptop, &format!("docker.io/library/official@{}", published.index));
}

pub(super) fn arrives(laptop: &Laptop, image: &str) {
    let outcome = Flavor::Cri.attempt(laptop, image);
    let came = (outcome.code, outcome.present, outcome.asked.manifests > 0);
    assert_eq!(came, (0, true, true), "{image}:\n{}", outcome.terminal);
}
