//! Mirrors of Docker Hub that an engine had, and the organization's own place for a registry's images.

use acceptance::internet::{Image, Manner};
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enrolled, write_policy};
use acceptance::pull::Flavor;
use serde_json::json;

use super::lab::{arrived, denied, open_policy, status};

const DAEMON_JSON: &str = "{\n\t\"registry-mirrors\": [ \"https://us-west1-docker.pkg.dev/\" ]\n}\n";
const HUB: &str = "docker.io/library/official";
const MIRROR: &str = "us-west1-docker.pkg.dev/library/official";

#[test]
fn an_engines_mirrors_are_used_first_and_given_back() {
    let options = Options::docker(Store::Classic).file("/etc/docker/daemon.json", DAEMON_JSON);
    let laptop = enrolled(options, &open_policy(json!({})));
    let internet = laptop.internet();
    internet.publish(&Image::new(MIRROR, &["1", "2"]));
    internet.publish(&Image::new("us-west1-docker.pkg.dev/someuser/tool", &["1"]));
    let from_the_mirror = Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1");
    arrived(&from_the_mirror);
    assert!(from_the_mirror.asked.is_nothing() && internet.count(MIRROR).blobs > 0, "{from_the_mirror}");
    let unknown_there = Flavor::DockerPull.attempt(&laptop, "docker.io/grafana/tool:1");
    arrived(&unknown_there);
    assert!(unknown_there.asked.manifests > 0);
    denied(&Flavor::DockerPull.attempt(&laptop, "docker.io/someuser/tool:1"));
    assert!(internet.count("us-west1-docker.pkg.dev/someuser/tool").is_nothing());
    denied(&Flavor::DockerPull.attempt(&laptop, "us-west1-docker.pkg.dev/library/official:1"));
    internet.behave(MIRROR, Manner::Refuses { status: 500, code: "UNKNOWN".into(), message: "away".into() });
    laptop.must("docker rmi official:1");
    let despite_the_mirror = Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1");
    arrived(&despite_the_mirror);
    assert!(despite_the_mirror.asked.manifests > 0);
    internet.behave_well();
    laptop.must("pullgate engines restore docker");
    assert_eq!(laptop.read_file("/etc/docker/daemon.json").as_deref(), Some(DAEMON_JSON));
    laptop.must("docker rmi official:1");
    let before = internet.count(MIRROR);
    arrived(&Flavor::DockerPull.attempt(&laptop, "docker.io/library/official:1"));
    assert!(internet.count(MIRROR).since(before).manifests > 0);
}

#[test]
fn the_policys_own_place_for_a_registry_is_asked_and_its_paths_are_judged_as_what_they_stand_for() {
    let upstreams = json!([{ "for": "docker.io", "to": "https://us-west1-docker.pkg.dev/v2/hub/" }]);
    let routed = open_policy(json!({ "serial": 2, "upstreams": upstreams }));
    let laptop = enrolled(Options::docker(Store::Classic), &routed);
    let internet = laptop.internet();
    for name in ["library/official", "someuser/tool"] {
        internet.publish(&Image::new(&format!("us-west1-docker.pkg.dev/hub/{name}"), &["1"]));
    }
    let cache = "us-west1-docker.pkg.dev/hub/library/official";
    for flavor in [Flavor::DockerPull, Flavor::Podman] {
        let before = internet.count(cache);
        let outcome = flavor.attempt(&laptop, "docker.io/library/official:1");
        arrived(&outcome);
        assert!(outcome.asked.is_nothing() && internet.count(cache).since(before).blobs > 0, "{outcome}");
        denied(&flavor.attempt(&laptop, "docker.io/someuser/tool:1"));
        arrived(&flavor.attempt(&laptop, "us-west1-docker.pkg.dev/hub/library/official:1"));
        let as_what_it_is = flavor.attempt(&laptop, "us-west1-docker.pkg.dev/hub/someuser/tool:1");
        denied(&as_what_it_is);
        denied(&flavor.attempt(&laptop, "us-west1-docker.pkg.dev/k8s/images/pause:1"));
    }
    assert!(internet.requests().iter().all(|asked| !(asked.authorized && asked.host.ends_with("pkg.dev"))));
    write_policy(&laptop, &open_policy(json!({ "serial": 3 })));
    laptop.wait_for("the next policy", |laptop| status(laptop)["policy"]["stamp"]["serial"] == 3);
    laptop.must("docker rmi official:1 && docker rmi us-west1-docker.pkg.dev/hub/library/official:1");
    let from_hub = Flavor::DockerPull.attempt(&laptop, &format!("{HUB}:1"));
    arrived(&from_hub);
    assert!(from_hub.asked.manifests > 0);
    denied(&again(&laptop));
}

fn again(laptop: &Laptop) -> acceptance::pull::Outcome {
    Flavor::DockerPull.attempt(laptop, "us-west1-docker.pkg.dev/hub/library/official:1")
}
