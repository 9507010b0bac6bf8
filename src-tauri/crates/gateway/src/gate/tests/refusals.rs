//! What registries and caches refuse by their own rules is told as theirs, alike for HEAD and GET and on both fronts.

use policy::{Failures, UpstreamResult};

use super::{
    client::Answer,
    harness::{DIGEST, Harness, later},
    origin::{Origin, Step, ok, raw},
};

const HARBOR: &str = r#"{"errors":[{"code":"PROJECTPOLICYVIOLATION","message":"current image with 4 vulnerabilities cannot be pulled due to configured policy in 'Prevent images with vulnerability severity of \"Critical\" or higher from running.'"}]}"#;
const MIRRORED: &str = "/v2/ghcr.io/acme/app/manifests/1";

fn refusal(status: u16, fields: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} No\r\n{fields}Content-Length: {}\r\n\r\n{body}", body.len())
}

/// A cache that refuses in these words; to HEAD it says the same without a body.
async fn refusing(status: u16, fields: &'static str, body: &'static str) -> Origin {
    Origin::plain(move |seen| {
        let is_head = seen.head.starts_with("HEAD");
        let whole = refusal(status, fields, body);
        raw(if is_head { whole.strip_suffix(body).unwrap() } else { &whole })
    })
    .await
}

async fn on_mirror(harness: &Harness, method: &str) -> Answer {
    harness.mirror().await.ask(method, "127.0.0.1", MIRRORED).await
}

async fn on_proxy(harness: &Harness, method: &str) -> Answer {
    let mut client = harness.inside("ghcr.io").await;
    client.ask(method, "ghcr.io", "/v2/acme/app/manifests/1").await
}

#[tokio::test]
async fn head_and_get_have_the_same_words_on_both_fronts_and_name_the_cache() {
    let origin = refusing(412, "Content-Type: application/json\r\n", HARBOR).await;
    let harness = Harness::before(&origin).await;
    let mut reasons = Vec::new();
    for method in ["HEAD", "GET"] {
        for answer in [on_mirror(&harness, method).await, on_proxy(&harness, method).await] {
            assert_eq!(answer.status, 412);
            let text = if method == "GET" { answer.text() } else { &answer.reason };
            assert!(text.contains("not Pullgate: 127.0.0.1"), "{text}");
            assert!(
                text.contains("(Harbor) refused it with 412: current image with 4 vulnerabilities"),
                "{text}"
            );
            reasons.push(answer.reason);
        }
    }
    reasons.dedup();
    assert_eq!(reasons.len(), 1, "{reasons:#?}");
    for decided in harness.decisions() {
        let Some(UpstreamResult::DeniedElsewhere { product, status, message, .. }) = decided.upstream else {
            panic!("{decided:?}")
        };
        assert_eq!((product.as_deref(), status), (Some("Harbor"), 412));
        assert!(message.starts_with("current image with 4"), "{message}");
    }
}

#[tokio::test]
async fn a_refusal_without_words_and_a_page_are_somebody_elses_too() {
    for (body, words) in [
        ("", "refused it with 403. Check your login there"),
        ("<html><title>Blocked by Example Proxy</title>", "refused it with 403: Blocked by Example Proxy"),
    ] {
        let origin = refusing(403, "Content-Type: text/html\r\n", body).await;
        let harness = Harness::before(&origin).await;
        let answer = on_mirror(&harness, "HEAD").await;
        assert!(answer.reason.contains(words), "{}", answer.reason);
    }
}

#[tokio::test]
async fn what_is_not_there_and_what_is_in_trouble_stays_as_it_is() {
    for status in [404, 429, 503] {
        let origin = refusing(status, "Content-Type: application/json\r\n", HARBOR).await;
        let harness = Harness::before(&origin).await;
        assert_eq!(on_proxy(&harness, "GET").await.text(), HARBOR, "{status}");
    }
}

/// Whoever reads 404 looks for the tag that stands in for referrers (distribution specification, referrers tag schema).
#[tokio::test]
async fn a_registry_without_referrers_is_seen_to_have_none() {
    let path = format!("acme/app/referrers/{DIGEST}");
    for (fields, body) in [
        ("Content-Type: text/plain; charset=utf-8\r\n", "404 page not found"),
        ("Content-Type: text/html\r\n", "<html>404 page not found"),
        ("Content-Type: application/json\r\n", r#"{"errors":[]}"#),
    ] {
        let origin = refusing(404, fields, body).await;
        let harness = Harness::before(&origin).await;
        let answer = harness.inside("ghcr.io").await.ask("GET", "ghcr.io", &format!("/v2/{path}")).await;
        assert_eq!((answer.status, answer.text()), (404, body));
        let answer = harness.mirror().await.ask("GET", "127.0.0.1", &format!("/v2/ghcr.io/{path}")).await;
        assert_eq!((answer.status, answer.text()), (404, body));
    }
}

#[tokio::test]
async fn attempts_that_failed_are_reported_beside_one_that_arrived() {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };
    let is_up = Arc::new(AtomicBool::new(false));
    let seen_up = Arc::clone(&is_up);
    let origin = Origin::plain(move |_| -> Vec<Step> {
        if seen_up.load(Ordering::SeqCst) { ok("{}") } else { raw(&refusal(503, "", "")) }
    })
    .await;
    let harness = Harness::before(&origin).await;
    for _ in 0..6 {
        on_mirror(&harness, "GET").await;
    }
    is_up.store(true, Ordering::SeqCst);
    later(3);
    on_mirror(&harness, "GET").await;
    let decisions = harness.decisions();
    let [decided] = decisions.as_slice() else { panic!("{decisions:?}") };
    assert_eq!((decided.count, &decided.upstream), (7, &Some(UpstreamResult::Delivered { status: 200 })));
    let last = UpstreamResult::Refused { status: 503, message: "No".to_owned() };
    assert_eq!(decided.failures, Some(Failures { count: 6, last }));
}
