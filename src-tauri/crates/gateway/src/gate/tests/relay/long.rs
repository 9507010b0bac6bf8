//! Long bodies in bounded memory.

use super::super::{
    harness::{DIGEST, Harness},
    origin::{Origin, Step, is_pattern, raw},
};
use super::both_ways;

const LENGTH: u64 = 64 << 20;
/// What the system's buffers of two connections and the gateway's own may hold.
const HELD: u64 = 40 << 20;

#[tokio::test]
async fn a_long_blob_is_held_back_while_the_engine_does_not_take_it_and_then_arrives_whole() {
    let origin = Origin::plain(|_| {
        let head = raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"));
        [head, vec![Step::Pattern(LENGTH)]].concat()
    })
    .await;
    let harness = Harness::before(&origin).await;
    for (mut client, start) in both_ways(&harness).await {
        let path = format!("{start}/v2/acme/app/blobs/{DIGEST}");
        client.send(format!("GET {path} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n")).await;
        assert!(client.head().await.unwrap().contains(&LENGTH.to_string()));
        let (mut sent, mut still) = (origin.sent(), 0);
        while still < 5_000 {
            tokio::task::yield_now().await;
            (sent, still) = if origin.sent() == sent { (sent, still + 1) } else { (origin.sent(), 0) };
        }
        assert!(sent < HELD, "{sent} bytes left the registry and went nowhere");
        let body = client.exactly(usize::try_from(LENGTH).unwrap()).await;
        assert!(is_pattern(&body));
    }
}
