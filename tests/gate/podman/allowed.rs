//! What the policy allows arrives on every way, from the registry itself.

use acceptance::laptop::Person;
use acceptance::pull::Flavor;

use super::machine::{laptop, tidy};
use super::record::about;

const ALLOWED: [&str; 5] = [
    "docker.io/library/official:1",
    "docker.io/grafana/tool:1",
    "docker.io/acme/tool:1",
    "docker.io/localstack/localstack:4.1",
    "ghcr.io/acme/app:1",
];

#[test]
fn allowed_images_arrive_on_every_way() {
    let laptop = laptop();
    for flavor in Flavor::DAEMONLESS {
        for image in ALLOWED {
            let outcome = flavor.attempt(&laptop, image);
            let came = (outcome.code, outcome.present, outcome.asked.manifests > 0);
            assert_eq!(came, (0, true, true), "{flavor:?} of {image}:\n{}", outcome.terminal);
            assert!(!outcome.terminal.to_lowercase().contains("warning"), "{}", outcome.terminal);
        }
        tidy(&laptop, Person::Root);
    }
    let outcome = Flavor::Podman.attempt_as(Person::Bob, &laptop, ALLOWED[0]);
    assert_eq!((outcome.code, outcome.present), (0, true), "{}", outcome.terminal);
    let last = about(&laptop, ALLOWED[0]).pop().expect("it is on record");
    assert_eq!(
        (last.outcome.as_str(), last.uid, last.upstream.as_deref()),
        ("allowed", Some(1001), Some("delivered 200"))
    );
}
