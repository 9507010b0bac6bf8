//! containerd is led to the mirror front's own token service, so that an identity token can be sent at all.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    super::{
        client::{Answer, Client},
        harness::Harness,
        origin::{Origin, ok, raw},
    },
    registry_with_tokens,
};

const IMAGE: &str = "/v2/ghcr.io/acme/app/manifests/1";
const CONTAINERD: &str = "X-Pullgate-Engine: containerd\r\n";

async fn ask(client: &mut Client, fields: &str) -> Answer {
    client.ask_with("HEAD", "127.0.0.1:858", IMAGE, &format!("{CONTAINERD}{fields}")).await
}

async fn token(client: &mut Client, form: &str, fields: &str) -> String {
    let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
    let method = if form.is_empty() { "GET" } else { "POST" };
    let length = format!("Content-Length: {}\r\n", form.len());
    client
        .send(format!(
            "{method} /pullgate/token?service=pullgate HTTP/1.1\r\nHost: 127.0.0.1:858\r\n{kind}{length}{fields}\r\n{form}"
        ))
        .await;
    let answer = client.answer(method).await;
    assert_eq!(answer.status, 200);
    let body: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(body["token"], body["access_token"]);
    body["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_identity_token_comes_by_a_token_of_our_own_and_goes_to_the_registrys_service() {
    let origin = Origin::plain(|seen| match seen.field("authorization") {
        _ if seen.asked() == "POST /oauth2/token" => ok("{\"access_token\":\"fresh\"}"),
        Some("Bearer fresh") => ok("content"),
        _ => raw(&format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{}/oauth2/token\",service=\"acr\"\r\nContent-Length: 0\r\n\r\n",
            seen.url
        )),
    })
    .await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let challenged = ask(&mut client, "").await;
    let challenge = "Bearer realm=\"https://127.0.0.1:858/pullgate/token\",service=\"pullgate\"";
    assert_eq!((challenged.status, challenged.field("www-authenticate")), (401, Some(challenge)));
    let given = token(&mut client, "grant_type=refresh_token&refresh_token=refresh-me", "").await;
    assert_eq!(ask(&mut client, &format!("Authorization: Bearer {given}\r\n")).await.status, 200);
    let exchange = origin.seen().into_iter().find(|seen| seen.asked() == "POST /oauth2/token").unwrap();
    assert!(String::from_utf8_lossy(&exchange.body).contains("refresh_token=refresh-me"));
    assert!(origin.seen().iter().all(|seen| !seen.head.contains(&given)), "it never leaves the machine");
}

#[tokio::test]
async fn a_name_and_a_password_come_by_a_form_and_by_basic() {
    let origin = registry_with_tokens().await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let expected = STANDARD.encode("ada:s3cret");
    let basic = format!("Authorization: Basic {expected}\r\n");
    let form = token(&mut client, "grant_type=password&username=ada&password=s3cret", "").await;
    for given in [form, token(&mut client, "", &basic).await] {
        let fields = format!("{CONTAINERD}Authorization: Bearer {given}\r\n");
        let answer = client.ask_with("GET", "127.0.0.1:858", IMAGE, &fields).await;
        assert_eq!((answer.status, answer.text()), (200, expected.as_str()));
    }
}

#[tokio::test]
async fn a_token_that_was_not_enough_is_answered_with_the_reason() {
    let refusal = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::plain(move |_| raw(refusal)).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    let nobody = token(&mut client, "", "").await;
    let answer = ask(&mut client, &format!("Authorization: Bearer {nobody}\r\n")).await;
    let challenge = answer.field("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"not blocked by policy: ghcr.io refuses access: 401"), "{challenge}");
    assert_eq!(challenge.matches('"').count(), 6, "{challenge}");
}

#[tokio::test]
async fn others_and_a_strange_address_are_asked_for_a_password_as_ever() {
    let refusal = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
    let origin = Origin::plain(move |_| raw(refusal)).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.mirror().await;
    for (host, fields) in [("127.0.0.1:858", ""), ("evil.example", CONTAINERD)] {
        let answer = client.ask_with("GET", host, IMAGE, fields).await;
        assert_eq!(answer.field("www-authenticate"), Some("Basic realm=\"registry login\""), "{host}");
    }
}
