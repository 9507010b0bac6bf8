//! Pushes: of what the policy allows, and never with content of what it blocks.

use acceptance::internet::Image;
use acceptance::laptop::{Laptop, Output};
use acceptance::pull::masks;

use super::laptop;
use crate::podman::record::{about, blocked};

const FILES: &str = "--hosts-dir /etc/containerd/certs.d";

#[test]
fn pushes_keep_to_the_policy() {
    let laptop = laptop();
    laptop.must(&format!("ctr images pull {FILES} docker.io/library/official:1"));
    let pushed = push(&laptop, "docker.io/library/official:1", "docker.io/acme/pushed:1");
    assert_eq!(pushed.code, 0, "{}", pushed.terminal);
    assert!(laptop.internet().count("docker.io/acme/pushed").pushes > 0);
    let told = about(&laptop, "docker.io/acme/pushed:1").pop().expect("it is on record");
    assert_eq!(told.outcome, "allowed");
    a_push_of_a_blocked_repository_stops(&laptop);
    a_mount_never_brings_blocked_content_back(&laptop);
}

fn a_push_of_a_blocked_repository_stops(laptop: &Laptop) {
    let before = blocked(laptop).len();
    let mut text = String::new();
    for (repository, tag) in [("docker.io/someuser/pushed", "1"), ("quay.io/x/pushed", "1")] {
        let refused = push(laptop, "docker.io/library/official:1", &format!("{repository}:{tag}"));
        assert_eq!(refused.code, 1, "{}", refused.terminal);
        assert!(laptop.internet().count(repository).is_nothing());
        text.push_str(&format!("$ ctr images push {repository}:{tag}\n{}\n", refused.stderr));
    }
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("denied_push", text);
    });
    let told = blocked(laptop);
    assert!(told.len() <= before + 2, "a push is not a verdict a blob: {told:?}");
}

/// A registry would hand the layer over without seeing it; the gateway makes a plain upload of the request.
fn a_mount_never_brings_blocked_content_back(laptop: &Laptop) {
    let internet = laptop.internet();
    let blocked = internet.publish(&Image::new("docker.io/someuser/tool", &["1"]));
    let allowed = internet.publish(&Image::new("docker.io/library/official", &["1"]));
    let start = |layer: &str, from: &str| {
        let place = "https://127.0.0.1:858/v2/docker.io/acme/mounted/blobs/uploads/";
        let secret = "--cacert /etc/containerd/pullgate-mirror.pem -u ada:ada-secret";
        let ask = format!(
            "curl -s -o /dev/null -w '%{{http_code}}' {secret} -X POST '{place}?mount={layer}&from={from}'"
        );
        laptop.must(&ask).stdout
    };
    let layer = &blocked.layers[0];
    for from in ["someuser/tool", "someuser%2Ftool"] {
        assert_eq!(start(layer, from), "202", "an upload has begun, nothing was mounted");
    }
    assert_eq!(start(&allowed.layers[0], "library/official"), "201", "mounted");
    let asked = internet.requests();
    let mounts: Vec<_> = asked.iter().filter(|asked| asked.path.contains("mount=")).collect();
    assert!(!mounts.iter().any(|asked| asked.path.contains("someuser")), "{mounts:?}");
}

fn push(laptop: &Laptop, from: &str, to: &str) -> Output {
    laptop.must(&format!("ctr images tag --force {from} {to}"));
    laptop.run(&format!("ctr images push {FILES} --platform linux/amd64 -u ada:ada-secret {to}"))
}
