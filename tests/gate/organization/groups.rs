//! What holds for one group: on a machine that is one person's, and not through an engine that others reach.

use acceptance::laptop::Person;
use acceptance::pull::Flavor;

use super::desk::{Desk, FOR_QA, desk, snapshot};

#[test]
fn a_rule_for_a_group_holds_for_its_members_alone() {
    let desk = desk();
    desk.ada_signs_in();
    desk.arrives(Flavor::DockerPull, FOR_QA);
    arrives_at_ada(&desk);
    desk.laptop.must("pullgate sign-out");
    desk.laptop.provider().regroup("ada", Some(&["engineering"]));
    desk.ada_signs_in();
    desk.stops(Flavor::DockerPull, FOR_QA);
    let outcome = Flavor::Podman.attempt_as(Person::Ada, &desk.laptop, FOR_QA);
    assert!(outcome.code != 0 && !outcome.present, "{outcome}");
}

#[test]
fn a_rule_for_a_group_does_not_hold_in_an_engine_that_others_reach() {
    let desk = desk();
    desk.ada_signs_in();
    desk.laptop.must("usermod --append --groups docker bob");
    desk.laptop.must("systemctl restart pullgate.service");
    snapshot("shared", &desk.told("sign-in-shared"));
    snapshot("shared_docker", &desk.stops(Flavor::DockerPull, FOR_QA).to_string());
    arrives_at_ada(&desk);
    let bobs = Flavor::Podman.attempt_as(Person::Bob, &desk.laptop, FOR_QA);
    assert!(bobs.code != 0 && !bobs.present, "{bobs}");
    desk.laptop.must("gpasswd --delete bob docker && systemctl restart pullgate.service");
    desk.arrives(Flavor::DockerPull, FOR_QA);
}

/// Fails unless the person who is signed in gets the image with their own engine.
fn arrives_at_ada(desk: &Desk) {
    desk.forget_images();
    let outcome = Flavor::Podman.attempt_as(Person::Ada, &desk.laptop, FOR_QA);
    assert_eq!((outcome.code, outcome.present), (0, true), "{outcome}");
}
