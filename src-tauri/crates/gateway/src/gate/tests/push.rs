//! Pushes: relayed where allowed, refused before the body where not; content of a denied image is not carried over.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    harness::{DIGEST, Harness},
    origin::{Origin, Seen, Step, ok, raw},
};

const UPLOADS: &str = "/v2/acme/app/blobs/uploads/";

fn registry(seen: &Seen) -> Vec<Step> {
    match seen.asked().split(' ').next().unwrap() {
        "POST" | "PATCH" => raw(
            "HTTP/1.1 202 Accepted\r\nLocation: /v2/acme/app/blobs/uploads/one?_state=a%3D\r\nContent-Length: 0\r\n\r\n",
        ),
        "PUT" => raw("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"),
        _ => ok("content"),
    }
}

async fn world(policy: Value) -> (Harness, Origin) {
    let origin = Origin::plain(registry).await;
    let harness = Harness::before(&origin).await;
    harness.adopt(policy);
    (harness, origin)
}

#[tokio::test]
async fn an_allowed_push_arrives_as_it_was_sent() {
    let (harness, origin) = world(json!({})).await;
    let mut client = harness.inside("ghcr.io").await;
    let begun = client.ask_with("POST", "ghcr.io", UPLOADS, "Content-Length: 0\r\n").await;
    assert_eq!(begun.status, 202);
    let place = begun.field("location").unwrap().to_owned();
    assert_eq!(origin.last().field("content-length"), Some("0"));
    let chunks = "3;x=1\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n";
    client
        .send(format!(
            "PATCH {place} HTTP/1.1\r\nHost: ghcr.io\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"
        ))
        .await;
    assert_eq!(client.answer("PATCH").await.status, 202);
    let arrived = String::from_utf8(origin.last().body).unwrap();
    assert_eq!(arrived, "d\r\nabc0123456789\r\n0\r\n\r\n", "framed anew");
    assert_eq!(origin.last().asked(), format!("PATCH {place}"));
    let done =
        client.ask_with("PUT", "ghcr.io", &format!("{place}&digest={DIGEST}"), "Content-Length: 0\r\n").await;
    assert_eq!(done.status, 201);
    client
        .send("PUT /v2/acme/app/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\nContent-Length: 2\r\n\r\n{}")
        .await;
    assert_eq!(client.answer("PUT").await.status, 201);
    assert_eq!((origin.last().body.as_slice(), origin.last().field("transfer-encoding")), (&b"{}"[..], None));
    let decisions = harness.decisions();
    assert_eq!(decisions.len(), 1, "the manifest names the image: {decisions:?}");
}

#[tokio::test]
async fn a_denied_push_is_refused_before_its_body() {
    let (harness, origin) = world(json!({ "push": { "default": "block" } })).await;
    for (method, path) in [
        ("POST", UPLOADS),
        ("PATCH", "/v2/acme/app/blobs/uploads/one"),
        ("PUT", "/v2/acme/app/blobs/uploads/one?digest=x"),
        ("PUT", "/v2/acme/app/manifests/1"),
        ("DELETE", "/v2/acme/app/manifests/1"),
    ] {
        let mut client = harness.inside("ghcr.io").await;
        // A DELETE has no body.
        let (length, close) =
            if method == "DELETE" { ("", None) } else { ("Content-Length: 1000000\r\n", Some("close")) };
        let answer = client.ask_with(method, "ghcr.io", path, length).await;
        assert_eq!((answer.status, answer.field("connection")), (403, close), "{method} {path}");
        assert!(answer.reason.starts_with("image access denied: "), "{}", answer.reason);
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn bad_chunks_of_a_push_are_not_passed_on() {
    for body in [
        "3\r\nabcX",
        "zz\r\nabc\r\n0\r\n\r\n",
        "3\nabc\r\n0\r\n\r\n",
        "-3\r\nabc\r\n0\r\n\r\n",
        "0x3\r\nabc\r\n0\r\n\r\n",
        "ffffffffffffffffff\r\nabc",
        "3\r\nabc\r\n0\r\nA: b\n\r\n\r\n",
        "\r\n3\r\nabc\r\n0\r\n\r\n",
    ] {
        let (harness, origin) = world(json!({})).await;
        let mut client = harness.inside("ghcr.io").await;
        let head = "PATCH /v2/acme/app/blobs/uploads/one HTTP/1.1\r\nHost: ghcr.io\r\nTransfer-Encoding: chunked\r\n\r\n";
        client.send(format!("{head}{body}")).await;
        let answer = client.answer("PATCH").await;
        assert_eq!(answer.field("connection"), Some("close"), "{body:?} {}", answer.head);
        assert!(answer.reason.contains("chunked body is malformed"), "{}", answer.reason);
        assert!(client.is_over().await);
        assert_eq!(origin.seen().len(), 0, "{body:?}");
    }
}

#[tokio::test]
async fn nothing_but_content_of_a_chunked_push_is_passed_on() {
    let (harness, origin) = world(json!({})).await;
    let head = "PATCH /v2/acme/app/blobs/uploads/one HTTP/1.1\r\nHost: ghcr.io\r\nTransfer-Encoding: chunked\r\n\r\n";
    for body in [
        "3;a=\rGET /v2/evil/x/manifests/1 HTTP/1.1\r\nabc\r\n0\r\n\r\n".replace("=\r", "="),
        "0003 \t;\"x;y\"\r\nabc\r\n000\r\n\r\n".to_owned(),
        "1\r\na\r\n2\r\nbc\r\n0;last\r\nAuthorization: Basic x\r\nTransfer-Encoding: gzip\r\n\r\n".to_owned(),
    ] {
        let mut client = harness.inside("ghcr.io").await;
        client.send(format!("{head}{body}")).await;
        assert_eq!(client.answer("PATCH").await.status, 202, "{body:?}");
        let arrived = String::from_utf8(origin.last().body).unwrap();
        assert_eq!(arrived, "3\r\nabc\r\n0\r\n\r\n", "{body:?}");
        let next = client.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
        assert_eq!(next.status, 200, "the connection goes on behind it");
    }
}

#[tokio::test]
async fn a_mount_of_an_allowed_image_is_kept_and_of_any_other_becomes_an_upload() {
    let (harness, origin) = world(json!({ "push": { "default": "allow" } })).await;
    let kept = [
        format!("?mount={DIGEST}&from=acme/base"),
        format!("?from=acme%2Fbase&mount={}", DIGEST.replace(':', "%3A")),
        format!("?a=b&mount={DIGEST}&from=acme/base"),
    ];
    let plain = [
        format!("?mount={DIGEST}&from=evil/img"),
        format!("?mount={DIGEST}&from=evil%2fimg"),
        format!("?mount={DIGEST}"),
        format!("?mount={DIGEST}&from="),
        format!("?mount={DIGEST}&from=acme/base&from=evil/img"),
        format!("?from=evil/img&mount={DIGEST}&from=acme/base"),
        format!("?mount={DIGEST}&mount={DIGEST}&from=acme/base"),
        format!("?moun%74={DIGEST}&from=evil/img"),
        format!("?mount={DIGEST}&from=acme/base&fro%6D=evil/img"),
        format!("?mount={DIGEST}&%66rom=evil/img"),
        format!("?Mount={DIGEST}&From=evil/img"),
        format!("?a=b;mount={DIGEST};from=evil/img"),
        format!("?mount={DIGEST}&from=%65vil/img"),
        "?mount=sha256:00&from=acme/base".to_owned(),
    ];
    let mut client = harness.inside("ghcr.io").await;
    for query in kept {
        client.ask("POST", "ghcr.io", &format!("{UPLOADS}{query}")).await;
        assert_eq!(origin.last().asked(), format!("POST {UPLOADS}{query}"));
    }
    for query in plain {
        client.ask("POST", "ghcr.io", &format!("{UPLOADS}{query}")).await;
        let asked = origin.last().asked().to_ascii_lowercase();
        assert!(
            !asked.contains("mount") && !asked.contains("from") && !asked.contains('%'),
            "{query}: {asked}"
        );
    }
    for session in [";", ";x=y", "%3B"] {
        client.ask("POST", "ghcr.io", &format!("{UPLOADS}{session}?mount={DIGEST}&from=evil/img")).await;
        assert_eq!(origin.last().asked(), format!("POST {UPLOADS}{session}"));
    }
    client.ask("POST", "ghcr.io", &format!("{UPLOADS}?a=b&mount={DIGEST}&from=evil/img&digest=x")).await;
    assert_eq!(origin.last().asked(), format!("POST {UPLOADS}?a=b&digest=x"), "the rest stays");
}

#[tokio::test]
async fn an_upload_does_not_begin_with_a_form() {
    let (harness, origin) = world(json!({})).await;
    let form = format!("mount={DIGEST}&from=evil/img");
    for kind in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded; a=b",
        "multipart/form-data; boundary=x",
    ] {
        let mut client = harness.inside("ghcr.io").await;
        client
            .send(format!(
                "POST {UPLOADS} HTTP/1.1\r\nHost: ghcr.io\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{form}",
                form.len()
            ))
            .await;
        assert_eq!(client.answer("POST").await.status, 400, "{kind}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_method_that_the_api_does_not_have_is_refused() {
    let (harness, origin) = world(json!({})).await;
    for method in ["OPTIONS", "TRACE", "PROPFIND", "X"] {
        for path in [UPLOADS, "/v2/evil/app/manifests/1", "/v2/acme/app/manifests/1"] {
            let mut client = harness.inside("ghcr.io").await;
            let answer = client.ask(method, "ghcr.io", path).await;
            assert_eq!(answer.status, 400, "{method} {path}");
            assert!(answer.reason.contains("has no method"), "{}", answer.reason);
        }
    }
    assert_eq!(origin.connections(), 0);
}

/// A registry's token for these actions.
fn bearer(name: &str, actions: &[&str]) -> String {
    let claims = json!({ "access": [{ "type": "repository", "name": name, "actions": actions }] });
    format!("Authorization: Bearer e30.{}.c2ln\r\n", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

#[tokio::test]
async fn a_push_may_look_for_what_is_there_and_finds_nothing_where_pulls_are_denied() {
    let (harness, origin) =
        world(json!({ "hub": { "organizations": ["acme"], "classes": { "community": "block" } } })).await;
    let manifest = "/v2/evil/img/manifests/1";
    let mut client = harness.inside("registry-1.docker.io").await;
    for (fields, status) in [
        (bearer("evil/img", &["pull", "push"]), 404),
        (bearer("evil/img", &["pull"]), 403),
        (bearer("acme/app", &["pull", "push"]), 403),
        ("Authorization: Bearer opaque\r\n".to_owned(), 403),
    ] {
        for method in ["HEAD", "GET"] {
            let answer = client.ask_with(method, "registry-1.docker.io", manifest, &fields).await;
            assert_eq!(answer.status, status, "{fields}");
            assert!(!answer.text().contains("content"), "{}", answer.text());
        }
    }
    assert_eq!(origin.connections(), 0);
    let recorded: Vec<_> = harness.decisions().into_iter().map(|one| one.verdict.finding).collect();
    let looks = recorded.iter().filter(|finding| finding.action == policy::Action::Push).count();
    assert_eq!(
        (looks, recorded.len()),
        (1, 2),
        "what only says that it pushes is in the record: {recorded:?}"
    );
    let pushed = client.ask_with("PUT", "registry-1.docker.io", manifest, "Content-Length: 0\r\n").await;
    assert_eq!(pushed.status, 201);
}
