use std::time::Duration;

use egress::ProxySettings;
use stub_server::{Reply, Server, reply};

use super::*;

mod proxies;
mod tls;

fn quick() -> Settings {
    let limits = Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        total: Duration::from_secs(3),
        body: 1000,
    };
    Settings { limits, ..Settings::default() }
}

fn client() -> Client {
    Client::new(&quick()).unwrap()
}

async fn asked(reply: Reply) -> Result<Response, WebError> {
    let server = Server::start(move |_| reply.clone()).await;
    client().send(Request::get(&server.at("/policy?token=s3cret")).unwrap()).await
}

fn local(kind: WebErrorKind) -> WebError {
    WebError::new("127.0.0.1", kind)
}

#[tokio::test]
async fn an_answer_comes_with_its_date_and_tag() {
    let head = "ETag: \"7\"\r\nDate: Wed, 25 Nov 2026 01:28:55 GMT\r\nContent-Type: application/json; charset=utf-8\r\n";
    let answer = asked(Reply::with(200, head, "{\"a\":1}")).await.unwrap();
    assert_eq!((answer.etag(), answer.content_type()), (Some("\"7\""), Some("application/json")));
    assert_eq!(answer.date(), "2026-11-25T01:28:55Z".parse().ok());
    assert_eq!(answer.json::<serde_json::Value>(), Ok(serde_json::json!({ "a": 1 })));
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_truncated() {
    let raw = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":1}";
    assert_eq!(asked(Reply::Raw(raw.into())).await.err(), Some(local(WebErrorKind::Truncated)));
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\n{\"a\":1}\r\n";
    assert_eq!(asked(Reply::Raw(chunked.into())).await.err(), Some(local(WebErrorKind::Truncated)));
    assert_eq!(asked(Reply::Raw(Vec::new())).await.err(), Some(local(WebErrorKind::Truncated)));
}

#[tokio::test]
async fn an_answer_of_another_size_than_announced_or_allowed_is_not_read() {
    let body = "x".repeat(1001);
    let refused = Some(local(WebErrorKind::TooLarge { limit: 1000 }));
    assert_eq!(asked(reply(200, "text/plain", &body)).await.err(), refused);
    let unannounced = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    assert_eq!(asked(Reply::Raw(unannounced.into())).await.err(), refused);
}

/// A megabyte of zeros in about a thousand bytes.
const BOMB: &[u8] = include_bytes!("tests/zeros.gz");

#[tokio::test]
async fn a_small_answer_that_grows_by_decompression_is_not_read() {
    assert!(BOMB.len() < 5000);
    let mut raw =
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", BOMB.len())
            .into_bytes();
    raw.extend_from_slice(BOMB);
    assert_eq!(asked(Reply::Raw(raw)).await.err(), Some(local(WebErrorKind::TooLarge { limit: 1000 })));
}

#[tokio::test]
async fn a_request_may_name_its_own_limit() {
    let server = Server::start(|_| reply(200, "text/plain", &"x".repeat(1001))).await;
    let request = Request::get(&server.at("/")).unwrap().at_most(1001);
    assert_eq!(client().send(request).await.unwrap().body.len(), 1001);
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    assert_eq!(asked(Reply::Silence).await.err(), Some(local(WebErrorKind::Timeout)));
    let half = Reply::Stalled("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".into());
    assert_eq!(asked(half).await.err(), Some(local(WebErrorKind::Timeout)));
}

#[tokio::test]
async fn a_page_where_data_was_wanted_is_told_apart() {
    for (kind, body) in [("text/html", "hello"), ("text/plain", " <html>"), ("TEXT/HTML; charset=x", "{}")] {
        let answer = asked(reply(200, kind, body)).await.unwrap();
        assert_eq!(answer.json::<serde_json::Value>(), Err(local(WebErrorKind::CaptivePortal)), "{kind}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(|_| Reply::with(302, "Location: /elsewhere\r\n", "")).await;
    let answer = client().send(Request::get(&server.at("/")).unwrap()).await.unwrap();
    assert_eq!(answer.success().err(), Some(local(WebErrorKind::Status { code: 302, retry_after: None })));
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_busy_host_says_when_to_ask_again_in_seconds_or_as_a_date() {
    let seconds = asked(Reply::with(503, "Retry-After: 120\r\n", "")).await.unwrap();
    assert_eq!(seconds.retry_after(), Some(RetryAfter::Seconds(120)));
    let date = asked(Reply::with(429, "Retry-After: Wed, 25 Nov 2026 01:30:00 GMT\r\n", "")).await.unwrap();
    let when = date.retry_after().unwrap();
    assert_eq!(when, RetryAfter::At("2026-11-25T01:30:00Z".parse().unwrap()));
    assert_eq!(when.wait("2026-11-25T01:29:00Z".parse().unwrap()), Duration::from_secs(60));
    assert_eq!(when.wait("2026-11-25T02:00:00Z".parse().unwrap()), Duration::ZERO);
}

#[tokio::test]
async fn no_error_quotes_the_answer_the_query_or_a_login() {
    let answer = asked(reply(200, "application/json", "{\"a\":\"hunter2\"}")).await.unwrap();
    let shape = answer.json::<Vec<u8>>().unwrap_err().to_string();
    let address = Request::get("http://ada:hunter2@login.example/?token=s3cret").err().unwrap().to_string();
    let broken = Request::get("https://ada:hunter2@:x?token=s3cret").err().unwrap().to_string();
    let settings =
        ProxySettings { https: Some("http://ada:hunter2@[x".to_owned()), ..ProxySettings::default() };
    let egress = Egress { settings, ..Egress::default() };
    let proxy = Client::new(&Settings { egress, ..quick() }).err().unwrap().to_string();
    for text in [shape, address, broken, proxy] {
        assert!(!text.contains("hunter2") && !text.contains("s3cret"), "{text}");
    }
}

#[test]
fn plain_http_is_for_loopback_literals_only() {
    for address in ["https://login.example/x", "http://127.0.0.1:80/", "http://[::1]/"] {
        assert!(Request::get(address).is_ok(), "{address}");
    }
    for address in ["http://login.example", "http://localhost", "http://10.0.0.1", "ftp://127.0.0.1", "x"] {
        assert!(Request::get(address).is_err(), "{address}");
    }
}

#[tokio::test]
async fn a_closed_port_and_an_unknown_name_are_told_apart() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let closed = client().send(Request::get(&format!("http://127.0.0.1:{port}/")).unwrap()).await;
    assert!(matches!(closed.err().unwrap().kind, WebErrorKind::Connect { .. }));
    let unknown = client().send(Request::get("https://login.pullgate.invalid/").unwrap()).await;
    assert_eq!(unknown.err(), Some(WebError::new("login.pullgate.invalid", WebErrorKind::Dns)));
}
