//! A digest is judged by the tag it was delivered under, and by nothing else.

use image_ref::Digest;
use serde_json::{Value, json};

use super::{
    client::Client,
    harness::Harness,
    origin::{Origin, Seen, Step, ok, raw},
};

const HOST: &str = "registry-1.docker.io";

/// A digest that is all one letter.
fn digest(letter: char) -> String {
    Digest::parse(&format!("sha256:{}", letter.to_string().repeat(64))).unwrap().to_string()
}

/// `1.0` is an index `a` of an image `b` with config `c` and layer `d`; `dev` is an image `e` with layer `f`.
fn registry(seen: &Seen) -> Vec<Step> {
    let described = |letter| json!({ "digest": digest(letter), "size": 1 });
    let name = seen.asked().rsplit('/').next().unwrap();
    let manifests = [
        ("1.0".to_owned(), 'a'),
        ("dev".to_owned(), 'e'),
        (digest('a'), 'a'),
        (digest('b'), 'b'),
        (digest('e'), 'e'),
    ];
    let found = manifests.into_iter().find(|(known, _)| known == name).map(|(_, letter)| letter);
    let body = match found {
        _ if !seen.asked().contains("/manifests/") => return ok("content"),
        Some('a') => json!({ "manifests": [described('b')] }),
        Some('b') => json!({ "config": described('c'), "layers": [described('d')] }),
        Some(_) => json!({ "layers": [described('f')] }),
        None => json!({ "layers": [] }),
    };
    let length = body.to_string().len();
    let body = if seen.head.starts_with("HEAD") { String::new() } else { body.to_string() };
    let digest = found.map(|letter| format!("Docker-Content-Digest: {}\r\n", digest(letter)));
    raw(&format!("HTTP/1.1 200 OK\r\n{}Content-Length: {length}\r\n\r\n{body}", digest.unwrap_or_default()))
}

/// Of two community repositories the versions are allowed, and nothing else.
fn versions_alone() -> Value {
    json!({ "allow": [{ "match": "docker.io/acmeware/*", "tags": ["1.*"] }], "digestOnly": "block" })
}

async fn status(client: &mut Client, method: &str, repository: &str, object: &str) -> u16 {
    client.ask(method, HOST, &format!("/v2/{repository}/{object}")).await.status
}

async fn world(policy: Value) -> (Harness, Client, Origin) {
    let origin = Origin::plain(registry).await;
    let harness = Harness::before(&origin).await;
    harness.adopt(policy);
    let client = harness.inside(HOST).await;
    (harness, client, origin)
}

#[tokio::test]
async fn a_whole_pull_by_an_allowed_tag_passes() {
    let (_stage, mut client, _origin) = world(versions_alone()).await;
    for (method, object) in [
        ("HEAD", "manifests/1.0".to_owned()),
        ("GET", format!("manifests/{}", digest('a'))),
        ("GET", format!("manifests/{}", digest('b'))),
        ("GET", format!("blobs/{}", digest('c'))),
        ("GET", format!("blobs/{}", digest('d'))),
    ] {
        assert_eq!(status(&mut client, method, "acmeware/tool", &object).await, 200, "{object}");
    }
}

#[tokio::test]
async fn a_pull_by_tag_goes_on_after_a_restart() {
    let (harness, mut client, origin) = world(versions_alone()).await;
    assert_eq!(harness.gate.provenance(), None, "nothing was pulled");
    assert_eq!(status(&mut client, "HEAD", "acmeware/tool", "manifests/1.0").await, 200);
    let image = format!("manifests/{}", digest('a'));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &image).await, 200);
    harness.gate.provenance_learned().await;
    let record = harness.gate.provenance().unwrap();
    drop((harness, client));

    let restarted = Harness::before(&origin).await;
    restarted.adopt(versions_alone());
    let mut client = restarted.inside(HOST).await;
    let platform = format!("manifests/{}", digest('b'));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &platform).await, 403, "nothing is known");
    restarted.gate.recall_provenance(&record).unwrap();
    for object in [image, platform, format!("blobs/{}", digest('c')), format!("blobs/{}", digest('d'))] {
        assert_eq!(status(&mut client, "GET", "acmeware/tool", &object).await, 200, "{object}");
    }
    // What was not pulled then is as strange as ever.
    for (repository, object) in [
        ("acmeware/tool", format!("manifests/{}", digest('e'))),
        ("acmeware/other", format!("blobs/{}", digest('d'))),
    ] {
        assert_eq!(status(&mut client, "GET", repository, &object).await, 403, "{repository}/{object}");
    }
    // A record opens nothing that the policy of the moment does not.
    restarted.adopt(json!({ "allow": [{ "match": "docker.io/acmeware/*", "tags": ["2.*"] }] }));
    let layer = format!("blobs/{}", digest('d'));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &layer).await, 403);
}

#[tokio::test]
async fn content_of_another_tag_or_repository_does_not_pass() {
    let (_stage, mut client, origin) = world(versions_alone()).await;
    for object in ["manifests/dev".to_owned(), format!("manifests/{}", digest('a'))] {
        assert_eq!(status(&mut client, "GET", "acmeware/tool", &object).await, 403, "{object}");
    }
    assert_eq!(origin.connections(), 0);
    assert_eq!(status(&mut client, "GET", "acmeware/tool", "manifests/1.0").await, 200);
    for (repository, object) in [
        ("acmeware/tool", "manifests/dev".to_owned()),
        ("acmeware/tool", format!("manifests/{}", digest('e'))),
        ("acmeware/tool", format!("blobs/{}", digest('f'))),
        ("acmeware/other", format!("manifests/{}", digest('a'))),
        ("acmeware/other", format!("blobs/{}", digest('d'))),
        ("evil/tool", format!("manifests/{}", digest('a'))),
    ] {
        assert_eq!(status(&mut client, "GET", repository, &object).await, 403, "{repository}/{object}");
    }
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &format!("manifests/{}", digest('a'))).await, 200);
}

#[tokio::test]
async fn provenance_is_judged_by_the_policy_in_force() {
    let (harness, mut client, _origin) = world(versions_alone()).await;
    let image = format!("manifests/{}", digest('a'));
    assert_eq!(status(&mut client, "HEAD", "acmeware/tool", "manifests/1.0").await, 200);
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &image).await, 200);
    harness.adopt(json!({ "allow": [{ "match": "docker.io/acmeware/*", "tags": ["2.*"] }] }));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &image).await, 403);
}

#[tokio::test]
async fn signatures_follow_their_subject() {
    let (_stage, mut client, _origin) = world(versions_alone()).await;
    let signature = format!("manifests/{}.sig", digest('a').replace(':', "-"));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &signature).await, 403);
    assert_eq!(status(&mut client, "GET", "acmeware/tool", "manifests/1.0").await, 200);
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &signature).await, 200);
    let referrers = format!("referrers/{}", digest('a'));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &referrers).await, 200);
    let other = format!("manifests/{}.sig", digest('e').replace(':', "-"));
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &other).await, 403);
}

#[tokio::test]
async fn a_pinned_digest_brings_its_children_and_no_other_digest() {
    let pinned = json!({ "pins": [{ "match": "docker.io/acme/*", "digests": [digest('a')] }] });
    let (_stage, mut client, _origin) = world(pinned).await;
    let by = |kind: &str, letter| format!("{kind}/{}", digest(letter));
    for object in ["manifests/1.0".to_owned(), by("manifests", 'e'), by("manifests", 'b'), by("blobs", 'd')] {
        assert_eq!(status(&mut client, "GET", "acme/app", &object).await, 403, "{object}");
    }
    for object in [by("manifests", 'a'), by("manifests", 'b'), by("blobs", 'c'), by("blobs", 'd')] {
        assert_eq!(status(&mut client, "GET", "acme/app", &object).await, 200, "{object}");
    }
    assert_eq!(status(&mut client, "GET", "acme/app", &by("manifests", 'e')).await, 403);
    assert_eq!(status(&mut client, "GET", "acme/app", &by("blobs", 'f')).await, 403);
}

#[tokio::test]
async fn a_manifest_that_breaks_off_teaches_nothing() {
    let origin = Origin::plain(|_| {
        let body = json!({ "layers": [{ "digest": digest('d') }] }).to_string();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len() + 9);
        [raw(&head), vec![Step::Close]].concat()
    })
    .await;
    let harness = Harness::before(&origin).await;
    harness.adopt(versions_alone());
    let mut client = harness.inside(HOST).await;
    assert!(!client.ask("GET", HOST, "/v2/acmeware/tool/manifests/1.0").await.whole);
    let mut client = harness.inside(HOST).await;
    assert_eq!(status(&mut client, "GET", "acmeware/tool", &format!("blobs/{}", digest('d'))).await, 403);
}

#[tokio::test]
async fn a_refused_or_missing_manifest_teaches_nothing() {
    let origin = Origin::plain(|_| {
        let body = json!({ "layers": [{ "digest": digest('d') }] }).to_string();
        let named = format!("Docker-Content-Digest: {}", digest('a'));
        raw(&format!("HTTP/1.1 404 Not Found\r\n{named}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
    })
    .await;
    let harness = Harness::before(&origin).await;
    harness.adopt(versions_alone());
    let mut client = harness.inside(HOST).await;
    assert_eq!(status(&mut client, "GET", "acmeware/tool", "manifests/1.0").await, 404);
    for object in [format!("blobs/{}", digest('d')), format!("manifests/{}", digest('a'))] {
        assert_eq!(status(&mut client, "GET", "acmeware/tool", &object).await, 403);
    }
}
