//! What passes unread passes whole, in both directions, and ends as it ends.

use serde_json::json;

use super::{
    authority::Authority,
    corporate::Corporate,
    origin::{Origin, Step, is_pattern, raw},
    stage::Stage,
};

const LENGTH: u64 = 5_000_000;

#[tokio::test]
async fn a_tunnel_carries_every_byte_and_both_ends() {
    let authority = Authority::new("far away");
    let origin = Origin::tls(authority.server(&["git.example"]), |_| {
        let head = raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"));
        [head, vec![Step::Pattern(LENGTH), Step::Close]].concat()
    })
    .await;
    let corporate = Corporate::leading_to(origin.address).await;
    let stage = Stage::new(json!({}), corporate.upstreams(&authority, &[])).await;
    let client = stage.connect("git.example:443", "User-Agent: git/2.39\r\n").await;
    let mut client = client.secured(authority.client(), "git.example").await.unwrap();
    let body = "b".repeat(500_000);
    client
        .send(format!("POST / HTTP/1.1\r\nHost: anything\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
        .await;
    let answer = client.answer("POST").await;
    assert!(answer.whole && is_pattern(&answer.body) && answer.body.len() as u64 == LENGTH);
    assert_eq!(origin.last().body, body.as_bytes());
    assert_eq!(client.rest().await, (Vec::new(), true));
}

#[tokio::test]
async fn a_tunnel_to_nowhere_ends() {
    let corporate = Corporate::refusing("HTTP/1.1 502 Nowhere\r\n\r\n").await;
    let authority = Authority::new("far away");
    let stage = Stage::new(json!({}), corporate.upstreams(&authority, &[])).await;
    let client = stage.connect("git.example:443", "User-Agent: git/2.39\r\n").await;
    assert!(client.secured(authority.client(), "git.example").await.is_err());
    let mut client = stage.connect("git.example:443", "User-Agent: git/2.39\r\n").await;
    client.send("GET / HTTP/1.1\r\nHost: git.example\r\n\r\n").await;
    assert!(client.is_over().await, "no TLS, no tunnel");
    assert_eq!(corporate.heads().len(), 1);
}
