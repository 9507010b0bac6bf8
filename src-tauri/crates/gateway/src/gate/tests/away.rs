//! A registry, or its token service, that gives no answer: what is blocked is told all the same, what is allowed is told
//! the cause, and no login is said to be good.

use std::{net::SocketAddr, time::Duration};

use policy::UpstreamResult;
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen, socket};
use serde_json::{Value, json};

use super::{
    client::{Answer, Client},
    harness::Harness,
    origin::{Origin, ok, raw},
};
use crate::{StandIn, Upstreams};

const CHALLENGE: &str = "Bearer realm=\"https://ghcr.io/.pullgate/token\",service=\"pullgate\"";
const PULL: &str = "/.pullgate/token?scope=repository%3Aacme%2Fapp%3Apull&service=pullgate";

fn at(url: &str) -> Upstreams {
    let stand_in = StandIn { url: url.to_owned(), ca: None };
    Upstreams { stand_ins: [("ghcr.io".to_owned(), stand_in)].into(), ..Upstreams::default() }
}

/// An address that answers nothing: the one place in its queue is taken.
fn silent() -> (SocketAddr, impl Sized) {
    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&listener, &SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
    listen(&listener, 0).unwrap();
    let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
    (address, (listener, std::net::TcpStream::connect(address).unwrap()))
}

/// What Docker's classic store does before it names an image; gives the token.
async fn log_in(client: &mut Client) -> String {
    let ping = client.ask("GET", "ghcr.io", "/v2/").await;
    assert_eq!((ping.status, ping.field("www-authenticate")), (401, Some(CHALLENGE)));
    let token = client.ask("GET", "ghcr.io", PULL).await;
    assert_eq!(token.status, 200);
    let token: Value = serde_json::from_str(token.text()).unwrap();
    token["token"].as_str().unwrap().to_owned()
}

async fn manifest(client: &mut Client, image: &str, token: &str) -> Answer {
    let fields = format!("Authorization: Bearer {token}\r\n");
    client.ask_with("GET", "ghcr.io", &format!("/v2/{image}/manifests/1"), &fields).await
}

#[tokio::test]
async fn a_blocked_image_is_reported_at_once_while_its_registry_is_away() {
    let (address, _held) = silent();
    for url in ["http://127.0.0.1:9".to_owned(), format!("http://{address}")] {
        let harness = Harness::new(json!({}), at(&url)).await;
        let begun = std::time::Instant::now();
        let mut client = harness.inside("ghcr.io").await;
        let token = log_in(&mut client).await;
        let answer = manifest(&mut client, "someuser/tool", &token).await;
        assert_eq!(answer.status, 403);
        assert!(answer.reason.starts_with("image access denied: "), "{}", answer.reason);
        println!("told after {:?}", begun.elapsed());
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}

#[tokio::test]
async fn an_allowed_image_of_a_registry_that_is_away_is_answered_with_the_cause_and_kept() {
    let harness = Harness::new(json!({}), at("http://127.0.0.1:9")).await;
    let mut client = harness.inside("ghcr.io").await;
    let token = log_in(&mut client).await;
    let answer = manifest(&mut client, "acme/app", &token).await;
    assert_eq!(
        (answer.status, answer.reason.contains("refused the connection")),
        (502, true),
        "{}",
        answer.reason
    );
    let decided = harness.decisions();
    assert!(matches!(decided[0].upstream, Some(UpstreamResult::Unreachable { .. })), "{decided:?}");
}

#[tokio::test]
async fn nobody_learns_that_a_login_is_good_while_the_registry_is_away() {
    let harness = Harness::new(json!({}), at("http://127.0.0.1:9")).await;
    let mut client = harness.inside("ghcr.io").await;
    log_in(&mut client).await;
    let path = "/.pullgate/token?account=ada&client_id=docker&offline_token=true&service=pullgate";
    let answer = client.ask_with("GET", "ghcr.io", path, "Authorization: Basic YWRhOnB3\r\n").await;
    assert_eq!(answer.status, 503);
    assert!(answer.reason.contains("refused the connection"), "{}", answer.reason);
}

#[tokio::test]
async fn a_registry_that_comes_late_is_not_said_to_refuse_a_login() {
    let origin = Origin::plain(|seen| match seen.asked() {
        "GET /v2/" => raw("HTTP/1.1 503 Later\r\nContent-Length: 0\r\n\r\n"),
        _ => raw("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"),
    })
    .await;
    let harness = Harness::new(json!({}), at(&origin.url())).await;
    let mut client = harness.inside("ghcr.io").await;
    let token = log_in(&mut client).await;
    let answer = manifest(&mut client, "acme/app", &token).await;
    assert_eq!(answer.status, 502);
    assert_eq!(
        answer.reason,
        "not blocked by policy: ghcr.io did not answer when the engine asked how to log in, and does now. Try again"
    );
    assert_eq!(origin.last().field("authorization"), None, "the token stays here");
}

#[tokio::test]
async fn a_blocked_image_is_reported_while_the_token_service_is_away() {
    let challenge = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"http://127.0.0.1:9/token\",\
                     service=\"s\"\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::plain(move |_| raw(challenge)).await;
    let harness = Harness::new(json!({}), at(&origin.url())).await;
    let mut client = harness.inside("ghcr.io").await;
    assert_eq!(client.ask("GET", "ghcr.io", "/v2/").await.status, 401);
    let mut tokens = harness.proxy().await;
    let asked = |scope: &str| format!("http://127.0.0.1:9/token?service=s{scope}");
    let login = tokens.ask("GET", "127.0.0.1:9", &asked("")).await;
    assert_eq!(login.status, 502, "a login is not said to be good");
    let answer = tokens.ask("GET", "127.0.0.1:9", &asked("&scope=repository%3Aacme%2Fapp%3Apull")).await;
    let token: Value = serde_json::from_str(answer.text()).unwrap();
    let token = token["token"].as_str().unwrap();
    assert_eq!(manifest(&mut client, "someuser/tool", token).await.status, 403);
    let answer = manifest(&mut client, "acme/app", token).await;
    assert!(answer.reason.contains("127.0.0.1 refused the connection"), "{}", answer.reason);
}

#[tokio::test]
async fn a_registry_that_answers_is_asked_as_ever() {
    let origin = Origin::plain(|seen| match seen.asked() {
        "GET /v2/" => raw("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"),
        _ => ok("content"),
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("ghcr.io").await;
    let ping = client.ask("GET", "ghcr.io", "/v2/").await;
    assert_eq!((ping.status, ping.field("www-authenticate")), (401, Some("Basic realm=x")));
}
