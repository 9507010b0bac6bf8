//! Ends of TLS, engines that leave, and what the policy only records.

use std::time::Duration;

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    harness::{DIGEST, Harness},
    origin::{Origin, Step, ok, raw},
};
use super::{blob, both_ways, get};

#[tokio::test]
async fn a_body_of_unknown_length_is_whole_only_with_the_end_of_tls() {
    let authority = Authority::new("registries");
    for (end, is_whole) in [(Step::Close, true), (Step::Cut, false)] {
        let origin = Origin::tls(authority.server(&["ghcr.io"]), move |_| {
            [raw("HTTP/1.1 200 OK\r\n\r\nhello"), vec![end.clone()]].concat()
        })
        .await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(json!({}), corporate.upstreams(&authority, &["ghcr.io"])).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = get(&mut client, "", &blob(), "").await;
        assert_eq!((answer.text(), answer.whole), ("hello", is_whole));
    }
}

/// A pull whose connection was accepted just before the service was replaced ended with `EOF`: engines ask again only on
/// connections that have answered once.
#[tokio::test]
async fn whoever_was_connected_just_before_is_waited_for_before_an_end() {
    let origin = Origin::plain(|_| ok("proper")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let is_drained = tokio::time::timeout(Duration::from_millis(300), harness.gate.drained()).await;
    assert!(is_drained.is_err(), "it may ask at any moment");
    assert!(get(&mut client, "", &blob(), "").await.whole);
    let is_drained = tokio::time::timeout(Duration::from_secs(20), harness.gate.drained()).await;
    assert!(is_drained.is_ok(), "a connection that is only kept holds nothing up");
}

#[tokio::test]
async fn an_engine_that_goes_ends_the_download_too() {
    let origin = Origin::plain(|seen| match seen.asked().ends_with("list") {
        true => ok("proper"),
        false => {
            [raw("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"), vec![Step::Pattern(900_000_000)]]
                .concat()
        }
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    client.send(format!("GET {} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n", blob())).await;
    assert!(client.head().await.is_some());
    client.reset();
    // The origin sees it: its next request comes on another connection.
    let mut other = harness.inside("ghcr.io").await;
    assert_eq!(get(&mut other, "", "/v2/acme/app/tags/list", "").await.text(), "proper");
    assert_eq!(origin.connections(), 2);
    while origin.is_sending() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_image_that_is_only_recorded_comes_with_a_warning() {
    let origin = Origin::plain(|_| ok("{}")).await;
    let harness = Harness::before(&origin).await;
    harness.adopt(json!({ "mode": "audit" }));
    let mut client = harness.inside("ghcr.io").await;
    let answer = get(&mut client, "", "/v2/evil/app/manifests/1", "").await;
    let id = harness.decisions()[0].verdict.id.to_string();
    let warning = answer.field("warning").unwrap();
    assert!(warning.starts_with("299 - \"recorded, not blocked: ") && warning.contains(&id), "{warning}");
    assert_eq!(answer.status, 200);
    let answer = get(&mut client, "", &format!("/v2/evil/app/blobs/{DIGEST}"), "").await;
    assert_eq!((answer.status, answer.field("warning")), (200, None));
}

const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";

#[tokio::test]
async fn interim_answers_without_end_are_no_answer() {
    for (count, status) in [(0, 200), (1, 200), (10, 200), (11, 502)] {
        let origin = Origin::plain(move |_| [raw(&HINTS.repeat(count)), ok("content")].concat()).await;
        let harness = Harness::before(&origin).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = get(&mut client, "", &blob(), "").await;
        assert_eq!(answer.status, status, "{count}: {}", answer.head);
    }
    let origin = Origin::plain(|_| vec![Step::Endless(HINTS)]).await;
    let harness = Harness::before(&origin).await;
    for _ in 0..3 {
        let answer = get(&mut harness.inside("ghcr.io").await, "", &blob(), "").await;
        assert_eq!(answer.status, 502);
        assert!(answer.reason.contains("does not answer in proper HTTP"), "{}", answer.reason);
    }
    origin.ended(3).await;
}

#[tokio::test]
async fn an_engine_that_goes_while_it_waits_ends_the_question_too() {
    for first in ["", HINTS] {
        let origin = Origin::plain(move |_| [raw(first), vec![Step::AwaitEnd]].concat()).await;
        let harness = Harness::before(&origin).await;
        let mut left = Vec::new();
        for _ in 0..5 {
            let mut client = harness.inside("ghcr.io").await;
            client.send(format!("GET {} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n", blob())).await;
            left.push(client);
        }
        while origin.seen().len() < 5 {
            tokio::task::yield_now().await;
        }
        drop(left);
        origin.ended(5).await;
        harness.gate.idle().await;
        assert!(harness.ways_out().is_empty(), "nothing is known of the network: {:?}", harness.ways_out());
    }
}

#[tokio::test]
async fn an_engine_that_goes_while_a_token_is_fetched_ends_that_question_too() {
    let origin = Origin::plain(|seen| {
        if seen.asked().contains(" /token") {
            return vec![Step::AwaitEnd];
        }
        let realm = format!("Bearer realm=\"{}/token\"", seen.url);
        raw(&format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n"))
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    client.send("GET /v2/ghcr.io/acme/app/manifests/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await;
    while !origin.asked().iter().any(|asked| asked.contains(" /token")) {
        tokio::task::yield_now().await;
    }
    drop(client);
    origin.ended(1).await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_goes_while_a_body_stands_still_is_noticed_soon() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    for text in [length, chunks] {
        let origin = Origin::plain(move |_| [raw(text), vec![Step::AwaitEnd]].concat()).await;
        let harness = Harness::before(&origin).await;
        for way in 0..2 {
            let (mut client, start) = both_ways(&harness).await.into_iter().nth(way).unwrap();
            client.send(format!("GET {start}{} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n", blob())).await;
            assert!(client.head().await.is_some());
            drop(client);
            let left = tokio::time::Instant::now();
            while origin.over() <= way {
                tokio::time::sleep(Duration::from_secs(1)).await;
                assert!(
                    left.elapsed() < Duration::from_secs(200),
                    "{text:?}, {start}: it is still waited for"
                );
            }
        }
        harness.gate.idle().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stands_still_for_a_while_arrives_where_the_engine_waits() {
    let length = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n";
    let chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n";
    for (head, tail) in [(length, ""), (chunks, "\r\n0\r\n\r\n")] {
        let tail = format!(" body{tail}");
        let pause = Step::Sleep(Duration::from_secs(12));
        let origin =
            Origin::plain(move |_| [raw(&format!("{head}half")), vec![pause.clone()], raw(&tail)].concat())
                .await;
        let harness = Harness::before(&origin).await;
        for (mut client, start) in both_ways(&harness).await {
            client.patience = Duration::from_secs(3600);
            // What it has sent ahead is no sign that it left.
            let next = format!("GET {start}{} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n", blob());
            client.send(next.repeat(2)).await;
            for _ in 0..2 {
                let answer = client.answer("GET").await;
                assert!(answer.whole && answer.text().contains("half"), "{start}: {}", answer.head);
            }
        }
    }
}
