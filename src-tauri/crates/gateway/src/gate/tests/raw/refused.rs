//! What is refused before anybody judges it, with words that name the place.

use super::{
    Server, Way, another_is_answered,
    cases::{HIDDEN, REFUSED},
    is_marked, nothing_unjudged, stage,
};
use crate::gate::tests::client::Client;

const WAYS: [Way; 3] = [Way::Absolute, Way::Tunnel, Way::Mirror];

async fn is_refused(mut client: Client, way: Way, case: &str, words: &str) {
    let answer = client.answer("GET").await;
    assert_eq!(answer.status, 400, "{case:?} by {way:?}: {}", answer.head);
    assert!(answer.reason.contains(words), "{case:?} by {way:?}: {}", answer.reason);
    assert!(answer.text().replace('`', "").contains(words), "{case:?}: {}", answer.text());
    assert_eq!(answer.field("connection"), Some("close"));
    assert!(client.is_over().await, "{case:?} by {way:?}: more was answered");
}

/// The head of an answer to HEAD has a body all the same, since the connection ends.
async fn each_is_refused(way: Way, before: &str, behind: &str) {
    let (origin, stage) = stage(Server::Proper).await;
    for (turn, (case, words)) in REFUSED.iter().enumerate() {
        let mut client = way.open(&stage).await;
        // The answer may come, and the connection end, before all was sent.
        client.try_send(way.written(&format!("{before}{case}{behind}"))).await;
        if !before.is_empty() {
            assert!(is_marked(&client.answer("GET").await, "GET", "0"), "before {case:?}");
        }
        is_refused(client, way, case, words).await;
        if turn % 8 == 0 {
            another_is_answered(&stage, way, turn, case).await;
        }
        nothing_unjudged(&origin, Server::Proper, case);
    }
    let asked = origin.asked().iter().filter(|asked| asked.ends_with("manifests/1")).count();
    assert_eq!(asked, 0, "a refused request reached the registry");
}

#[tokio::test]
async fn a_malformed_request_is_told_its_place_on_the_proxy_front() {
    each_is_refused(Way::Absolute, "", "").await;
}

#[tokio::test]
async fn a_malformed_request_is_told_its_place_inside_a_tunnel() {
    each_is_refused(Way::Tunnel, "", "").await;
}

#[tokio::test]
async fn a_malformed_request_is_told_its_place_on_the_mirror_front() {
    each_is_refused(Way::Mirror, "", "").await;
}

#[tokio::test]
async fn what_stands_behind_a_malformed_request_is_never_read() {
    for way in WAYS {
        each_is_refused(way, "GET ACME/manifests/0 HTTP/1.1\r\nHOST\r\n\r\n", HIDDEN).await;
    }
}

#[tokio::test]
async fn a_malformed_request_is_refused_wherever_it_is_cut() {
    let (origin, stage) = stage(Server::Proper).await;
    let mut cuts = 0;
    for (turn, (case, words)) in REFUSED.iter().enumerate() {
        for way in WAYS {
            let bytes = way.written(case).into_bytes();
            let step = if way == Way::Absolute { 9 } else { 31 };
            for cut in (1 + turn % step..bytes.len()).step_by(step) {
                let mut client = way.open(&stage).await;
                client.try_send(&bytes[..cut]).await;
                tokio::task::yield_now().await;
                client.try_send(&bytes[cut..]).await;
                is_refused(client, way, case, words).await;
                cuts += 1;
            }
        }
    }
    println!("{} requests, {cuts} cuts", REFUSED.len());
    assert!(REFUSED.len() >= 115 && cuts > 1_000);
    assert_eq!(origin.connections(), 0);
}
