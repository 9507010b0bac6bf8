//! What the policy blocks stops at once, on every way, with the reason in the terminal.

use std::fmt::Write;

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Person};
use acceptance::pull::{Flavor, masks};

use super::machine::laptop;
use super::record::{blocked, id_in, is_denied, refused};

/// One row of the table of denials: its name, the image, and how the record calls it.
const DENIED: [(&str, &str, &str); 8] = [
    ("community", "docker.io/someuser/tool:1", "docker.io/someuser/tool:1"),
    ("community_without_tag", "docker.io/someuser/tool", "docker.io/someuser/tool:latest"),
    ("deny_listed", "docker.io/evil/miner:1", "docker.io/evil/miner:1"),
    ("another_tag", "docker.io/localstack/localstack:3.9", "docker.io/localstack/localstack:3.9"),
    ("expired_allow", "docker.io/old/expired:1", "docker.io/old/expired:1"),
    ("another_path", "ghcr.io/other/app:1", "ghcr.io/other/app:1"),
    ("unlisted_registry", "quay.io/coreos/etcd:1", "quay.io/coreos/etcd:1"),
    ("unlisted_domain", "harbor.acme.example/team/app:1", "team/app"),
];

#[test]
fn blocked_images_stop_every_way_and_say_why() {
    let laptop = laptop();
    laptop.internet().publish(&Image::new("ghcr.io/other/app", &["1"]));
    let mut promised = Vec::new();
    for (name, image, recorded) in DENIED {
        let mut text = String::new();
        for flavor in Flavor::DAEMONLESS {
            let outcome = flavor.attempt(&laptop, image);
            promised.push((refused(&outcome), recorded));
            writeln!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
        }
        insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("denied_{name}"), text);
        });
    }
    let told = blocked(&laptop);
    for (id, image) in promised {
        let found = told.iter().find(|told| told.id == id).map(|told| (told.image.as_str(), told.uid));
        assert_eq!(found, Some((image, Some(0))), "{id}");
    }
    the_asking_person_is_on_record(&laptop);
    repeated_denials_are_one_verdict(&laptop);
}

fn the_asking_person_is_on_record(laptop: &Laptop) {
    for person in [Person::Ada, Person::Bob] {
        let outcome = Flavor::Podman.attempt_as(person, laptop, "docker.io/evil/miner:1");
        assert_eq!(is_denied(laptop, &outcome).uid, Some(u64::from(person.uid())));
        let mine = laptop.run_as(person, "pullgate why").stdout;
        assert!(mine.contains("evil/miner:1") && mine.contains(person.name()), "{mine}");
    }
    let bobs = laptop.run_as(Person::Bob, "pullgate blocked --json").stdout;
    assert!(!bobs.contains("\"asker\":{\"uid\":1000}"), "{bobs}");
}

fn repeated_denials_are_one_verdict(laptop: &Laptop) {
    let before = blocked(laptop).len();
    let attempts = "for n in 1 2 3; do skopeo inspect --no-tags docker://docker.io/evil/again:1; done";
    let terminal = laptop.run_as(Person::Ada, &format!("{attempts} 2>&1")).stdout;
    let ids: Vec<_> = terminal.lines().filter_map(id_in).collect();
    assert_eq!((ids.len(), ids.iter().all(|id| *id == ids[0])), (3, true), "{terminal}");
    assert_eq!(blocked(laptop).len(), before + 1);
}
