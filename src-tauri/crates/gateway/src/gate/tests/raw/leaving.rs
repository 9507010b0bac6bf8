//! Engines that leave in the middle of a request or before its answer.

use super::{
    EntryPoint, SERVERS, another_is_answered, cases::JUDGED, harness, judged::written, nothing_unjudged,
};

async fn nobody_else_gets_it(entry: EntryPoint, step: usize) {
    for server in SERVERS {
        let (origin, harness) = harness(server).await;
        let mut left = 0;
        for (turn, (case, _)) in JUDGED.iter().enumerate() {
            let bytes = written(entry, case);
            for cut in (turn % step..=bytes.len()).step_by(step) {
                let mut client = entry.open(&harness).await;
                client.try_send(&bytes[..cut]).await;
                match cut % 3 {
                    0 => client.reset(),
                    1 => drop(client),
                    _ => {
                        tokio::task::yield_now().await;
                        drop(client);
                    }
                }
                left += 1;
                if left % 3 == 0 {
                    another_is_answered(&harness, entry, left, case).await;
                }
            }
            nothing_unjudged(&origin, server, case);
        }
        harness.gate.idle().await;
        println!("{left} left by {entry:?}");
        assert!(left > 100);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_on_the_proxy_front() {
    nobody_else_gets_it(EntryPoint::Absolute, 13).await;
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_inside_a_tunnel() {
    nobody_else_gets_it(EntryPoint::Tunnel, 37).await;
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_on_the_mirror_front() {
    nobody_else_gets_it(EntryPoint::Mirror, 37).await;
}
