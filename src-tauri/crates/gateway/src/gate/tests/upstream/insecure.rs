//! Registries that the machine lists as insecure: TLS first, then none.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    origin::{Origin, ok},
    stage::Stage,
};
use super::pull;
use crate::Upstreams;

const REGISTRY: &str = "plain.example:5000";

fn policy() -> serde_json::Value {
    json!({ "registries": { "default": "allow" } })
}

fn settings(corporate: &Corporate, insecure: &[&str]) -> Upstreams {
    Upstreams {
        proxy: Some(corporate.settings("")),
        insecure: insecure.iter().map(ToString::to_string).collect(),
        ..Upstreams::default()
    }
}

#[tokio::test]
async fn a_registry_without_tls_is_found_out_once() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let stage = Stage::new(policy(), settings(&corporate, &[REGISTRY])).await;
    for _ in 0..3 {
        assert_eq!(pull(&stage, REGISTRY).await.status, 200);
    }
    let asked: Vec<String> =
        corporate.heads().iter().map(|head| head.split('/').next().unwrap().to_owned()).collect();
    assert_eq!(asked, ["CONNECT plain.example:5000 HTTP", "GET http:"], "TLS was tried once: {asked:?}");
    assert!(origin.last().head.contains(" http://plain.example:5000/v2/"), "{}", origin.last().head);
}

#[tokio::test]
async fn a_registry_with_any_certificate_keeps_tls() {
    let authority = Authority::new("nobody's");
    let origin =
        Origin::tls(authority.leaf_for(&["wrong.example"], (2001, 2002)).server(), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let stage = Stage::new(policy(), settings(&corporate, &[REGISTRY])).await;
    assert_eq!(pull(&stage, REGISTRY).await.status, 200);
    let strict = Stage::new(policy(), settings(&corporate, &["other.example:5000", "plain.example"])).await;
    assert_eq!(pull(&strict, REGISTRY).await.status, 502, "another port is another registry");
}

#[tokio::test]
async fn any_other_registry_without_tls_is_not_asked_in_the_clear() {
    let origin = Origin::plain(|_| ok("never")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let stage = Stage::new(policy(), settings(&corporate, &["192.0.2.0/24"])).await;
    let answer = pull(&stage, REGISTRY).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("speaks no TLS"), "{}", answer.text());
    assert_eq!(origin.seen().len(), 0);
    assert_eq!(pull(&stage, "192.0.2.7:5000").await.status, 200, "a range names it");
}

#[tokio::test]
async fn a_registry_that_speaks_tls_again_is_spoken_to_so() {
    let authority = Authority::new("nobody's");
    let (secure, plain) = (authority.server(&["wrong.example"]), Origin::plain(|_| ok("plain")).await);
    let corporate = Corporate::leading_to(plain.address).await;
    let stage = Stage::new(policy(), settings(&corporate, &[REGISTRY])).await;
    assert_eq!(pull(&stage, REGISTRY).await.text(), "plain");
    let secure = Origin::tls(secure, |_| ok("secure")).await;
    let corporate = Corporate::leading_to(secure.address).await;
    stage.gate.reach(settings(&corporate, &[REGISTRY]));
    assert_eq!(pull(&stage, REGISTRY).await.text(), "secure");
}
