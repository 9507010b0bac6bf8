//! What a redirect of permitted content opens, and what stays shut.

use serde_json::json;

use super::{
    corporate::Corporate,
    harness::{DIGEST, Harness},
    origin::{Origin, Step, ok, raw},
};

mod names;
mod others;

const CDN: &str = "cdn.example:8443";
const NAMES: [&str; 7] = [
    "ghcr.io",
    "quay.io",
    "cdn.example",
    "registry-1.docker.io",
    "other.example",
    "registry.k8s.io",
    "europe-docker.pkg.dev",
];

fn to(location: &str) -> Vec<Step> {
    raw(&format!("HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
}

fn blob(repository: &str) -> String {
    format!("/v2/{repository}/blobs/{DIGEST}")
}

/// An organization whose proxy leads every name to one registry, which redirects as it is told.
async fn world(location: &'static str) -> (Harness, Origin, Corporate) {
    let authority = super::authority::Authority::new("the registries' authority");
    let names = NAMES;
    let origin = Origin::tls(authority.server(&names), move |seen| match seen.field("host") {
        Some("ghcr.io") if seen.asked().contains("/acme/app/") => to(location),
        _ => ok("content"),
    })
    .await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(json!({}), corporate.upstreams(&authority, &names)).await;
    (harness, origin, corporate)
}

/// Whether the gateway passes bytes on unread, so that the registry's own certificate is seen.
async fn is_tunneled(harness: &Harness, place: &str, name: &str) -> bool {
    let client = harness.connect(place, "").await;
    // The test's engine believes the gateway's authority alone.
    client.secured(harness.authority.client(), name).await.is_err()
}

#[tokio::test]
async fn a_blob_redirect_opens_a_tunnel_to_exactly_that_host_and_port() {
    let (harness, origin, corporate) = world("https://cdn.example:8443/blob?sig=1").await;
    assert!(!is_tunneled(&harness, CDN, "cdn.example").await);
    let mut client = harness.inside("ghcr.io").await;
    let answer = client.ask("GET", "ghcr.io", &blob("acme/app")).await;
    assert_eq!((answer.status, answer.field("location")), (307, Some("https://cdn.example:8443/blob?sig=1")));
    assert!(is_tunneled(&harness, CDN, "cdn.example").await);
    assert!(!is_tunneled(&harness, "cdn.example:443", "cdn.example").await);
    assert!(!is_tunneled(&harness, "x.cdn.example:8443", "x.cdn.example").await);
    assert_eq!(corporate.heads().last().unwrap().lines().next(), Some("CONNECT cdn.example:8443 HTTP/1.1"));
    assert!(harness.inside_as(CDN, "ghcr.io").await.is_err(), "the name inside is another");
    let asked = [format!("GET {}", blob("acme/app")), "GET /v2/".to_owned()];
    assert_eq!(origin.asked(), asked, "it is asked once whether it is a registry");
}

#[tokio::test]
async fn only_a_permitted_blob_opens_a_tunnel() {
    let (harness, ..) = world("https://cdn.example:8443/blob").await;
    let mut client = harness.inside("ghcr.io").await;
    for (method, path) in [
        ("GET", "/v2/acme/app/manifests/1".to_owned()),
        ("GET", "/v2/acme/app/tags/list".to_owned()),
        ("POST", "/v2/acme/app/blobs/uploads/".to_owned()),
        ("GET", "/token/acme/app/".to_owned()),
    ] {
        assert_eq!(client.ask(method, "ghcr.io", &path).await.status, 307, "{path}");
        assert!(!is_tunneled(&harness, CDN, "cdn.example").await, "{path}");
    }
    harness.adopt(json!({ "deny": [{ "match": "**" }] }));
    assert_eq!(client.ask("GET", "ghcr.io", &blob("acme/app")).await.status, 403);
    assert!(!is_tunneled(&harness, CDN, "cdn.example").await);
}

#[tokio::test]
async fn a_registry_is_never_tunneled_to() {
    for (location, place) in [
        ("https://quay.io/blob", "quay.io:443"),
        ("https://registry-1.docker.io/blob", "registry-1.docker.io:443"),
        ("https://ghcr.io/blob", "ghcr.io:443"),
    ] {
        let (harness, ..) = world(location).await;
        let mut client = harness.inside("ghcr.io").await;
        assert_eq!(client.ask("GET", "ghcr.io", &blob("acme/app")).await.status, 307);
        let name = place.split(':').next().unwrap();
        assert!(!is_tunneled(&harness, place, name).await, "{place} is named by the policy");
    }
    let (harness, ..) = world("https://other.example/blob").await;
    let mut other = harness.inside("other.example").await;
    assert_eq!(other.ask("GET", "other.example", &blob("a/b")).await.status, 403);
    let mut client = harness.inside("ghcr.io").await;
    client.ask("GET", "ghcr.io", &blob("acme/app")).await;
    assert!(!is_tunneled(&harness, "other.example:443", "other.example").await, "it was asked for images");
}

#[tokio::test]
async fn a_redirect_into_another_registry_opens_one_address_for_reading() {
    let address = format!("{}?sig=2", blob("cache/x"));
    let location: &'static str = format!("https://other.example{address}").leak();
    let (harness, origin, _) = world(location).await;
    let mut other = harness.inside("other.example").await;
    assert_eq!(other.ask("GET", "other.example", &address).await.status, 403);
    let mut client = harness.inside("ghcr.io").await;
    let mut other = harness.inside("other.example").await;
    for method in ["GET", "HEAD"] {
        assert_eq!(client.ask("GET", "ghcr.io", &blob("acme/app")).await.status, 307);
        for path in
            [blob("cache/x"), format!("{address}&a"), format!("{}?sig=3", blob("cache/x")), blob("cache/y")]
        {
            assert_eq!(other.ask("GET", "other.example", &path).await.status, 403, "{path}");
        }
        assert_eq!(other.ask(method, "other.example", &address).await.status, 200, "{method}");
        assert_eq!(origin.last().field("host"), Some("other.example"));
        assert_eq!(other.ask(method, "other.example", &address).await.status, 403, "once a redirect");
    }
    assert!(!is_tunneled(&harness, "other.example:443", "other.example").await);
    for method in ["PUT", "DELETE", "POST"] {
        client.ask("GET", "ghcr.io", &blob("acme/app")).await;
        assert_eq!(other.ask(method, "other.example", &address).await.status, 403, "{method}");
    }
    client.ask("GET", "ghcr.io", &blob("acme/app")).await;
    harness.adopt(json!({ "deny": [{ "match": "ghcr.io/acme/app" }] }));
    assert_eq!(other.ask("GET", "other.example", &address).await.status, 403, "judged again");
}

#[tokio::test]
async fn a_redirect_within_the_registry_is_judged_by_itself() {
    for location in ["/v2/evil/x/manifests/1", "https://ghcr.io/v2/evil/x/manifests/1"] {
        let (harness, ..) = world(location).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = client.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
        assert_eq!(answer.field("location"), Some(location));
        assert_eq!(client.ask("GET", "ghcr.io", "/v2/evil/x/manifests/1").await.status, 403);
    }
}

#[tokio::test]
async fn a_redirect_of_a_denied_image_is_never_asked_for() {
    let (harness, origin, _) = world("https://cdn.example:8443/blob").await;
    let mut client = harness.inside("ghcr.io").await;
    assert_eq!(client.ask("GET", "ghcr.io", &blob("evil/app")).await.status, 403);
    assert_eq!(origin.connections(), 0);
    assert!(!is_tunneled(&harness, CDN, "cdn.example").await);
}
