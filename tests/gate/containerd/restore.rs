//! The way back: every file as it was, and containerd asks registries itself.

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::podman::record::is_denied;
use crate::podman::restore::{inventory, is_as_before};

#[test]
fn routing_is_taken_off_without_a_trace() {
    let laptop = Laptop::boot(&with_product(Options::containerd()));
    install(&laptop);
    let before = inventory(&laptop);
    enroll(&laptop, &policy(json!({})));
    is_denied(&laptop, &Flavor::Cri.attempt(&laptop, "docker.io/someuser/tool:1"));
    laptop.must("pullgate engines restore");
    is_as_before(&laptop, &before);
    for (flavor, image) in
        [(Flavor::Cri, "docker.io/someuser/tool:1"), (Flavor::Podman, "quay.io/coreos/etcd:1")]
    {
        let outcome = flavor.attempt(&laptop, image);
        assert_eq!(
            (outcome.code, outcome.present, outcome.asked.manifests > 0),
            (0, true, true),
            "{outcome}"
        );
    }
}
