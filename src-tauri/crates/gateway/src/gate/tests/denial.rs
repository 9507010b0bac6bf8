//! A denied image moves nothing, and says so everywhere alike.

use policy::UpstreamResult;
use serde_json::{Value, json};

use super::{
    client::Answer,
    harness::{DIGEST, Harness, later},
    origin::{Origin, ok, raw},
};

const EVIL: &str = "/v2/evil/img";

fn is_denial(answer: &Answer, method: &str) {
    assert_eq!(answer.status, 403, "{}", answer.head);
    let reason = &answer.reason;
    assert!(reason.starts_with("image access denied: "), "{reason}");
    assert!(reason.len() <= 200 && reason.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{reason}");
    assert!(!reason.contains(['"', '\'', '`']), "{reason}");
    assert_eq!(answer.field("content-type"), Some("application/json"));
    if method == "HEAD" {
        assert_eq!(answer.body, b"");
        assert_ne!(answer.field("content-length"), Some("0"), "HEAD states the length of GET");
        return;
    }
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    let error = &body["errors"][0];
    assert!(error["message"].as_str().unwrap().starts_with("image access denied: "), "{error}");
    assert!(error["detail"].is_string() && error["code"] == "DENIED", "{error}");
}

fn verdict(answer: &Answer) -> String {
    answer.reason.rsplit(' ').next().unwrap().to_owned()
}

fn everything_of(repository: &str) -> Vec<String> {
    vec![
        format!("{repository}/manifests/1.0"),
        format!("{repository}/manifests/{DIGEST}"),
        format!("{repository}/blobs/{DIGEST}"),
        format!("{repository}/tags/list"),
        format!("{repository}/referrers/{DIGEST}"),
        format!("{repository}/manifests/{}", DIGEST.replace(':', "%3A")),
        format!("{repository}/blobs/{}?n=1", DIGEST.replace(':', "%3a")),
    ]
}

#[tokio::test]
async fn a_denied_image_moves_nothing_on_any_path_of_its_repository() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    for path in everything_of(EVIL) {
        for method in ["HEAD", "GET"] {
            let answer = client.ask(method, "registry-1.docker.io", &path).await;
            is_denial(&answer, method);
        }
    }
    let mut mirror = harness.mirror().await;
    for path in everything_of("/v2/docker.io/evil/img") {
        for method in ["HEAD", "GET"] {
            is_denial(&mirror.ask(method, "127.0.0.1", &path).await, method);
        }
    }
    for path in everything_of(EVIL) {
        let path = format!("{path}{}ns=docker.io", if path.contains('?') { '&' } else { '?' });
        is_denial(&mirror.ask("GET", "127.0.0.1", &path).await, "GET");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn an_allowed_image_moves_on_every_path_of_its_repository() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    for path in everything_of("/v2/acme/app") {
        let answer = client.ask("GET", "registry-1.docker.io", &path).await;
        let canonical = path.replace("%3A", ":").replace("%3a", ":");
        assert_eq!((answer.status, answer.text()), (200, format!("GET {canonical}").as_str()));
    }
}

#[tokio::test]
async fn no_other_spelling_of_a_denied_image_reaches_the_registry() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for path in [
        "/v2/evil%2Fimg/manifests/1",
        "/v2/%65vil/img/manifests/1",
        "/v2/evil/img/%6danifests/1",
        "/v2/evil/img/%256danifests/1",
        "/v2/evil/img/manifests/%31",
        "/v2//evil/img/manifests/1",
        "/v2/evil/./img/manifests/1",
        "/v2/acme/../evil/img/manifests/1",
        "/v2/acme/%2e%2e/evil/img/manifests/1",
        "//v2/evil/img/manifests/1",
        "/%76%32/evil/img/manifests/1",
        "/token/../v2/evil/img/manifests/1",
        "/v2/evil/img/manifests/1/",
        "/v2/evil/img/manifests//1",
        "/v2/evil/img/Manifests/1",
        "/V2/evil/img/manifests/1",
        "/v2/EVIL/img/manifests/1",
        "/v2/evil/img/manifests/1;x=y",
        "/v2;x=y/evil/img/manifests/1",
        "/v2/evil\\img\\manifests\\1",
        "/v2/evil/img/manifests/1%00",
        "/v2/evil/img/manifests/1%3Fa=b",
        "/v2/evil/img/manifests/1%20",
        "/v2/evil/img/tags/",
        "/v2/evil/img/blobs/sha256:00",
        "/v2/evil/img/blobs/sha256%253Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ] {
        let mut client = harness.inside("registry-1.docker.io").await;
        let answer = client.ask("GET", "registry-1.docker.io", path).await;
        assert_eq!(answer.status, 400, "{path}: {}", answer.head);
        assert!(answer.reason.contains("can be read in more than one way"), "{path}: {}", answer.reason);
        let mut mirror = harness.mirror().await;
        let spelled = path.replacen("/v2/", "/v2/docker.io/", 1);
        let status = mirror.ask("GET", "127.0.0.1", &spelled).await.status;
        assert_eq!(status, 400, "{spelled}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn one_attempt_is_one_verdict_with_a_count() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let path = format!("{EVIL}/manifests/1.0");
    let mut ids = Vec::new();
    for method in ["HEAD", "GET", "HEAD"] {
        let mut client = harness.inside("registry-1.docker.io").await;
        ids.push(verdict(&client.ask(method, "registry-1.docker.io", &path).await));
    }
    later(30);
    let mut client = harness.inside("registry-1.docker.io").await;
    ids.push(verdict(&client.ask("GET", "registry-1.docker.io", &path).await));
    let decisions = harness.decisions();
    let [decided] = decisions.as_slice() else { panic!("{decisions:?}") };
    assert!(ids.iter().all(|id| id == decided.verdict.id.as_str()), "{ids:?} {}", decided.verdict.id);
    assert_eq!((decided.count, decided.uid, &decided.upstream), (2, Some(1000), &None));
    later(31);
    let again = verdict(&client.ask("GET", "registry-1.docker.io", &path).await);
    assert_ne!(again, ids[0], "after a minute it is another one");
}

#[tokio::test]
async fn the_blobs_of_a_denied_repository_are_one_verdict() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    for letter in ["a", "b", "c"] {
        let path = format!("{EVIL}/blobs/sha256:{}", letter.repeat(64));
        client.ask("HEAD", "registry-1.docker.io", &path).await;
        client.ask("GET", "registry-1.docker.io", &path).await;
    }
    assert_eq!(harness.decisions().len(), 1);
}

#[tokio::test]
async fn a_delivered_image_is_recorded_once_with_its_digest() {
    let head = format!("HTTP/1.1 200 OK\r\nDocker-Content-Digest: {DIGEST}\r\nContent-Length: 2\r\n\r\n");
    let origin = Origin::plain(move |seen| {
        let body = if seen.head.starts_with("HEAD") { "" } else { "{}" };
        super::origin::raw(&format!("{head}{body}"))
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    for (method, name) in [("HEAD", "1.0"), ("GET", DIGEST), ("GET", "1.0")] {
        let path = format!("/v2/acme/app/manifests/{name}");
        assert_eq!(client.ask(method, "registry-1.docker.io", &path).await.status, 200);
    }
    let blob = format!("/v2/acme/app/blobs/{DIGEST}");
    client.ask("GET", "registry-1.docker.io", &blob).await;
    let decisions = harness.decisions();
    let [decided] = decisions.as_slice() else { panic!("{decisions:?}") };
    assert_eq!(decided.digest.as_deref(), Some(DIGEST));
    assert_eq!(decided.upstream, Some(UpstreamResult::Delivered { status: 200 }));
}

#[tokio::test]
async fn a_registry_of_no_entry_is_denied_on_every_route() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("evil.example:5000").await;
    is_denial(&client.ask("GET", "evil.example:5000", "/v2/a/b/manifests/1").await, "GET");
    let mut client = harness.proxy().await;
    let answer = client.ask("GET", "evil.example:5000", "http://evil.example:5000/v2/a/b/manifests/1").await;
    is_denial(&answer, "GET");
    let mut mirror = harness.mirror().await;
    for path in ["/v2/unlisted/a/b/manifests/1", "/v2/evil.example:5000/a/b/manifests/1"] {
        is_denial(&mirror.ask("GET", "127.0.0.1", path).await, "GET");
    }
    harness.adopt(json!({ "registries": { "default": "allow" } }));
    let answer = mirror.ask("GET", "127.0.0.1", "/v2/unlisted/a/b/manifests/1").await;
    assert_eq!(answer.status, 403, "no registry is meant, so none can be asked");
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn docker_hubs_own_denial_of_a_head_arrives_with_its_words() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"image access restricted: acme/app blocked for organization acme"}]}"#;
    let origin = Origin::plain(move |seen| {
        let body = if seen.asked().starts_with("HEAD") { "" } else { denied };
        raw(&format!("HTTP/1.1 403 Forbidden\r\nContent-Length: {}\r\n\r\n{body}", denied.len()))
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    let answer = client.ask("HEAD", "registry-1.docker.io", "/v2/acme/app/manifests/1").await;
    assert_eq!(answer.status, 403);
    let start = "not blocked by policy: Docker Hub denied it under its own rules for your organization";
    assert!(answer.reason.starts_with(start), "{}", answer.reason);
    let upstream = harness.decisions().last().unwrap().upstream.clone();
    let message = "image access restricted: acme/app blocked for organization acme".to_owned();
    assert_eq!(upstream, Some(UpstreamResult::HubDenied { message }));
}

#[tokio::test]
async fn another_403_of_what_stands_in_for_docker_hub_is_its_own() {
    let origin = Origin::plain(|_| raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    let answer = client.ask("HEAD", "registry-1.docker.io", "/v2/acme/app/manifests/1").await;
    assert_eq!(answer.status, 403);
    assert!(answer.reason.starts_with("not Pullgate: 127.0.0.1"), "{}", answer.reason);
}
