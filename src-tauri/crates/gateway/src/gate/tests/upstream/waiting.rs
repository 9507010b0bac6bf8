//! Connections to registries that wait for their next request.

use std::time::{Duration, Instant};

use serde_json::json;

use super::super::{
    corporate::Corporate,
    harness::{DIGEST, Harness},
    origin::{Origin, Step, ok, raw},
};
use super::pull;
use crate::{StandIn, Upstreams};

#[tokio::test]
async fn a_connection_serves_the_next_request_of_anybody() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for _ in 0..5 {
        assert_eq!(pull(&harness, "ghcr.io").await.text(), "content");
    }
    assert_eq!((origin.connections(), origin.seen().len()), (1, 5));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_waited_is_replaced_unnoticed() {
    for end in [Step::Close, Step::Reset] {
        let origin = Origin::plain(move |_| [ok("content"), vec![end.clone()]].concat()).await;
        let harness = Harness::before(&origin).await;
        for _ in 0..5 {
            assert_eq!(pull(&harness, "ghcr.io").await.text(), "content");
        }
        assert_eq!(origin.connections(), 5);
    }
}

#[tokio::test]
async fn a_connection_that_dies_with_the_next_request_is_replaced_once() {
    let origin = Origin::plain(|seen| match (seen.connection, seen.field("x-turn")) {
        (0, Some("2")) => vec![Step::Close],
        _ => ok("content"),
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    for turn in 1..=2 {
        let fields = format!("X-Turn: {turn}\r\n");
        assert_eq!(client.ask_with("GET", "ghcr.io", &path, &fields).await.text(), "content");
    }
    assert_eq!((origin.connections(), origin.seen().len()), (2, 3));
}

#[tokio::test]
async fn a_request_with_a_body_is_sent_once() {
    let origin = Origin::plain(|seen| match seen.asked().split(' ').next() {
        Some("PATCH") if seen.connection == 1 => vec![Step::Close],
        _ => ok(""),
    })
    .await;
    let harness = Harness::before(&origin).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    let mut client = harness.inside("ghcr.io").await;
    let patch =
        "PATCH /v2/acme/app/blobs/uploads/1 HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: 4\r\n\r\nbody";
    client.send(patch).await;
    assert_eq!(client.answer("PATCH").await.status, 502);
    assert_eq!(origin.asked().len(), 2, "{:?}", origin.asked());
}

#[tokio::test]
async fn an_upload_does_not_fall_for_a_connection_that_died_while_it_waited() {
    let origin = Origin::plain(|seen| match seen.connection {
        0 if seen.asked().starts_with("PATCH") => vec![Step::Close],
        _ => ok(""),
    })
    .await;
    let harness = Harness::before(&origin).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    let mut client = harness.inside("ghcr.io").await;
    let patch =
        "PATCH /v2/acme/app/blobs/uploads/1 HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: 4\r\n\r\nbody";
    client.send(patch).await;
    assert_eq!(client.answer("PATCH").await.status, 200);
    assert_eq!(origin.last().body, b"body");
}

#[tokio::test]
async fn a_connection_is_not_kept_where_the_registry_says_so() {
    for text in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ] {
        let origin = Origin::plain(move |_| raw(text)).await;
        let harness = Harness::before(&origin).await;
        for _ in 0..2 {
            assert_eq!(pull(&harness, "ghcr.io").await.text(), "ok");
        }
        assert_eq!(origin.connections(), 2, "{text}");
    }
}

#[tokio::test]
async fn a_pull_after_sleep_does_not_wait_for_connections_of_before() {
    // The proxy on this machine takes everything, and what follows it is gone.
    let origin = Origin::plain(|seen| match (seen.connection, seen.field("x-turn")) {
        (0 | 1, Some("2")) => vec![Step::Hang],
        _ => ok("content"),
    })
    .await;
    let corporate = Corporate::leading_to(origin.address).await;
    let elsewhere = StandIn { url: "http://registry.example".into(), ca: None };
    let stand_ins = [("ghcr.io".to_owned(), elsewhere)].into();
    let settings = Upstreams { egress: corporate.settings(""), stand_ins, ..Upstreams::default() };
    let harness = Harness::new(json!({}), settings).await;
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    let mut clients = [harness.inside("ghcr.io").await, harness.inside("ghcr.io").await];
    let first = format!("GET {path} HTTP/1.1\r\nHost: ghcr.io\r\nX-Turn: 1\r\n\r\n");
    for client in &mut clients {
        client.send(&first).await;
    }
    for client in &mut clients {
        assert_eq!(client.answer("GET").await.text(), "content");
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let begun = Instant::now();
    for _ in 0..3 {
        let answer = clients[0].ask_with("GET", "ghcr.io", &path, "X-Turn: 2\r\n").await;
        assert_eq!(answer.text(), "content");
    }
    let took = begun.elapsed();
    println!("three requests after sleep: {took:?}");
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[tokio::test]
async fn a_change_of_the_network_drops_connections_of_before() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for connections in 1..=3 {
        assert_eq!(pull(&harness, "ghcr.io").await.text(), "content");
        assert_eq!(pull(&harness, "ghcr.io").await.text(), "content");
        assert_eq!(origin.connections(), connections);
        harness.gate.network_changed();
    }
}

#[tokio::test]
async fn a_registry_that_takes_its_time_is_not_asked_twice() {
    let origin = Origin::plain(|seen| match seen.field("x-turn") {
        Some("2") => [vec![Step::Sleep(Duration::from_millis(1500))], ok("content")].concat(),
        _ => ok("content"),
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    for turn in 1..=2 {
        let fields = format!("X-Turn: {turn}\r\n");
        assert_eq!(client.ask_with("GET", "ghcr.io", &path, &fields).await.text(), "content");
    }
    assert_eq!((origin.connections(), origin.seen().len()), (1, 2));
}
