//! What is refused before anybody judges it, with words that name the place.

use super::{
    EntryPoint, Server, another_is_answered,
    cases::{HIDDEN, REFUSED},
    harness, is_marked, nothing_unjudged,
};
use crate::gate::tests::client::Client;

const ENTRY_POINTS: [EntryPoint; 3] = [EntryPoint::Absolute, EntryPoint::Tunnel, EntryPoint::Mirror];

async fn is_refused(mut client: Client, entry: EntryPoint, case: &str, words: &str) {
    let answer = client.answer("GET").await;
    assert_eq!(answer.status, 400, "{case:?} by {entry:?}: {}", answer.head);
    assert!(answer.reason.contains(words), "{case:?} by {entry:?}: {}", answer.reason);
    assert!(answer.text().replace('`', "").contains(words), "{case:?}: {}", answer.text());
    assert_eq!(answer.field("connection"), Some("close"));
    assert!(client.is_over().await, "{case:?} by {entry:?}: more was answered");
}

/// The head of an answer to HEAD has a body all the same, since the connection ends.
async fn each_is_refused(entry: EntryPoint, before: &str, behind: &str) {
    let (origin, harness) = harness(Server::Proper).await;
    for (turn, (case, words)) in REFUSED.iter().enumerate() {
        let mut client = entry.open(&harness).await;
        // The answer may come, and the connection end, before all was sent.
        client.try_send(entry.written(&format!("{before}{case}{behind}"))).await;
        if !before.is_empty() {
            assert!(is_marked(&client.answer("GET").await, "GET", "0"), "before {case:?}");
        }
        is_refused(client, entry, case, words).await;
        if turn % 8 == 0 {
            another_is_answered(&harness, entry, turn, case).await;
        }
        nothing_unjudged(&origin, Server::Proper, case);
    }
    let asked = origin.asked().iter().filter(|asked| asked.ends_with("manifests/1")).count();
    assert_eq!(asked, 0, "a refused request reached the registry");
}

#[tokio::test]
async fn a_malformed_request_learns_its_place_on_the_proxy_front() {
    each_is_refused(EntryPoint::Absolute, "", "").await;
}

#[tokio::test]
async fn a_malformed_request_learns_its_place_inside_a_tunnel() {
    each_is_refused(EntryPoint::Tunnel, "", "").await;
}

#[tokio::test]
async fn a_malformed_request_learns_its_place_on_the_mirror_front() {
    each_is_refused(EntryPoint::Mirror, "", "").await;
}

#[tokio::test]
async fn what_stands_behind_a_malformed_request_is_never_read() {
    for entry in ENTRY_POINTS {
        each_is_refused(entry, "GET ACME/manifests/0 HTTP/1.1\r\nHOST\r\n\r\n", HIDDEN).await;
    }
}

#[tokio::test]
async fn a_malformed_request_is_refused_wherever_it_is_cut() {
    let (origin, harness) = harness(Server::Proper).await;
    let mut cuts = 0;
    for (turn, (case, words)) in REFUSED.iter().enumerate() {
        for entry in ENTRY_POINTS {
            let bytes = entry.written(case).into_bytes();
            let step = if entry == EntryPoint::Absolute { 9 } else { 31 };
            for cut in (1 + turn % step..bytes.len()).step_by(step) {
                let mut client = entry.open(&harness).await;
                client.try_send(&bytes[..cut]).await;
                tokio::task::yield_now().await;
                client.try_send(&bytes[cut..]).await;
                is_refused(client, entry, case, words).await;
                cuts += 1;
            }
        }
    }
    println!("{} requests, {cuts} cuts", REFUSED.len());
    assert!(REFUSED.len() >= 115 && cuts > 1_000);
    assert_eq!(origin.connections(), 0);
}
