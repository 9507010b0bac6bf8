//! What a company's cache refuses by its own rules is told as the cache's, by every engine and in both stores of Docker,
//! and never as Pullgate's.

use std::fmt::Write;

use acceptance::internet::Manner;
use acceptance::laptop::{Laptop, Options, Store};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use super::told::{masks, tell};
use crate::podman::record::about;

/// Each as it was seen in public: the host that says it, what it says, and the words in which it is told.
fn recorded() -> Vec<(&'static str, &'static str, Manner, &'static str)> {
    let json = ("Content-Type", "application/json");
    vec![
        (
            "harbor",
            "cache.acme.example/team/app:1",
            answers(
                412,
                &[json],
                r#"{"errors":[{"code":"PROJECTPOLICYVIOLATION","message":"current image with 4 vulnerabilities cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of \"Critical\" or higher from running.' To continue with pull, please contact your project administrator to exempt matched vulnerabilities through configuring the CVE allowlist."}]}"#,
            ),
            "not Pullgate: cache.acme.example (Harbor) refused it with 412: current image with 4 vulnerabilities",
        ),
        (
            "nexus",
            "cache.acme.example/team/app:1",
            answers(
                403,
                &[json, ("Server", "Nexus/3.77.0-08 (PRO)")],
                r#"{"errors":[{"code":"DENIED","message":"REQUESTED ITEM IS QUARANTINED -- FOR DETAILS SEE https://iq.acme.example/ui/links/repository-firewall/1","detail":null}]}"#,
            ),
            "not Pullgate: cache.acme.example (Sonatype Repository Firewall) refused it with 403: REQUESTED ITEM IS QUARANTINED",
        ),
        (
            "xray",
            "cache.acme.example/team/app:1",
            answers(
                403,
                &[json, ("X-JFrog-Version", "Artifactory/7.90.10")],
                r#"{"errors":[{"status":403,"message":"Artifact download request rejected: team/app/1/manifest.json was not downloaded due to the download blocking policy configured in Xray for docker-remote."}]}"#,
            ),
            "not Pullgate: cache.acme.example (JFrog Xray) refused it with 403: Artifact download request rejected",
        ),
        (
            "chainguard",
            "cgr.dev/acme/app:1",
            answers(
                403,
                &[json],
                r#"{"errors":[{"code":"DENIED","message":"pull denied by policy: cooldown"}]}"#,
            ),
            "not Pullgate: cgr.dev (Chainguard) refused it with 403: pull denied by policy: cooldown",
        ),
        (
            "gitlab",
            "cache.acme.example/team/app:1",
            answers(403, &[json, ("x-gitlab-meta", "{}")], r#"{"message":"403 Forbidden"}"#),
            "not Pullgate: cache.acme.example (GitLab) refused it with 403: 403 Forbidden",
        ),
        (
            "page",
            "cache.acme.example/team/app:1",
            answers(
                403,
                &[("Content-Type", "text/html")],
                "<!doctype html><title>Blocked by the firewall</title>",
            ),
            "not Pullgate: cache.acme.example refused it with 403: Blocked by the firewall",
        ),
    ]
}

fn answers(status: u16, headers: &[(&str, &str)], body: &str) -> Manner {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Manner::Answers { status, headers, body: body.to_owned() }
}

fn rules() -> serde_json::Value {
    policy(json!({ "registries": { "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "cache", "host": "cache.acme.example", "action": "allow" },
        { "id": "chainguard", "host": "cgr.dev", "action": "allow" },
    ] } }))
}

#[test]
fn a_cache_s_refusal_is_its_own_in_the_classic_store_by_podman_and_by_cri() {
    refusals(Store::Classic, &[Flavor::DockerPull, Flavor::BuildKit, Flavor::Podman, Flavor::Cri]);
}

#[test]
fn a_cache_s_refusal_is_its_own_in_the_containerd_store() {
    refusals(Store::Containerd, &[Flavor::DockerPull, Flavor::BuildKit]);
}

fn refusals(store: Store, flavors: &[Flavor]) {
    let laptop = Laptop::boot(&with_product(Options::docker(store)));
    install(&laptop);
    the_images_arrive(&laptop, flavors);
    enroll(&laptop, &rules());
    the_images_arrive(&laptop, flavors);
    for (name, image, manner, words) in recorded() {
        is_told(&laptop, store, flavors, (name, image, manner, words));
    }
    a_page_for_referrers_stays_a_404(&laptop);
    the_images_arrive(&laptop, flavors);
    laptop.must("pullgate unenroll --yes");
    the_images_arrive(&laptop, flavors);
}

fn is_told(
    laptop: &Laptop,
    store: Store,
    flavors: &[Flavor],
    (name, image, manner, words): (&str, &str, Manner, &str),
) {
    let mut text = String::new();
    let repository = acceptance::pull::repository(image);
    laptop.internet().behave(repository, manner);
    for flavor in flavors {
        let outcome = flavor.attempt(laptop, image);
        assert!(outcome.code != 0 && !outcome.present, "{outcome}");
        // The reason phrase is shorter than the body, so some engines have the beginning only.
        assert!(outcome.terminal.contains(words), "{flavor:?} {name}: {outcome}");
        assert!(!outcome.terminal.contains("image access denied"), "{outcome}");
        write!(text, "{flavor:?}: {outcome}").expect("memory does not fail");
    }
    laptop.internet().behave_well();
    let told = about(laptop, image).pop().expect("it is on record");
    assert!(told.upstream.is_some_and(|upstream| upstream.starts_with("deniedElsewhere")), "{name}");
    assert_eq!(told.outcome, "allowed");
    assert!(!laptop.must("pullgate blocked").stdout.contains(repository));
    writeln!(text, "\n{}", tell(laptop)).expect("memory does not fail");
    let store = if store == Store::Classic { "classic" } else { "containerd" };
    insta::with_settings!({ filters => masks(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("refusal_of_{name}_{store}"), text);
    });
}

fn the_images_arrive(laptop: &Laptop, flavors: &[Flavor]) {
    for image in ["cache.acme.example/team/app:1", "cgr.dev/acme/app:1"] {
        for flavor in flavors {
            let outcome = flavor.attempt(laptop, image);
            assert_eq!((outcome.code, outcome.present), (0, true), "{flavor:?}: {outcome}");
        }
    }
    laptop.run("cri-pull remove cache.acme.example/team/app:1; cri-pull remove cgr.dev/acme/app:1");
    laptop.run("podman rmi -af; docker image prune -af; docker builder prune -af");
}

/// A cache that knows nothing of referrers answers 404 with a page. Whoever reads 404 looks for the tag that stands in for
/// them, as without a gateway.
fn a_page_for_referrers_stays_a_404(laptop: &Laptop) {
    let digest = format!("sha256:{}", "0".repeat(64));
    let page = answers(404, &[("Content-Type", "text/html")], "<html>404 page not found</html>");
    laptop.internet().behave("cache.acme.example/team/app", page);
    let ask = format!(
        "curl -sk -w '\\n%{{http_code}} %{{content_type}}' -x http://127.0.0.1:859 https://cache.acme.example/v2/team/app/referrers/{digest}"
    );
    let said = laptop.must(&ask).stdout;
    assert_eq!(said, "<html>404 page not found</html>\n404 text/html");
    let mirrored = format!(
        "curl -sk -o /dev/null -w '%{{http_code}}' https://127.0.0.1:858/v2/cache.acme.example/team/app/referrers/{digest}"
    );
    assert_eq!(laptop.must(&mirrored).stdout, "404");
    laptop.internet().behave_well();
}
