//! What a registry sends an engine to is judged by both names, and a registry of this machine sends nobody anywhere.

use serde_json::{Value, json};

use super::{
    super::{
        authority::Authority,
        corporate::Corporate,
        harness::{DIGEST, Harness},
        origin::{Origin, Seen, Step, ok, raw},
    },
    NAMES, blob, is_tunneled, to,
};

/// Everything is behind the organization's proxy and answers by this script.
async fn far(
    policy: Value,
    script: impl Fn(&Seen) -> Vec<Step> + Send + Sync + 'static,
) -> (Harness, Origin) {
    let authority = Authority::new("the registries' authority");
    let origin = Origin::tls(authority.server(&NAMES), script).await;
    let corporate = Corporate::leading_to(origin.address).await;
    (Harness::new(policy, corporate.upstreams(&authority, &NAMES)).await, origin)
}

/// A registry that sends everybody who asks at `host` to one place.
async fn sending(policy: Value, host: &'static str, location: String) -> (Harness, Origin) {
    far(policy, move |seen| match seen.field("host") {
        Some(asked) if asked == host && seen.asked() != "GET /v2/" => to(&location),
        _ => ok("content"),
    })
    .await
}

#[tokio::test]
async fn a_redirect_does_not_open_what_the_policy_speaks_against() {
    let policy = json!({
        "deny": [{ "match": "other.example/evil/**" }],
        "pins": [{ "match": "other.example/pinned/**", "forbidTags": ["latest"] }],
        "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": "ghcr.io", "paths": ["acme/**"], "action": "allow" },
            { "host": "other.example", "paths": ["evil/**", "pinned/**"], "action": "allow" },
            { "host": "quay.io", "action": "block" }
        ] }
    });
    for (place, path, name) in [
        ("other.example", "/v2/evil/miner/manifests/1", "other.example/evil/miner"),
        ("other.example", "/v2/pinned/tool/manifests/latest", "other.example/pinned/tool"),
        ("other.example", "/v2/elsewhere/tool/manifests/1", "other.example/elsewhere/tool"),
        ("quay.io", "/v2/coreos/etcd/manifests/1", "quay.io/coreos/etcd"),
        ("registry-1.docker.io", "/v2/evil/miner/manifests/1", "evil/miner"),
    ] {
        let (harness, origin) = sending(policy.clone(), "ghcr.io", format!("https://{place}{path}")).await;
        let mut first = harness.inside("ghcr.io").await;
        assert_eq!(first.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await.status, 307);
        let mut second = harness.inside(place).await;
        let answer = second.ask("GET", place, path).await;
        assert_eq!(answer.status, 403, "{name}: {}", answer.head);
        let text = answer.text();
        assert!(text.contains(name) && text.contains("ghcr.io/acme/app"), "both names: {text}");
        assert!(!origin.asked().contains(&format!("GET {path}")), "{name}");
        let recorded = harness.decisions().last().unwrap().verdict.finding.image.clone();
        assert_eq!(recorded.sent_by.as_deref(), Some("ghcr.io/acme/app"));
    }
}

#[tokio::test]
async fn a_registry_that_the_policy_names_by_its_host_may_keep_its_images_in_another_one() {
    let there = "europe-docker.pkg.dev";
    let entries = json!([{ "host": "registry.k8s.io", "action": "allow" }]);
    for default in ["block", "allow"] {
        let policy = json!({ "registries": { "default": default, "entries": entries } });
        let (harness, _) = far(policy, move |seen| {
            let path = seen.asked().strip_prefix("GET /v2/").unwrap_or_default().to_owned();
            match seen.field("host") {
                Some("registry.k8s.io") => to(&format!("https://{there}/v2/k8s-artifacts-prod/images/{path}")),
                _ => raw("HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: 2\r\n\r\n{}"),
            }
        })
        .await;
        for object in ["manifests/3.9".to_owned(), format!("manifests/{DIGEST}"), format!("blobs/{DIGEST}")] {
            let mut first = harness.inside("registry.k8s.io").await;
            let answer = first.ask("GET", "registry.k8s.io", &format!("/v2/pause/{object}")).await;
            let path = answer.field("location").unwrap().strip_prefix(&format!("https://{there}")).unwrap();
            let mut second = harness.inside(there).await;
            assert_eq!(second.ask("GET", there, path).await.status, 200, "{default} {object}");
        }
        let mut names: Vec<String> =
            harness.decisions().iter().map(|one| one.verdict.finding.image.familiar()).collect();
        names.dedup();
        assert_eq!(names[0], "registry.k8s.io/pause:3.9", "it is recorded as people know it: {names:?}");
    }
}

#[tokio::test]
async fn a_registry_that_the_policy_does_not_name_itself_opens_nothing() {
    let entries = json!([{ "host": "*.k8s.io", "action": "allow" }]);
    let policy = json!({ "registries": { "default": "block", "entries": entries } });
    let location = "https://other.example/v2/x/y/manifests/1";
    let (harness, _) = sending(policy, "registry.k8s.io", location.to_owned()).await;
    let mut first = harness.inside("registry.k8s.io").await;
    assert_eq!(first.ask("GET", "registry.k8s.io", "/v2/pause/manifests/1").await.status, 307);
    let mut second = harness.inside("other.example").await;
    let answer = second.ask("GET", "other.example", "/v2/x/y/manifests/1").await;
    assert_eq!(answer.status, 403, "any host of a domain is not one that somebody looked at");
    assert!(answer.text().contains("registry.k8s.io/pause"), "{}", answer.text());
}

/// A registry on this machine that sends everybody to one place.
async fn of_here(location: &'static str) -> Origin {
    Origin::plain(move |_| to(location)).await
}

#[tokio::test]
async fn a_registry_of_this_machine_opens_no_image_of_any_other() {
    let named = |port: u16| {
        json!({ "registries": { "default": "block", "entries": [
            { "host": "docker.io", "action": "allow" },
            { "host": format!("127.0.0.1:{port}"), "action": "allow" }
        ] } })
    };
    for (place, path) in [
        ("registry-1.docker.io", "/v2/evil/miner/manifests/1"),
        ("quay.io", "/v2/coreos/etcd/manifests/1"),
        ("other.example", "/v2/x/y/manifests/1"),
    ] {
        let here = of_here(format!("https://{place}{path}").leak()).await;
        let port = here.address.port();
        for policy in [json!({}), named(port)] {
            let (harness, origin) = far(policy, |_| ok("content")).await;
            let host = format!("127.0.0.1:{port}");
            for _ in 0..3 {
                let mut seed = harness.proxy().await;
                let asked = format!("http://{host}/v2/x/y/manifests/t");
                assert_eq!(seed.ask("GET", &host, &asked).await.status, 307);
                let mut seed = harness.mirror().await;
                let asked = format!("/v2/127.0.0.1__{port}/x/y/manifests/t");
                assert_eq!(seed.ask("GET", "127.0.0.1", &asked).await.status, 307);
            }
            let mut engine = harness.inside(place).await;
            assert_eq!(engine.ask("GET", place, path).await.status, 403, "{place} on the proxy front");
            let mut engine = harness.mirror().await;
            let asked = path.replacen("/v2/", &format!("/v2/{place}/"), 1);
            assert_eq!(
                engine.ask("GET", "127.0.0.1", &asked).await.status,
                403,
                "{place} on the mirror front"
            );
            assert!(!origin.asked().contains(&format!("GET {path}")));
        }
    }
}

#[tokio::test]
async fn a_registry_of_this_machine_opens_no_tunnel() {
    let here = of_here("https://other.example/x").await;
    let (harness, _) = far(json!({}), |_| ok("content")).await;
    let host = here.address.to_string();
    let mut seed = harness.proxy().await;
    assert_eq!(seed.ask("GET", &host, &format!("http://{host}{}", blob("x/y"))).await.status, 307);
    assert!(!is_tunneled(&harness, "other.example:443", "other.example").await);
    let mut seed = harness.mirror().await;
    let asked = blob(&format!("127.0.0.1__{}/x/y", here.address.port()));
    assert_eq!(seed.ask("GET", "127.0.0.1", &asked).await.status, 307);
    assert!(!is_tunneled(&harness, "other.example:443", "other.example").await);
}
