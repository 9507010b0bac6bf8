//! Answers of every framing.

use super::super::{
    harness::{DIGEST, Harness},
    origin::{Origin, Step, ok, raw},
};
use super::{blob, both_ways, get};

#[tokio::test]
async fn an_answer_arrives_byte_for_byte() {
    for (sent, arrives) in [
        // The length.
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        (
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-6/9\r\nContent-Length: 2\r\n\r\nlo",
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-6/9\r\nContent-Length: 2\r\n\r\nlo",
        ),
        // Chunks, oddly cut, with extensions and trailers.
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b c\"\r\nh\r\n0004 \r\nello\r\n00\r\nSum: 1\r\nB: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\"b c\"\r\nh\r\n0004 \r\nello\r\n00\r\nSum: 1\r\nB: 2\r\n\r\n",
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\nh\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n0\r\n\r\n",
        ),
        // None.
        ("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 7\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n",
        ),
        // Order, spelling and repetition of fields; what belongs to one connection stays on it.
        (
            "HTTP/1.1 200 All Right\r\nX-b: 1\r\nx-A:  2 \r\nX-b: 3\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nAlt-Svc: h3=\":443\"\r\nContent-Length: 1\r\n\r\n.",
            "HTTP/1.1 200 All Right\r\nX-b: 1\r\nx-A: 2\r\nX-b: 3\r\nContent-Length: 1\r\n\r\n.",
        ),
        // Steps on the way are the gateway's own.
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.",
        ),
        // Sloppy lines of a registry are written anew.
        ("HTTP/1.1 200 OK\nContent-Length: 1\n\n.", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n."),
    ] {
        let origin = Origin::saying(sent).await;
        let harness = Harness::before(&origin).await;
        for (mut client, start) in both_ways(&harness).await {
            for _ in 0..2 {
                let answer = get(&mut client, start, &blob(), "").await;
                let text = format!("{}{}", answer.head, String::from_utf8_lossy(&answer.body));
                assert!(answer.whole && text == arrives, "{sent:?}: {text:?}");
            }
        }
        assert_eq!(origin.seen().len(), 4, "the connection of the engine stays open");
        // Behind an answer that another reader ends elsewhere nothing is asked on the same connection.
        let connections = if sent.contains("Content-Length: 3\r\nTransfer-Encoding") { 4 } else { 1 };
        assert_eq!(origin.connections(), connections, "and so does the registry's: {sent:?}");
    }
}

#[tokio::test]
async fn an_answer_of_unknown_length_ends_with_its_connection() {
    for sent in ["HTTP/1.1 200 OK\r\n\r\nhello", "HTTP/1.0 200 OK\r\nX: 1\r\n\r\nhello"] {
        let origin = Origin::plain(move |_| [raw(sent), vec![Step::Close]].concat()).await;
        let harness = Harness::before(&origin).await;
        for (mut client, start) in both_ways(&harness).await {
            let answer = get(&mut client, start, &blob(), "").await;
            assert_eq!((answer.whole, answer.text()), (true, "hello"));
            assert_eq!((answer.field("connection"), answer.field("content-length")), (Some("close"), None));
        }
    }
}

#[tokio::test]
async fn head_is_answered_with_the_length_of_get_and_no_body() {
    for (sent, length) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n", Some("12345")),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", None),
        ("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n", Some("9")),
    ] {
        let origin = Origin::saying(sent).await;
        let harness = Harness::before(&origin).await;
        for (mut client, start) in both_ways(&harness).await {
            for _ in 0..2 {
                let answer = client.ask("HEAD", "ghcr.io", &format!("{start}{}", blob())).await;
                assert_eq!(answer.field("content-length"), length, "{}", answer.head);
            }
        }
        assert_eq!((origin.seen().len(), origin.connections()), (4, 1));
    }
}

#[tokio::test]
async fn a_request_arrives_with_its_query_range_and_fields_as_they_were_sent() {
    let origin = Origin::plain(|_| ok("")).await;
    let harness = Harness::before(&origin).await;
    for (mut client, start) in both_ways(&harness).await {
        let fields = "user-AGENT: docker/26\r\nAccept: a\r\nRange: bytes=5-\r\naccept: b, c\r\nAuthorization: Bearer t\r\n\
             Proxy-Connection: keep-alive\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nTE: trailers\r\n\
             Upgrade: h2c\r\nProxy-Authorization: Basic eDp5\r\n";
        get(&mut client, start, &format!("{}?a=%2F&b=c%20d&&=+", blob()), fields).await;
        assert_eq!(
            origin.last().head,
            format!(
                "GET {}?a=%2F&b=c%20d&&=+ HTTP/1.1\r\nHost: {}\r\nuser-AGENT: docker/26\r\nAccept: a\r\n\
                 Range: bytes=5-\r\naccept: b, c\r\nAuthorization: Bearer t\r\n\r\n",
                blob(),
                origin.address
            )
        );
    }
}

#[tokio::test]
async fn a_broken_download_is_resumed_where_it_stopped() {
    let origin = Origin::plain(|seen| match seen.field("range") {
        None => [raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234"), vec![Step::Reset]].concat(),
        Some(range) => {
            assert_eq!(range, "bytes=5-");
            raw("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789")
        }
    })
    .await;
    let harness = Harness::before(&origin).await;
    for (mut client, start) in both_ways(&harness).await {
        let first = get(&mut client, start, &blob(), "").await;
        assert!(!first.whole);
    }
    for (mut client, start) in both_ways(&harness).await {
        let rest = get(&mut client, start, &blob(), "Range: bytes=5-\r\n").await;
        assert_eq!((rest.status, rest.text()), (206, "56789"));
    }
}

#[tokio::test]
async fn manifests_are_asked_for_uncompressed_because_they_are_read_in_passing() {
    let origin = Origin::plain(|_| ok("{}")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    for (path, encoding) in [
        ("/v2/acme/app/manifests/1".to_owned(), None),
        (format!("/v2/acme/app/manifests/{DIGEST}"), None),
        (blob(), Some("gzip")),
    ] {
        get(&mut client, "", &path, "Accept-Encoding: gzip\r\n").await;
        assert_eq!(origin.last().field("accept-encoding"), encoding, "{path}");
    }
}
