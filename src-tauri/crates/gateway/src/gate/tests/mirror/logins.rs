//! Challenges are answered by the gateway, for each person by their own login.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    harness::{ADA, BOB, DIGEST, Harness, upstreams},
    origin::{Origin, Step, ok, raw},
};
use super::{get, registry_with_tokens};

const IMAGE: &str = "/v2/ghcr.io/acme/app/manifests/1";

fn basic(user: &str, secret: &str) -> String {
    STANDARD.encode(format!("{user}:{secret}"))
}

#[tokio::test]
async fn a_ping_is_answered_here() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    for path in ["/v2/", "/v2", "/v2/ghcr.io/", "/v2/?ns=ghcr.io"] {
        let answer = get(&mut client, path).await;
        assert_eq!((answer.status, answer.text()), (200, "{}"), "{path}");
        assert_eq!(client.ask("HEAD", "127.0.0.1", path).await.status, 200);
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_token_is_fetched_once_and_used_while_it_lasts() {
    let origin = registry_with_tokens().await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    for path in [IMAGE, "/v2/acme/app/manifests/1?ns=ghcr.io", IMAGE] {
        let answer = get(&mut client, path).await;
        assert_eq!((answer.status, answer.text()), (200, "nobody"));
    }
    let token = "GET /token?service=reg&scope=repository:acme/app:pull";
    let manifest = "GET /v2/acme/app/manifests/1";
    assert_eq!(origin.asked(), [manifest, token, manifest, manifest, manifest]);
    get(&mut client, "/v2/ghcr.io/acme/other/manifests/1").await;
    assert_eq!(origin.asked().len(), 8, "another repository is another scope");
}

#[tokio::test]
async fn each_person_is_known_by_their_own_login_alone() {
    let origin = registry_with_tokens().await;
    let harness = Harness::before(&origin).await;
    harness.has_login(ADA, "ghcr.io", "ada", "ada's secret");
    harness.has_login(ADA, "docker.io", "ada", "another secret");
    let mut ada = harness.mirror().await;
    assert_eq!(get(&mut ada, "/v2/").await.status, 200);
    harness.asks_as(BOB);
    let mut bob = harness.mirror().await;
    assert_eq!(get(&mut bob, "/v2/").await.status, 200);
    harness.asks_as(ADA);
    assert_eq!(get(&mut harness.mirror().await, IMAGE).await.text(), basic("ada", "ada's secret"));
    assert_eq!(get(&mut bob, IMAGE).await.text(), "nobody");
    harness.has_login(BOB, "ghcr.io", "bob", "bob's secret");
    assert_eq!(get(&mut bob, IMAGE).await.text(), basic("bob", "bob's secret"), "a new login counts at once");
    assert_eq!(get(&mut ada, IMAGE).await.text(), basic("ada", "ada's secret"));
}

#[tokio::test]
async fn a_login_that_came_with_the_request_is_used_and_no_other() {
    let origin = registry_with_tokens().await;
    let harness = Harness::before(&origin).await;
    harness.has_login(ADA, "ghcr.io", "ada", "stored");
    let sent = basic("pull-secret", "from: the cluster");
    let mut client = harness.mirror().await;
    let fields = format!("Authorization: Basic {sent}\r\nX-Pullgate-Engine: containerd\r\n");
    let answer = client.ask_with("GET", "127.0.0.1", IMAGE, &fields).await;
    assert_eq!(answer.text(), sent);
    assert!(origin.seen().iter().all(|seen| seen.field("x-pullgate-engine").is_none()));
    assert_eq!(origin.seen()[0].field("authorization"), None, "a password is for the token service");
    let answer = client.ask_with("GET", "127.0.0.1", IMAGE, "Authorization: Bearer forged\r\n").await;
    assert_eq!(answer.text(), basic("ada", "stored"));
}

#[tokio::test]
async fn a_registry_with_passwords_gets_the_password() {
    let expected = format!("Basic {}", basic("ada", "secret"));
    let origin = Origin::plain(move |seen| {
        if seen.field("authorization") == Some(&expected) {
            return ok("content");
        }
        raw("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let refused = get(&mut client, IMAGE).await;
    let challenge = "Basic realm=\"registry login\"";
    assert_eq!((refused.status, refused.field("www-authenticate")), (401, Some(challenge)));
    harness.has_login(ADA, "ghcr.io", "ada", "secret");
    assert_eq!(get(&mut client, IMAGE).await.status, 200);
    harness.has_login(ADA, "ghcr.io", "ada", "wrong");
    let rejected = get(&mut client, IMAGE).await;
    assert_eq!(rejected.status, 401);
    assert!(refused.text().contains("no login came with the request"), "{}", refused.text());
    assert!(rejected.text().contains("does not accept the login that it was shown"), "{}", rejected.text());
}

#[tokio::test]
async fn an_identity_token_is_exchanged_and_never_sent_as_a_password() {
    let origin = Origin::plain(|seen| match seen.field("authorization") {
        _ if seen.asked() == "POST /token" => ok("{\"access_token\":\"fresh\"}"),
        Some("Bearer fresh") => ok("content"),
        _ => raw(&format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{}/token\",service=\"reg\"\r\nContent-Length: 0\r\n\r\n",
            seen.url
        )),
    })
    .await;
    let harness = Harness::before(&origin).await;
    harness.has_login(ADA, "ghcr.io", "<token>", "re+fresh&me");
    assert_eq!(get(&mut harness.mirror().await, IMAGE).await.text(), "content");
    let asked = &origin.seen()[1];
    assert_eq!(
        String::from_utf8_lossy(&asked.body),
        "grant_type=refresh_token&client_id=pullgate&service=reg&scope=repository:acme/app:pull&refresh_token=re%2Bfresh%26me"
    );
    assert_eq!(asked.field("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(asked.field("authorization"), None);
}

#[tokio::test]
async fn a_push_by_the_mirror_front_is_judged_and_gets_a_token_to_push() {
    let origin = registry_with_tokens().await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let answer = client.ask_with("PUT", "127.0.0.1", IMAGE, "Content-Length: 0\r\n").await;
    assert_eq!(answer.status, 200);
    assert_eq!(origin.last().field("authorization"), Some("Bearer nobody:repository:acme/app:pull,push"));
    harness.adopt(json!({ "push": { "default": "block" } }));
    assert_eq!(client.ask("PUT", "127.0.0.1", IMAGE).await.status, 403);
}

#[tokio::test]
async fn a_push_to_a_registry_with_passwords_carries_the_password_with_its_body() {
    let expected = format!("Basic {}", basic("ada", "secret"));
    let origin = Origin::plain(move |seen| {
        if seen.field("authorization") == Some(&expected) {
            return raw("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
        }
        raw("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
    })
    .await;
    let harness = Harness::before(&origin).await;
    harness.has_login(ADA, "ghcr.io", "ada", "secret");
    let mut client = harness.mirror().await;
    let uploads = "/v2/ghcr.io/acme/app/blobs/uploads/";
    assert_eq!(client.ask("POST", "127.0.0.1", uploads).await.status, 202);
    let fields = "Host: 127.0.0.1\r\nContent-Length: 4\r\n";
    client.send(format!("PATCH {uploads}1 HTTP/1.1\r\n{fields}\r\nbody")).await;
    assert_eq!(client.answer("PATCH").await.status, 202);
    harness.asks_as(BOB);
    assert_eq!(
        harness.mirror().await.ask("POST", "127.0.0.1", uploads).await.status,
        401,
        "it is hers alone"
    );
}

#[tokio::test]
async fn a_hostile_registry_cannot_make_the_gateway_ask_this_machine_or_in_the_clear() {
    let inside = Origin::plain(|_| ok("{\"token\":\"t\"}")).await;
    let authority = Authority::new("the registries' authority");
    for realm in [
        inside.url(),
        format!("https://{}", inside.address),
        format!("https://localhost:{}", inside.address.port()),
        format!("https://[::ffff:127.0.0.1]:{}", inside.address.port()),
        "https://169.254.169.254/latest".to_owned(),
        "https://0.0.0.0/token".to_owned(),
        "http://ghcr.io/token".to_owned(),
        "http://auth.example/token".to_owned(),
        "ftp://ghcr.io/token".to_owned(),
    ] {
        let challenge = format!("Bearer realm=\"{realm}\"");
        let origin = Origin::tls(authority.server(&["ghcr.io"]), move |_| {
            let head = format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n");
            raw(&format!("{head}Content-Length: 0\r\n\r\n"))
        })
        .await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(json!({}), corporate.upstreams(&authority, &["ghcr.io"])).await;
        harness.has_login(ADA, "ghcr.io", "ada", "secret");
        let answer = get(&mut harness.mirror().await, IMAGE).await;
        assert_eq!(answer.status, 502, "{realm}: {}", answer.head);
        assert!(answer.reason.contains("token address that is not safe"), "{realm}: {}", answer.reason);
        assert_eq!(corporate.heads().len(), 1, "{realm}: {:?}", corporate.heads());
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn paths_that_name_no_registry_are_refused_with_words() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::new(json!({}), upstreams(&[("docker.io", &origin)])).await;
    for path in [
        "/v2/nginx/manifests/1".to_owned(),
        "/v2/_catalog".to_owned(),
        "/token".to_owned(),
        "/v2/acme/app/manifests/1?ns=docker.io&ns=docker.io".to_owned(),
        "/v2/acme/app/manifests/1?ns=".to_owned(),
        "/v2/acme/app/manifests/1?ns=a%2Fb".to_owned(),
        format!("/v2/UPPER.example/acme/app/blobs/{DIGEST}"),
        "/v2/a_b/c/manifests/1".to_owned(),
    ] {
        let answer = get(&mut harness.mirror().await, &path).await;
        assert_eq!((answer.status, answer.field("connection")), (400, Some("close")), "{path}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn a_stale_answer_of_the_token_service_ends_with_words() {
    let origin = Origin::plain(move |seen| {
        if seen.asked().starts_with("GET /token") {
            return [ok("<html>"), vec![Step::Close]].concat();
        }
        let realm = format!("Bearer realm=\"{}/token\"", seen.url);
        raw(&format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n"))
    })
    .await;
    let harness = Harness::before(&origin).await;
    let answer = get(&mut harness.mirror().await, IMAGE).await;
    assert_eq!(answer.status, 502);
    assert!(answer.reason.contains("something else than a token"), "{}", answer.reason);
}

#[tokio::test]
async fn a_registry_leads_into_no_private_network_that_it_is_not_in() {
    let authority = Authority::new("the registries' authority");
    for realm in ["https://10.0.0.5/token", "https://192.168.1.1/token", "https://[fc00::1]/token"] {
        let challenge = format!("Bearer realm=\"{realm}\"");
        let origin = Origin::tls(authority.server(&["ghcr.io"]), move |_| {
            let head = format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n");
            raw(&format!("{head}Content-Length: 0\r\n\r\n"))
        })
        .await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(json!({}), corporate.upstreams(&authority, &["ghcr.io"])).await;
        let answer = get(&mut harness.mirror().await, IMAGE).await;
        assert_eq!(answer.status, 502, "{realm}: {}", answer.head);
        assert!(answer.text().contains("private network"), "{realm}: {}", answer.text());
        assert_eq!(corporate.heads().len(), 1, "{realm}: {:?}", corporate.heads());
    }
}
