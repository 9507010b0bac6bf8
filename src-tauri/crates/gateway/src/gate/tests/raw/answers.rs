//! Answers that are malformed in every way: whoever asked sees it, and the next request is answered as if nothing had been.

use std::sync::Arc;

use tokio::sync::Notify;

use super::{EntryPoint, another_is_answered, is_marked, marked};
use crate::gate::tests::{
    harness::Harness,
    origin::{Origin, Step, raw},
};

/// What a server could make somebody else believe in.
const TRAP: &str = "HTTP/1.1 200 OK\r\nX-Mark: TRAP\r\nContent-Length: 4\r\n\r\nTRAP";

/// Behind each stands the trap, where the server does not end the connection.
const ANSWERS: &[&str] = &[
    // More than was said.
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nContent-Length: 61\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 61\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
    // Two lengths.
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 63\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 63\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 63\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nok",
    // No length.
    "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2 \x0b\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
    // Other codings.
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    // Chunks.
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\n",
    // Steps on the way.
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n\0\0\x12\x04",
    // Other first lines and heads.
    "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1  200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/2 200\r\nContent-Length: 2\r\n\r\nok",
    "http/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "ICY 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nno colon\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nA: b\0\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
];

async fn an_answer_is_of_its_request(entry: EntryPoint) {
    let origin = Origin::plain(|seen| {
        let path = seen.asked().split(' ').nth(1).unwrap_or_default();
        let Some((number, end)) = path.split_once("/bad-").and_then(|(_, tag)| tag.split_once('-')) else {
            return marked(seen);
        };
        let text = ANSWERS[number.parse::<usize>().unwrap()];
        match end {
            "trap" => raw(&format!("{text}{TRAP}")),
            "open" => [raw(text), raw(TRAP), vec![Step::AwaitEnd]].concat(),
            "reset" => [raw(text), vec![Step::Reset]].concat(),
            _ => [raw(&text[..text.len() - 1]), vec![Step::Close]].concat(),
        }
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut turn = 0;
    for (number, text) in ANSWERS.iter().enumerate() {
        for (method, end) in
            [("GET", "trap"), ("GET", "reset"), ("GET", "cut"), ("HEAD", "trap"), ("HEAD", "cut")]
        {
            let mut client = entry.open(&harness).await;
            let tag = format!("bad-{number}-{end}");
            client
                .send(entry.written(&format!("{method} ACME/manifests/{tag} HTTP/1.1\r\nHOST\r\n\r\n")))
                .await;
            let answer = client.answer(method).await;
            assert_eq!(answer.field("x-mark"), None, "{method} {text:?}, {end}: {}", answer.head);
            if answer.whole && answer.field("connection") != Some("close") {
                let tag = format!("next-{turn}");
                let next = entry.ask(&mut client, &tag).await;
                assert!(is_marked(&next, "GET", &tag), "after {method} {text:?}, {end}: {}", next.head);
            } else {
                assert!(
                    client.is_over().await || !answer.whole,
                    "{method} {text:?}, {end}: more was answered"
                );
            }
            another_is_answered(&harness, entry, turn, text).await;
            turn += 1;
        }
    }
    println!("{} answers, {turn} times by {entry:?}", ANSWERS.len());
    assert!(turn >= 250);
}

#[tokio::test]
async fn a_malformed_answer_spoils_nobody_s_next_one_on_the_proxy_front() {
    an_answer_is_of_its_request(EntryPoint::Absolute).await;
}

#[tokio::test]
async fn a_malformed_answer_spoils_nobody_s_next_one_inside_a_tunnel() {
    an_answer_is_of_its_request(EntryPoint::Tunnel).await;
}

#[tokio::test]
async fn a_malformed_answer_spoils_nobody_s_next_one_on_the_mirror_front() {
    an_answer_is_of_its_request(EntryPoint::Mirror).await;
}

/// A server that says more while its connection waits to be used again.
#[tokio::test]
async fn what_a_server_says_unasked_is_an_answer_to_nobody() {
    for entry in [EntryPoint::Absolute, EntryPoint::Tunnel, EntryPoint::Mirror] {
        let signal = Arc::new(Notify::new());
        let late = Arc::clone(&signal);
        let origin = Origin::plain(move |seen| {
            if !seen.asked().ends_with("late") {
                return marked(seen);
            }
            let trap = raw("HTTP/1.1 200 OK\r\nX-Mark: TRAP\r\nContent-Length: 9\r\n\r\n");
            [marked(seen), vec![Step::Wait(Arc::clone(&late))], trap, vec![Step::Pattern(9), Step::AwaitEnd]]
                .concat()
        })
        .await;
        let harness = Harness::before(&origin).await;
        let mut client = entry.open(&harness).await;
        assert!(is_marked(&entry.ask(&mut client, "late").await, "GET", "late"));
        signal.notify_one();
        while origin.sent() < 9 {
            tokio::task::yield_now().await;
        }
        assert!(is_marked(&entry.ask(&mut client, "2").await, "GET", "2"), "{entry:?}");
        another_is_answered(&harness, entry, 0, "an answer that nobody asked for").await;
        origin.ended(1).await;
        assert_eq!(origin.connections(), 2);
    }
}
