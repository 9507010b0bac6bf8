//! A registry that fails: the engine sees it, and no short body looks whole.

use std::time::Duration;

use policy::{Front, UpstreamResult};
use policy_text::render::UnreachableCause;

use super::super::{
    harness::Harness,
    origin::{Origin, Step, ok, raw},
};
use super::{blob, both_ways, get};
use crate::DecisionRecord;

const MANIFEST: &str = "/v2/acme/app/manifests/1";

#[tokio::test]
async fn a_body_that_breaks_off_never_looks_whole() {
    let body = "x".repeat(20_000);
    for head in [
        "Content-Length: 30000\r\n\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n7530\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\n\r\n4e20\r\n".to_owned(),
    ] {
        for end in [Step::Close, Step::Reset] {
            let text = format!("HTTP/1.1 200 OK\r\n{head}{body}");
            let last = end.clone();
            let origin = Origin::plain(move |_| [raw(&text), vec![last.clone()]].concat()).await;
            let harness = Harness::before(&origin).await;
            for (mut client, start) in both_ways(&harness).await {
                let answer = get(&mut client, start, &blob(), "").await;
                assert_eq!((answer.status, answer.whole), (200, false), "{head:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_body_of_unknown_length_that_is_reset_does_not_end_cleanly() {
    let text = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(20_000));
    let origin = Origin::plain(move |_| [raw(&text), vec![Step::Reset]].concat()).await;
    let harness = Harness::before(&origin).await;
    for (mut client, start) in both_ways(&harness).await {
        for path in [blob(), "/v2/acme/app/manifests/1".to_owned()] {
            client.send(format!("GET {start}{path} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n")).await;
            let (_, clean) = client.rest().await;
            assert!(!clean, "{start}{path}");
            client = if start.is_empty() { harness.inside("ghcr.io").await } else { harness.proxy().await };
        }
    }
}

#[tokio::test]
async fn what_is_no_answer_becomes_a_502_with_words() {
    for garbage in [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: \u{ff}\r\nContent-Length: 2\r\n\r\nab",
        "\x15\x03\x01\x00\x02\x02\x0a\n\n",
    ] {
        let origin = Origin::plain(move |_| [raw(garbage), vec![Step::Close]].concat()).await;
        let harness = Harness::before(&origin).await;
        for (mut client, start) in both_ways(&harness).await {
            let answer = get(&mut client, start, "/v2/acme/app/manifests/1", "").await;
            assert_eq!(answer.status, 502, "{garbage:?}: {}", answer.head);
            assert!(answer.reason.starts_with("not blocked by policy: "), "{}", answer.reason);
            assert!(answer.text().contains("The problem is elsewhere"), "{}", answer.text());
            assert_eq!(get(&mut client, start, &blob(), "").await.status, 502, "the connection goes on");
        }
        let upstream = harness.decisions()[0].upstream.clone();
        assert!(matches!(upstream, Some(UpstreamResult::Unreachable { .. })), "{upstream:?}");
    }
}

#[tokio::test]
async fn a_head_that_is_cut_anywhere_becomes_a_502() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    for cut in 0..text.len() {
        let end = if cut % 2 == 0 { Step::Close } else { Step::Reset };
        let origin = Origin::plain(move |_| [raw(&text[..cut]), vec![end.clone()]].concat()).await;
        let harness = Harness::before(&origin).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = get(&mut client, "", &blob(), "").await;
        assert_eq!(answer.status, 502, "{cut}: {}", answer.head);
    }
}

#[tokio::test(start_paused = true)]
async fn a_registry_that_says_nothing_is_given_up_with_words() {
    let origin = Origin::plain(|_| vec![Step::Hang]).await;
    let harness = Harness::before(&origin).await;
    for way in 0..2 {
        let (mut client, start) = both_ways(&harness).await.into_iter().nth(way).unwrap();
        client.patience = Duration::from_secs(3600);
        let answer = get(&mut client, start, &blob(), "").await;
        assert_eq!(answer.status, 502);
        assert!(answer.reason.contains("took the request and did not answer"), "{}", answer.reason);
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stands_still_is_broken_off() {
    let origin = Origin::plain(|_| {
        [raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), vec![Step::Hang]].concat()
    })
    .await;
    let harness = Harness::before(&origin).await;
    for way in 0..2 {
        let (mut client, start) = both_ways(&harness).await.into_iter().nth(way).unwrap();
        client.patience = Duration::from_secs(3600);
        let answer = get(&mut client, start, &blob(), "").await;
        assert_eq!((answer.text(), answer.whole), ("half", false));
    }
}

#[tokio::test]
async fn bytes_after_an_answer_are_not_the_next_one() {
    let trap = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntrap";
    let origin = Origin::plain(move |seen| match seen.asked() {
        "GET /v2/acme/app/tags/list" => ok("proper"),
        _ => raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello{trap}")),
    })
    .await;
    let harness = Harness::before(&origin).await;
    for (mut client, start) in both_ways(&harness).await {
        for path in [blob(), "/v2/acme/app/manifests/1".to_owned()] {
            assert_eq!(get(&mut client, start, &path, "").await.text(), "hello");
            let next = get(&mut client, start, "/v2/acme/app/tags/list", "").await;
            assert_eq!(next.text(), "proper", "after {start}{path}");
        }
    }
}

/// The row of the mirror front did not say what the registry had done.
#[tokio::test]
async fn a_manifest_that_breaks_off_is_reported_alike_by_both_fronts() {
    for (body, says) in [
        ("Content-Length: 9\r\n\r\nhalf", UnreachableCause::BrokeOff),
        ("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", UnreachableCause::BrokeOff),
        ("Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n+5\r\n", UnreachableCause::Malformed),
    ] {
        let text = format!("HTTP/1.1 200 OK\r\n{body}");
        let origin = Origin::plain(move |_| [raw(&text), vec![Step::Close]].concat()).await;
        for front in [Front::Proxy, Front::Mirror] {
            let harness = Harness::before(&origin).await;
            let answer = match front {
                Front::Proxy => get(&mut harness.inside("ghcr.io").await, "", MANIFEST, "").await,
                Front::Mirror => {
                    harness
                        .mirror()
                        .await
                        .ask("GET", "127.0.0.1", &MANIFEST.replace("/acme", "/ghcr.io/acme"))
                        .await
                }
            };
            assert_eq!((answer.status, answer.whole), (200, false), "{front:?} {body:?}");
            let decisions = harness.decisions();
            let [DecisionRecord { upstream: Some(UpstreamResult::Unreachable { problem, .. }), .. }] =
                decisions.as_slice()
            else {
                panic!("{front:?} {body:?}: {decisions:?}")
            };
            assert_eq!(problem, says.in_short(), "{front:?} {body:?}");
        }
    }
}
