//! Signatures from the web folder that a person configured, by the mirror front.

use std::collections::BTreeMap;

use serde_json::json;

use super::{
    harness::Harness,
    origin::{Origin, ok},
};
use crate::Upstreams;

async fn harness(origin: &Origin) -> Harness {
    let folder = format!("{}/webassets/sigstore/", origin.url());
    let lookasides = BTreeMap::from([("5f2a".to_owned(), folder)]);
    Harness::new(json!({}), Upstreams { lookasides, ..Upstreams::default() }).await
}

#[tokio::test]
async fn a_signature_comes_from_the_folder_that_the_person_named() {
    let origin = Origin::plain(|_| ok("signature")).await;
    let mut client = harness(&origin).await.mirror().await;
    let path = "/lookaside/5f2a/registry.access.redhat.com/ubi9/ubi@sha256=ab/signature-1";
    assert_eq!(client.ask("GET", "127.0.0.1", path).await.text(), "signature");
    assert_eq!(origin.last().asked(), "GET /webassets/sigstore/ubi9/ubi@sha256=ab/signature-1");
}

#[tokio::test]
async fn nothing_else_comes_that_way() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = harness(&origin).await;
    for (method, path) in [
        ("GET", "/lookaside/other/quay.io/a@sha256=ab/signature-1"),
        ("GET", "/lookaside/5f2a/quay.io/../a"),
        ("GET", "/lookaside/5f2a/quay.io/%2e%2e/a"),
        ("GET", "/lookaside/5f2a/quay.io"),
        ("DELETE", "/lookaside/5f2a/quay.io/a@sha256=ab/signature-1"),
    ] {
        let answer = harness.mirror().await.ask(method, "127.0.0.1", path).await;
        assert_eq!(answer.status, 400, "{method} {path}");
    }
    assert_eq!(origin.seen().len(), 0);
}
