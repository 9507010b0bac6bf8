//! What is judged request by request, however it is framed and however it arrives.

use super::{
    EntryPoint, SERVERS, Server, another_is_answered,
    cases::{HIDDEN, JUDGED},
    harness, is_marked, nothing_unjudged,
};
use crate::gate::tests::client::Client;

/// The bytes of a case by that way.
pub(super) fn written(entry: EntryPoint, case: &str) -> Vec<u8> {
    let hidden = entry.written(HIDDEN);
    let length = hidden.len();
    let case = entry.written(case).replace("HIDDEN", &hidden);
    case.replace("LENGTH", &length.to_string()).replace("SIZE", &format!("{length:x}")).into_bytes()
}

/// Whether the connection can go on.
async fn each_is_answered(client: &mut Client, expected: &str, case: &str) -> bool {
    for answer in expected.split(", ") {
        let Some((method, what)) = answer.split_once(' ') else {
            assert!(client.is_over().await, "{case:?}: more was answered");
            return false;
        };
        let answer = client.answer(method).await;
        assert!(!answer.body.starts_with(b"CONTENT OF EVIL"), "{case:?}");
        match what.len() {
            3 => assert_eq!(answer.status.to_string(), what, "{case:?}: {}", answer.head),
            _ => assert!(
                is_marked(&answer, method, what),
                "{case:?}, {what}: {} {}",
                answer.head,
                answer.text()
            ),
        }
    }
    true
}

async fn everything_is_judged(entry: EntryPoint) {
    for server in SERVERS {
        let (origin, harness) = harness(server).await;
        for (turn, (case, expected)) in JUDGED.iter().enumerate() {
            let mut client = entry.open(&harness).await;
            client.try_send(written(entry, case)).await;
            if each_is_answered(&mut client, expected, case).await {
                let tag = format!("next-{turn}");
                assert!(is_marked(&entry.ask(&mut client, &tag).await, "GET", &tag), "behind {case:?}");
            }
            another_is_answered(&harness, entry, turn, case).await;
            nothing_unjudged(&origin, server, case);
        }
    }
    println!("{} cases", JUDGED.len());
}

#[tokio::test]
async fn every_request_of_a_pipeline_is_judged_by_itself_on_the_proxy_front() {
    everything_is_judged(EntryPoint::Absolute).await;
}

#[tokio::test]
async fn every_request_of_a_pipeline_is_judged_by_itself_inside_a_tunnel() {
    everything_is_judged(EntryPoint::Tunnel).await;
}

#[tokio::test]
async fn every_request_of_a_pipeline_is_judged_by_itself_on_the_mirror_front() {
    everything_is_judged(EntryPoint::Mirror).await;
}

/// A connection that is still good is used again, so that the next case comes behind this one.
async fn is_judged_alike_wherever_it_is_cut(entry: EntryPoint, step: usize) {
    let (origin, harness) = harness(Server::Proper).await;
    let (mut cuts, mut open) = (0, None);
    for (turn, (case, expected)) in JUDGED.iter().enumerate() {
        let bytes = written(entry, case);
        for cut in (1 + turn % step..bytes.len()).step_by(step) {
            let mut client = match open.take() {
                Some(client) => client,
                None => entry.open(&harness).await,
            };
            client.try_send(&bytes[..cut]).await;
            tokio::task::yield_now().await;
            client.try_send(&bytes[cut..]).await;
            open = each_is_answered(&mut client, expected, case).await.then_some(client);
            cuts += 1;
        }
        nothing_unjudged(&origin, Server::Proper, case);
    }
    println!("{} cases, {cuts} cuts by {entry:?}", JUDGED.len());
    assert!(JUDGED.len() >= 40 && cuts > 10_000 / step / 2, "{cuts}");
}

#[tokio::test]
async fn a_pipeline_is_judged_alike_wherever_it_is_cut_on_the_proxy_front() {
    is_judged_alike_wherever_it_is_cut(EntryPoint::Absolute, 1).await;
}

#[tokio::test]
async fn a_pipeline_is_judged_alike_wherever_it_is_cut_inside_a_tunnel() {
    is_judged_alike_wherever_it_is_cut(EntryPoint::Tunnel, 5).await;
}

#[tokio::test]
async fn a_pipeline_is_judged_alike_wherever_it_is_cut_on_the_mirror_front() {
    is_judged_alike_wherever_it_is_cut(EntryPoint::Mirror, 5).await;
}
