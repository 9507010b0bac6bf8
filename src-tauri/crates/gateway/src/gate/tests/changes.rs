//! Each request is judged by the policy of its moment, however old its connection is.

use std::sync::Arc;

use serde_json::json;
use tokio::sync::Notify;

use super::{
    authority::Authority,
    corporate::Corporate,
    harness::{DIGEST, Harness, upstreams},
    origin::{Origin, Step, is_pattern, ok, raw},
};

const LENGTH: u64 = 3_000_000;

/// An origin that sends a blob only when it is told to.
async fn hesitant() -> (Origin, Arc<Notify>) {
    let signal = Arc::new(Notify::new());
    let resume = Arc::clone(&signal);
    let origin = Origin::plain(move |_| {
        let head = raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"));
        [head, vec![Step::Wait(Arc::clone(&resume)), Step::Pattern(LENGTH)]].concat()
    });
    (origin.await, signal)
}

fn deny_everything() -> serde_json::Value {
    json!({ "deny": [{ "match": "**" }] })
}

#[tokio::test]
async fn a_changed_policy_applies_to_the_next_request_of_an_open_connection() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let mut mirror = harness.mirror().await;
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    let path_there = format!("/v2/ghcr.io/acme/app/blobs/{DIGEST}");
    for (policy, status) in [(json!({}), 200), (deny_everything(), 403), (json!({}), 200)] {
        harness.adopt(policy);
        assert_eq!(client.ask("GET", "ghcr.io", &path).await.status, status);
        assert_eq!(mirror.ask("GET", "127.0.0.1", &path_there).await.status, status);
    }
    assert_eq!(origin.asked().len(), 4);
}

#[tokio::test]
async fn a_blob_under_way_goes_on_when_the_policy_changes() {
    let (origin, signal) = hesitant().await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    client.send(format!("GET {path} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n")).await;
    while origin.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    harness.adopt(deny_everything());
    signal.notify_one();
    let answer = client.answer("GET").await;
    assert!(answer.whole && is_pattern(&answer.body));
    assert_eq!(answer.body.len() as u64, LENGTH);
    assert_eq!(client.ask("GET", "ghcr.io", &path).await.status, 403);
}

#[tokio::test]
async fn a_request_that_one_policy_permits_is_not_led_by_the_next() {
    let authority = Authority::new("registries");
    let names = ["harbor.example", "registry-1.docker.io"];
    let first = Origin::tls(authority.server(&names), |_| ok("of the first policy")).await;
    let second = Origin::plain(|_| ok("of the second")).await;
    let corporate = Corporate::leading_to(first.address).await;
    let elsewhere = || upstreams(&[("docker.io", &second), ("harbor.example", &second)]);
    let led = |to: &str| json!({ "upstreams": [{ "for": "docker.io", "to": to }] });
    let (hub, later) = (led("https://harbor.example/v2/hub/"), led("https://harbor.example/v2/later/"));
    for (before, after, path) in [
        (json!({}), later.clone(), "/v2/acme/app/manifests/1"),
        (hub.clone(), later, "/v2/hub/acme/app/manifests/1"),
        (hub, deny_everything(), "/v2/hub/acme/app/manifests/1"),
    ] {
        let harness = Harness::new(before, corporate.upstreams(&authority, &names)).await;
        let mut client = harness.inside("registry-1.docker.io").await;
        harness.adopts_meanwhile(after.clone(), elsewhere());
        let asked = client.ask("GET", "registry-1.docker.io", "/v2/acme/app/manifests/1").await;
        assert_eq!((asked.status, asked.text()), (200, "of the first policy"), "{after}");
        assert_eq!(first.last().asked(), format!("GET {path}"));
        let harness = Harness::new(json!({}), corporate.upstreams(&authority, &names)).await;
        let mut mirror = harness.mirror().await;
        harness.adopts_meanwhile(after.clone(), elsewhere());
        let asked = mirror.ask("GET", "127.0.0.1", "/v2/docker.io/acme/app/manifests/1").await;
        assert_eq!((asked.status, asked.text()), (200, "of the first policy"), "{after}");
    }
    assert_eq!(second.connections(), 0);
}

#[tokio::test]
async fn a_spell_of_pulls_lasts_until_the_last_has_ended() {
    let (origin, signal) = hesitant().await;
    let harness = Harness::before(&origin).await;
    let gate = Arc::clone(&harness.gate);
    let period = tokio::spawn(async move { gate.next_busy_period().await });
    let mut client = harness.inside("ghcr.io").await;
    client.send(format!("GET /v2/acme/app/blobs/{DIGEST} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n")).await;
    while origin.seen().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!period.is_finished());
    signal.notify_one();
    assert!(client.answer("GET").await.whole);
    assert!(period.await.is_ok());
}
