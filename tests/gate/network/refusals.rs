//! What an engine says, and what the journal keeps, when an allowed image's registry refuses, fails or is not there.

use std::fmt::Write;

use acceptance::internet::Manner;
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::enrolled;
use acceptance::pull::{Flavor, repository};
use serde_json::json;

use super::lab::{arrived, is_not_called_policy, masked, open_policy, told};

const HUB: &str = "docker.io/acme/tool:1";

#[test]
fn a_refusing_registry_is_never_shown_as_policy_by_the_classic_store_and_podman() {
    let laptop = enrolled(impatient(Store::Classic), &open_policy(json!({})));
    told_apart(&laptop, "refusals_classic", Flavor::DockerPull, 1000);
    told_apart(&laptop, "refusals_podman", Flavor::SkopeoCopy, 1000);
}

#[test]
fn a_refusing_registry_is_never_shown_as_policy_by_the_containerd_store() {
    let laptop = enrolled(impatient(Store::Containerd), &open_policy(json!({})));
    // This store goes on where a blob broke off, so only one without a beginning keeps it from its image.
    laptop.internet().behave("ghcr.io/acme/app", Manner::InlineBlobs);
    laptop.internet().behave("ghcr.io/acme/app", Manner::CutsBlobs { after: 100_000 });
    arrived(&Flavor::DockerPull.attempt(&laptop, "ghcr.io/acme/app:1"));
    laptop.internet().behave_well();
    told_apart(&laptop, "refusals_containerd", Flavor::DockerPull, 0);
}

/// An engine that does not try a broken download again and again.
fn impatient(store: Store) -> Options {
    let features = json!({ "containerd-snapshotter": store == Store::Containerd });
    let file = json!({ "max-download-attempts": 1, "features": features });
    Options::docker(store).file("/etc/docker/daemon.json", file.to_string())
}

fn told_apart(laptop: &Laptop, name: &str, flavor: Flavor, cut: u64) {
    let internet = laptop.internet();
    let mut text = String::new();
    let mut attempt = |image: &str, manners: &[(&str, Manner)]| {
        for (repository, manner) in manners {
            internet.behave(repository, manner.clone());
        }
        let outcome = flavor.attempt(laptop, image);
        internet.behave_well();
        is_not_called_policy(&outcome);
        let what = manners.first().map_or_else(|| image.to_owned(), |(_, manner)| format!("{manner:?}"));
        let journal = told(laptop, repository(image));
        write!(text, "{what}\n{outcome}  journal: {journal}\n\n").expect("memory does not fail");
    };
    let broken = Manner::Refuses {
        status: 500,
        code: "UNKNOWN".to_owned(),
        message: "the database is away".to_owned(),
    };
    for manner in [
        Manner::not_found(),
        Manner::too_many_requests(),
        broken,
        Manner::unauthorized(),
        Manner::hub_denies("acme/tool"),
        Manner::Refuses {
            status: 403,
            code: "DENIED".to_owned(),
            message: "requested access to the resource is denied".to_owned(),
        },
    ] {
        attempt(HUB, &[("docker.io/acme/tool", manner)]);
    }
    attempt("203.0.113.20:7/team/app:1", &[]);
    attempt("198.51.100.1:5000/team/app:1", &[]);
    attempt("nowhere.example/team/app:1", &[]);
    attempt("quay.io/coreos/etcd:1", &[("quay.io/coreos/etcd", Manner::CutsBlobs { after: cut })]);
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
    internet.behave("quay.io/coreos/etcd", Manner::Slow { milliseconds: 1200 });
    arrived(&flavor.attempt(laptop, "quay.io/coreos/etcd:1"));
    internet.behave_well();
}
