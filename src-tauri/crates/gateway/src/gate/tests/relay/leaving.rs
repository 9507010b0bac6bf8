//! Ends of TLS, engines that leave, and what the policy only records.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    origin::{Origin, Step, ok, raw},
    stage::{DIGEST, Stage},
};
use super::{blob, get};

#[tokio::test]
async fn a_body_of_unknown_length_is_whole_only_with_the_end_of_tls() {
    let authority = Authority::new("registries");
    for (end, is_whole) in [(Step::Close, true), (Step::Cut, false)] {
        let origin = Origin::tls(authority.server(&["ghcr.io"]), move |_| {
            [raw("HTTP/1.1 200 OK\r\n\r\nhello"), vec![end.clone()]].concat()
        })
        .await;
        let corporate = Corporate::leading_to(origin.address).await;
        let stage = Stage::new(json!({}), corporate.upstreams(&authority, &["ghcr.io"])).await;
        let mut client = stage.inside("ghcr.io").await;
        let answer = get(&mut client, "", &blob(), "").await;
        assert_eq!((answer.text(), answer.whole), ("hello", is_whole));
    }
}

#[tokio::test]
async fn an_engine_that_leaves_ends_the_download_too() {
    let origin = Origin::plain(|seen| match seen.asked().ends_with("list") {
        true => ok("proper"),
        false => {
            [raw("HTTP/1.1 200 OK\r\nContent-Length: 900000000\r\n\r\n"), vec![Step::Pattern(900_000_000)]]
                .concat()
        }
    })
    .await;
    let stage = Stage::before(&origin).await;
    let mut client = stage.inside("ghcr.io").await;
    client.send(format!("GET {} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n", blob())).await;
    assert!(client.head().await.is_some());
    client.reset();
    // The origin sees it: its next request comes on another connection.
    let mut other = stage.inside("ghcr.io").await;
    assert_eq!(get(&mut other, "", "/v2/acme/app/tags/list", "").await.text(), "proper");
    assert_eq!(origin.connections(), 2);
    while origin.is_sending() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_image_that_is_only_recorded_comes_with_a_warning() {
    let origin = Origin::plain(|_| ok("{}")).await;
    let stage = Stage::before(&origin).await;
    stage.adopt(json!({ "mode": "audit" }));
    let mut client = stage.inside("ghcr.io").await;
    let answer = get(&mut client, "", "/v2/evil/app/manifests/1", "").await;
    let id = stage.decisions()[0].verdict.id.to_string();
    let warning = answer.field("warning").unwrap();
    assert!(warning.starts_with("299 - \"recorded, not blocked: ") && warning.contains(&id), "{warning}");
    assert_eq!(answer.status, 200);
    let answer = get(&mut client, "", &format!("/v2/evil/app/blobs/{DIGEST}"), "").await;
    assert_eq!((answer.status, answer.field("warning")), (200, None));
}
