//! What the policy blocks stops at once. containerd makes a HEAD only, so the reason stands in its status line.

use std::fmt::Write;

use acceptance::internet::Image;
use acceptance::laptop::Laptop;
use acceptance::product::{policy, write_policy};
use acceptance::pull::{Flavor, masks};
use serde_json::json;

use super::laptop;
use crate::podman::record::{blocked, id_in, is_denied, log, refused};

const DENIED: [&str; 9] = [
    "docker.io/someuser/tool:1",
    "docker.io/someuser/tool:latest",
    "docker.io/evil/miner:1",
    "docker.io/localstack/localstack:3.9",
    "docker.io/old/expired:1",
    "ghcr.io/other/app:1",
    "quay.io/coreos/etcd:1",
    "harbor.acme.example/team/app:1",
    "203.0.113.20:5000/plain/app:1",
];

#[test]
fn blocked_images_stop_a_kubelet_and_say_why() {
    let laptop = laptop();
    laptop.internet().publish(&Image::new("ghcr.io/other/app", &["1"]));
    let mut text = String::new();
    for image in DENIED {
        let outcome = Flavor::Cri.attempt(&laptop, image);
        let told = is_denied(&laptop, &outcome);
        assert_eq!((told.image.as_str(), told.engine.as_str(), told.uid), (image, "containerd", Some(0)));
        writeln!(text, "{image}: {outcome}").expect("memory does not fail");
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied", text);
    });
    a_kubelet_that_tries_again_and_again_is_one_verdict(&laptop);
    an_image_that_is_here_stays_and_is_not_fetched_anew(&laptop);
    without_the_gateway_nothing_comes_and_nothing_leaves(&laptop);
}

fn a_kubelet_that_tries_again_and_again_is_one_verdict(laptop: &Laptop) {
    let before = blocked(laptop).len();
    let mut ids = Vec::new();
    laptop.wait_for("several attempts are counted", |laptop| {
        let outcome = Flavor::Cri.attempt(laptop, "docker.io/evil/again:1");
        ids.push(refused(&outcome));
        let told = blocked(laptop).into_iter().find(|told| Some(&told.id) == ids.first());
        told.is_some_and(|told| told.count >= 3)
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(blocked(laptop).len(), before + 1);
}

fn an_image_that_is_here_stays_and_is_not_fetched_anew(laptop: &Laptop) {
    let image = "docker.io/acme/tool:1";
    assert!(Flavor::Cri.attempt(laptop, image).present);
    let denied = json!([{ "id": "d9", "match": "docker.io/acme/tool", "reason": "Withdrawn" }]);
    write_policy(laptop, &policy(json!({ "serial": 2, "deny": denied })));
    laptop.wait_for("the image is blocked", |laptop| {
        laptop.run(&format!("pullgate explain {image}")).code == 3
    });
    let before = log(laptop);
    laptop.must(&format!("cri-pull status {image}"));
    assert_eq!(log(laptop), before, "a kubelet that has the image asks nobody");
    let outcome = Flavor::Cri.attempt(laptop, image);
    assert!(outcome.code != 0 && outcome.present && outcome.asked.is_nothing(), "{outcome}");
    assert_eq!(blocked(laptop).first().map(|told| told.id.clone()), id_in(&outcome.terminal));
    write_policy(laptop, &policy(json!({ "serial": 3 })));
    laptop.wait_for("it is allowed again", |laptop| Flavor::Cri.attempt(laptop, image).code == 0);
}

fn without_the_gateway_nothing_comes_and_nothing_leaves(laptop: &Laptop) {
    let sockets = "pullgate-proxy.socket pullgate-mirror.socket pullgate-control.socket";
    laptop.must(&format!("systemctl stop {sockets} pullgate.service"));
    laptop.internet().forget();
    for image in ["docker.io/library/official:1", "quay.io/coreos/etcd:1", "203.0.113.20:5000/plain/app:1"] {
        let outcome = Flavor::Cri.attempt(laptop, image);
        assert!(outcome.code != 0 && !outcome.present, "{outcome}");
        assert!(outcome.terminal.contains("connect: connection refused"), "{outcome}");
    }
    assert_eq!(laptop.internet().requests(), [], "nothing was asked of anybody");
    laptop.must(&format!("systemctl start {sockets}"));
    assert!(Flavor::Cri.attempt(laptop, "docker.io/library/official:1").present);
}
