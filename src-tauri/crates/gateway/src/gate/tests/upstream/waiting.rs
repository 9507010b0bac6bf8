//! Connections to registries that wait for their next request.

use super::super::{
    origin::{Origin, Step, ok, raw},
    stage::{DIGEST, Stage},
};
use super::pull;

#[tokio::test]
async fn a_connection_serves_the_next_request_of_anybody() {
    let origin = Origin::plain(|_| ok("content")).await;
    let stage = Stage::before(&origin).await;
    for _ in 0..5 {
        assert_eq!(pull(&stage, "ghcr.io").await.text(), "content");
    }
    assert_eq!((origin.connections(), origin.seen().len()), (1, 5));
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_waited_is_replaced_unnoticed() {
    for end in [Step::Close, Step::Reset] {
        let origin = Origin::plain(move |_| [ok("content"), vec![end.clone()]].concat()).await;
        let stage = Stage::before(&origin).await;
        for _ in 0..5 {
            assert_eq!(pull(&stage, "ghcr.io").await.text(), "content");
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
    let stage = Stage::before(&origin).await;
    let mut client = stage.inside("ghcr.io").await;
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
    let stage = Stage::before(&origin).await;
    assert_eq!(pull(&stage, "ghcr.io").await.status, 200);
    let mut client = stage.inside("ghcr.io").await;
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
    let stage = Stage::before(&origin).await;
    assert_eq!(pull(&stage, "ghcr.io").await.status, 200);
    let mut client = stage.inside("ghcr.io").await;
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
        let stage = Stage::before(&origin).await;
        for _ in 0..2 {
            assert_eq!(pull(&stage, "ghcr.io").await.text(), "ok");
        }
        assert_eq!(origin.connections(), 2, "{text}");
    }
}
