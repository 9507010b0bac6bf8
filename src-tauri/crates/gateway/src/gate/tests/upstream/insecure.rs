//! Registries that the machine lists as insecure: TLS first, then none.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    harness::{DIGEST, Harness},
    origin::{Origin, ok},
};
use super::pull;
use crate::{EngineFamily, EngineTrust, Upstreams};

const REGISTRY: &str = "plain.example:5000";

fn policy() -> serde_json::Value {
    json!({ "registries": { "default": "allow" } })
}

fn settings(corporate: &Corporate, insecure: &[&str]) -> Upstreams {
    Upstreams {
        egress: corporate.settings(""),
        insecure: insecure.iter().map(ToString::to_string).collect(),
        ..Upstreams::default()
    }
}

#[tokio::test]
async fn a_registry_without_tls_is_found_out_once() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(policy(), settings(&corporate, &[REGISTRY])).await;
    for _ in 0..3 {
        assert_eq!(pull(&harness, REGISTRY).await.status, 200);
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
    let harness = Harness::new(policy(), settings(&corporate, &[REGISTRY])).await;
    assert_eq!(pull(&harness, REGISTRY).await.status, 200);
    let strict = Harness::new(policy(), settings(&corporate, &["other.example:5000", "plain.example"])).await;
    assert_eq!(pull(&strict, REGISTRY).await.status, 502, "another port is another registry");
}

#[tokio::test]
async fn any_other_registry_without_tls_is_not_asked_in_the_clear() {
    let origin = Origin::plain(|_| ok("never")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(policy(), settings(&corporate, &["192.0.2.0/24"])).await;
    let answer = pull(&harness, REGISTRY).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("insecure-registries of daemon.json"), "{}", answer.text());
    assert_eq!(origin.seen().len(), 0);
    assert_eq!(pull(&harness, "192.0.2.7:5000").await.status, 200, "a range names it");
}

#[tokio::test]
async fn a_registry_that_speaks_tls_again_is_spoken_to_so() {
    let authority = Authority::new("nobody's");
    let (secure, plain) = (authority.server(&["wrong.example"]), Origin::plain(|_| ok("plain")).await);
    let corporate = Corporate::leading_to(plain.address).await;
    let harness = Harness::new(policy(), settings(&corporate, &[REGISTRY])).await;
    assert_eq!(pull(&harness, REGISTRY).await.text(), "plain");
    let secure = Origin::tls(secure, |_| ok("secure")).await;
    let corporate = Corporate::leading_to(secure.address).await;
    harness.gate.set_upstreams(settings(&corporate, &[REGISTRY]));
    assert_eq!(pull(&harness, REGISTRY).await.text(), "secure");
}

#[tokio::test]
async fn what_one_engine_lists_holds_for_no_other() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let own = EngineTrust { insecure: vec![format!("http://{REGISTRY}")], ..EngineTrust::default() };
    let prefix = EngineTrust {
        prefixes: [("plain.example:5000/team".to_owned(), true)].into(),
        ..EngineTrust::default()
    };
    let ask = |engines: &[(EngineFamily, &EngineTrust)]| {
        let engines = engines.iter().map(|(family, trust)| (*family, (*trust).clone())).collect();
        let upstreams = Upstreams { engines, ..settings(&corporate, &[]) };
        async {
            let harness = Harness::new(policy(), upstreams).await;
            let docker = pull(&harness, REGISTRY).await.status;
            let mut mirror = harness.mirror().await;
            let mut statuses = vec![docker];
            for path in ["team/app", "other/app"] {
                let path = format!("/v2/plain.example__5000/{path}/blobs/{DIGEST}");
                statuses.push(mirror.ask("GET", "127.0.0.1", &path).await.status);
            }
            let path = format!("/v2/team/app/blobs/{DIGEST}?ns={REGISTRY}");
            statuses.push(mirror.ask("GET", "127.0.0.1", &path).await.status);
            statuses
        }
    };
    assert_eq!(ask(&[(EngineFamily::Docker, &own)]).await, [200, 502, 502, 502]);
    assert_eq!(ask(&[(EngineFamily::Podman, &prefix)]).await, [502, 200, 502, 502]);
    assert_eq!(ask(&[(EngineFamily::Containerd, &own)]).await, [502, 502, 502, 200]);
}

#[tokio::test]
async fn a_flag_that_does_not_come_here_is_said_to_have_no_effect() {
    let origin = Origin::plain(|_| ok("never")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(policy(), settings(&corporate, &[])).await;
    let path = format!("/v2/plain.example__5000/team/app/blobs/{DIGEST}");
    let answer = harness.mirror().await.ask("GET", "127.0.0.1", &path).await;
    assert!(
        answer.reason.ends_with("registries.conf; --tls-verify=false has no effect here"),
        "{}",
        answer.reason
    );
}
