//! What a redirect opens it opens to whoever was sent, and only where no registry is.

use serde_json::json;

use super::{
    super::{
        authority::Authority,
        corporate::Corporate,
        harness::{ADA, BOB, Harness},
        origin::{Origin, Step, ok, raw},
    },
    CDN, NAMES, blob, is_tunneled, to, world,
};

const REGISTRY: &str = "HTTP/1.1 401 Unauthorized\r\nDocker-Distribution-Api-Version: registry/2.0\r\n\
                        Content-Length: 0\r\n\r\n";

#[tokio::test]
async fn what_one_user_was_sent_to_is_nothing_to_another() {
    let path = blob("cache/x");
    let location: &'static str = format!("https://other.example{path}").leak();
    let (harness, ..) = world(location).await;
    for (other, status) in [(BOB, 403), (ADA, 200)] {
        harness.asks_as(ADA);
        assert_eq!(
            harness.inside("ghcr.io").await.ask("GET", "ghcr.io", &blob("acme/app")).await.status,
            307
        );
        harness.asks_as(other);
        let mut client = harness.inside("other.example").await;
        assert_eq!(client.ask("GET", "other.example", &path).await.status, status, "{other}");
    }
    let (harness, ..) = world("https://cdn.example:8443/blob").await;
    harness.asks_as(ADA);
    harness.inside("ghcr.io").await.ask("GET", "ghcr.io", &blob("acme/app")).await;
    harness.asks_as(BOB);
    assert!(!is_tunneled(&harness, CDN, "cdn.example").await);
    harness.asks_as(ADA);
    assert!(is_tunneled(&harness, CDN, "cdn.example").await);
}

#[tokio::test]
async fn an_engine_is_not_sent_where_another_one_was() {
    let path = blob("cache/x");
    let location: &'static str = format!("https://other.example{path}").leak();
    let (harness, ..) = world(location).await;
    let ask = |agent: &'static str| format!("User-Agent: {agent}\r\n");
    let mut client = harness.inside("ghcr.io").await;
    client.ask_with("GET", "ghcr.io", &blob("acme/app"), &ask("docker/26.1")).await;
    let mut client = harness.inside("other.example").await;
    let answer = client.ask_with("GET", "other.example", &path, &ask("buildkit/v0.13")).await;
    assert_eq!(answer.status, 403);
    let answer = client.ask_with("GET", "other.example", &path, &ask("docker/26.1")).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn an_engine_of_the_mirror_front_goes_where_it_is_sent_by_itself() {
    let path = blob("cache/x");
    let location: &'static str = format!("https://other.example{path}").leak();
    let (harness, ..) = world(location).await;
    let mut mirror = harness.mirror().await;
    let answer = mirror.ask("GET", "127.0.0.1", &blob("ghcr.io/acme/app")).await;
    assert!(answer.status == 307 || answer.status == 200, "{}", answer.head);
    let mut client = harness.inside("other.example").await;
    assert_eq!(client.ask("GET", "other.example", &path).await.status, 403);
    assert_eq!(mirror.ask("GET", "127.0.0.1", &blob("other.example/cache/x")).await.status, 403);
}

#[tokio::test]
async fn a_host_that_says_it_is_a_registry_or_says_nothing_is_read() {
    for (says, tunneled) in [(raw(REGISTRY), false), (vec![Step::Close], false), (ok("no registry"), true)] {
        let authority = Authority::new("the registries' authority");
        let origin = Origin::tls(authority.server(&NAMES), move |seen| match seen.field("host") {
            Some("ghcr.io") => to("https://other.example/blob"),
            _ if seen.asked() == "GET /v2/" => says.clone(),
            _ => ok("content"),
        })
        .await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(json!({}), corporate.upstreams(&authority, &NAMES)).await;
        harness.inside("ghcr.io").await.ask("GET", "ghcr.io", &blob("acme/app")).await;
        for _ in 0..2 {
            assert_eq!(is_tunneled(&harness, "other.example:443", "other.example").await, tunneled);
        }
    }
}

#[tokio::test]
async fn an_address_is_read_wherever_it_was_named() {
    let (harness, ..) = world("https://203.0.113.9/blob").await;
    harness.inside("ghcr.io").await.ask("GET", "ghcr.io", &blob("acme/app")).await;
    assert!(!is_tunneled(&harness, "203.0.113.9:443", "203.0.113.9").await);
}

#[tokio::test]
async fn a_blob_of_a_registry_that_merely_no_rule_stops_arrives_and_is_read() {
    let authority = Authority::new("the registries' authority");
    let origin = Origin::tls(authority.server(&NAMES), move |seen| match seen.field("host") {
        Some("other.example") => to("https://cdn.example:8443/blob?sig=1"),
        _ => ok("content"),
    })
    .await;
    let corporate = Corporate::leading_to(origin.address).await;
    let policy = json!({ "registries": { "default": "allow" } });
    let harness = Harness::new(policy, corporate.upstreams(&authority, &NAMES)).await;
    let mut client = harness.inside("other.example").await;
    assert_eq!(client.ask("GET", "other.example", &blob("a/b")).await.status, 307);
    assert!(!is_tunneled(&harness, CDN, "cdn.example").await);
    let mut client = harness.inside(CDN).await;
    assert_eq!(client.ask("GET", CDN, "/blob?sig=1").await.text(), "content");
}
