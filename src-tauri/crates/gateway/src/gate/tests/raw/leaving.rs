//! Engines that leave in the middle of a request or before its answer.

use super::{SERVERS, Way, another_is_answered, cases::JUDGED, judged::written, nothing_unjudged, stage};

async fn nobody_else_gets_it(way: Way, step: usize) {
    for server in SERVERS {
        let (origin, stage) = stage(server).await;
        let mut left = 0;
        for (turn, (case, _)) in JUDGED.iter().enumerate() {
            let bytes = written(way, case);
            for cut in (turn % step..=bytes.len()).step_by(step) {
                let mut client = way.open(&stage).await;
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
                    another_is_answered(&stage, way, left, case).await;
                }
            }
            nothing_unjudged(&origin, server, case);
        }
        stage.gate.idle().await;
        println!("{left} left by {way:?}");
        assert!(left > 100);
    }
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_on_the_proxy_front() {
    nobody_else_gets_it(Way::Absolute, 13).await;
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_inside_a_tunnel() {
    nobody_else_gets_it(Way::Tunnel, 37).await;
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_nobody_else_s_on_the_mirror_front() {
    nobody_else_gets_it(Way::Mirror, 37).await;
}
