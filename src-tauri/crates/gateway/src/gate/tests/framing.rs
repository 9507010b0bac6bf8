//! What two readers could understand differently reaches nobody.

use std::time::Duration;

use policy::Front;
use serde_json::json;

use super::{
    client::Client,
    harness::{Harness, upstreams},
    origin::{Origin, Step, ok, raw},
};

const PATH: &str = "/v2/acme/app/manifests/1";

async fn is_refused(mut client: Client, request: &str, words: &str) {
    // The answer may come, and the connection end, before all was sent.
    client.try_send(request).await;
    let answer = client.answer("GET").await;
    assert_eq!(answer.status, 400, "{request:?}");
    assert!(answer.reason.contains(words), "{request:?}: {}", answer.reason);
    assert!(answer.text().replace('`', "").contains(words), "{request:?}: {}", answer.text());
    assert_eq!(answer.field("connection"), Some("close"));
    assert!(client.is_over().await, "{request:?}: more was answered");
}

#[tokio::test]
async fn a_head_without_end_is_refused_at_its_limit() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    let long = format!("GET {PATH} HTTP/1.1\r\nHost: ghcr.io\r\nA: {}", "a".repeat(40 * 1024));
    is_refused(harness.inside("ghcr.io").await, &long, "longer than 32 KiB").await;
    let many = format!("GET {PATH} HTTP/1.1\r\nHost: ghcr.io\r\n{}\r\n", "A: b\r\n".repeat(100));
    is_refused(harness.inside("ghcr.io").await, &many, "more than 100 header fields").await;
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_and_judged_each() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let ask = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n");
    let paths = ["/v2/acme/a/manifests/1", "/v2/evil/b/manifests/1", "/v2/acme/c/manifests/1"];
    client.send(paths.map(ask).concat()).await;
    let mut statuses = Vec::new();
    for _ in paths {
        statuses.push(client.answer("GET").await.status);
    }
    assert_eq!(statuses, [200, 403, 200]);
    assert_eq!(origin.asked(), ["GET /v2/acme/a/manifests/1", "GET /v2/acme/c/manifests/1"]);
}

#[tokio::test]
async fn a_body_that_was_not_taken_is_never_read_as_a_request() {
    let origin = Origin::plain(|_| ok("")).await;
    let harness =
        Harness::new(json!({ "push": { "default": "block" } }), upstreams(&[("ghcr.io", &origin)])).await;
    let mut client = harness.inside("ghcr.io").await;
    let inner = format!("GET {PATH} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n");
    let length = inner.len();
    client
        .send(format!("PUT {PATH} HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: {length}\r\n\r\n{inner}"))
        .await;
    let answer = client.answer("PUT").await;
    assert_eq!((answer.status, answer.field("connection")), (403, Some("close")));
    assert!(client.is_over().await);
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_registry_that_answers_before_the_body_ends_the_connection_of_the_engine() {
    let early = "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::plain(move |_| [vec![Step::Early], raw(early), vec![Step::Reset]].concat()).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let inner = "GET /v2/acme/app/tags/list HTTP/1.1\r\nHost: ghcr.io\r\n\r\n";
    let body = inner.repeat(200_000);
    let head = format!("PUT {PATH} HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: {}\r\n\r\n", body.len());
    client.send(head).await;
    // How much of it is taken is open.
    client.try_send(&body).await;
    let answer = client.answer("PUT").await;
    assert!(matches!(answer.status, 413 | 502), "{}", answer.head);
    let (more, _) = client.rest().await;
    assert_eq!(String::from_utf8_lossy(&more), "", "the rest of the body was read as requests");
    assert_eq!(origin.seen().len(), 1, "{:?}", origin.asked());
}

#[tokio::test]
async fn who_waits_for_a_go_ahead_gets_it_once_the_push_is_permitted() {
    let origin = Origin::plain(|_| raw("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let fields = "Expect: 100-continue\r\nContent-Length: 2\r\n";
    let answer = client.ask_with("PUT", "ghcr.io", PATH, fields).await;
    assert_eq!(answer.head, "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("{}").await;
    assert_eq!(client.answer("PUT").await.status, 201);
    assert_eq!((origin.last().body, origin.last().field("expect")), (b"{}".to_vec(), None));
    harness.adopt(json!({ "push": { "default": "block" } }));
    let answer = client.ask_with("PUT", "ghcr.io", PATH, fields).await;
    assert_eq!(answer.status, 403, "refused before the body");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_comes_drop_by_drop_is_given_up() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.proxy().await;
    client.patience = Duration::from_secs(3600);
    let started = tokio::time::Instant::now();
    for letter in format!("GET http://ghcr.io{PATH} HTTP/1.1\r\n").chars() {
        if !client.try_send(letter.to_string()).await {
            break;
        }
        tokio::time::sleep(Duration::from_secs(20)).await;
    }
    assert!(client.is_over().await);
    assert!(started.elapsed() < Duration::from_secs(120), "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed_after_two_minutes() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.proxy().await;
    client.patience = Duration::from_secs(3600);
    let started = tokio::time::Instant::now();
    assert!(client.is_over().await);
    assert!(started.elapsed() >= Duration::from_secs(120));
}

#[tokio::test]
async fn a_body_that_a_server_may_take_for_the_next_request_is_refused() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    let inner = "GET /v2/evil/x/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n";
    for method in ["GET", "HEAD", "DELETE"] {
        let (length, size) = (inner.len(), format!("{:x}", inner.len()));
        for body in [
            format!("Content-Length: {length}\r\n\r\n{inner}"),
            format!("Transfer-Encoding: chunked\r\n\r\n{size}\r\n{inner}\r\n0\r\n\r\n"),
        ] {
            let mut client = harness.inside("ghcr.io").await;
            client.send(format!("{method} {PATH} HTTP/1.1\r\nHost: ghcr.io\r\n{body}")).await;
            // The answer has a body, also to HEAD: whoever reads it closes.
            let head = client.head().await.unwrap();
            assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("has no body"), "{method}: {head}");
        }
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_server_that_ignores_a_body_answers_nobody_else_on_that_connection() {
    // It answers by the head alone, and reads what follows as further requests.
    let origin = Origin::plain(|seen| [vec![Step::Early], ok(seen.asked())].concat()).await;
    let harness = Harness::before(&origin).await;
    let inner = "GET /v2/evil/x/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n";
    let length = inner.len();
    for _ in 0..3 {
        let mut client = harness.inside("ghcr.io").await;
        client
            .send(format!("PUT {PATH} HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: {length}\r\n\r\n{inner}"))
            .await;
        assert_eq!(client.answer("PUT").await.text(), format!("PUT {PATH}"));
        let mut other = harness.inside("ghcr.io").await;
        let answer = other.ask("GET", "ghcr.io", "/v2/acme/app/tags/list").await;
        assert_eq!(answer.text(), "GET /v2/acme/app/tags/list", "the answer of another request");
    }
}

/// The answer was 502, and the journal had the registry's name in it.
#[tokio::test]
async fn a_malformed_chunked_body_is_the_engine_s_fault_and_not_the_registry_s() {
    let origin = Origin::plain(|_| raw("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")).await;
    for body in ["+2\r\n{}\r\n0\r\n\r\n", "2\r\n{}\r\n0x2\r\n", "2\r\n{}X"] {
        for front in [Front::Proxy, Front::Mirror] {
            let harness = Harness::before(&origin).await;
            let (client, path, host) = match front {
                Front::Proxy => (harness.inside("ghcr.io").await, PATH.to_owned(), "ghcr.io"),
                Front::Mirror => {
                    (harness.mirror().await, PATH.replacen("/v2", "/v2/ghcr.io", 1), "127.0.0.1")
                }
            };
            let head = format!("PUT {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n");
            is_refused(client, &(head + body), "the chunked body is malformed").await;
            let decisions = harness.decisions();
            let [decision] = decisions.as_slice() else { panic!("{decisions:?}") };
            assert_eq!(decision.upstream, None, "{front:?} {body:?}");
        }
    }
}
