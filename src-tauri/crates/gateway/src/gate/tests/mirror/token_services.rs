//! What a token service says is told as its own: an outage is never shown as a login's fault.

use policy::{LoginSearch, UpstreamResult};

use super::{
    super::{
        harness::{ADA, Harness},
        origin::{Origin, ok, raw},
    },
    get,
};

const IMAGE: &str = "/v2/ghcr.io/acme/app/manifests/1";

/// A registry whose token service answers so.
async fn registry_whose_tokens_say(answer: &'static str) -> Origin {
    Origin::plain(move |seen| {
        if seen.asked().contains(" /token") {
            return raw(answer);
        }
        let realm = format!("Bearer realm=\"{}/token\"", seen.url);
        raw(&format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n"))
    })
    .await
}

#[tokio::test]
async fn trouble_and_limits_come_through_as_themselves() {
    for (said, status, wait, words) in [
        ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 503, None, "has trouble of its own: 503"),
        ("HTTP/1.1 500 No\r\nContent-Length: 6\r\n\r\n<html>", 500, None, "has trouble of its own: 500"),
        (
            "HTTP/1.1 429 No\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n",
            429,
            Some("30"),
            "has had too many requests from here: 429. It asks to wait 30 s",
        ),
        (
            "HTTP/1.1 403 No\r\nContent-Length: 64\r\n\r\n{\"errors\":[{\"code\":\"DENIED\",\"message\":\"the token has expired\"}]}",
            403,
            None,
            "refuses access: 403 (the token has expired)",
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", 502, None, "answered without a token"),
        ("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", 502, None, "gave an unexpected answer: 404"),
    ] {
        let origin = registry_whose_tokens_say(said).await;
        let harness = Harness::before(&origin).await;
        harness.has_login(ADA, "ghcr.io", "ada", "secret");
        let answer = get(&mut harness.mirror().await, IMAGE).await;
        assert_eq!((answer.status, answer.field("retry-after")), (status, wait), "{said}");
        assert!(answer.text().contains(&format!("the token service 127.0.0.1 {words}")), "{}", answer.text());
        assert!(answer.reason.contains("the token service 127.0.0.1"), "{}", answer.reason);
        let Some(UpstreamResult::TokenRefused { host, .. }) = &harness.decisions()[0].upstream else {
            panic!("{said}")
        };
        assert_eq!(host, "127.0.0.1");
    }
}

#[tokio::test]
async fn a_refused_login_stays_a_question_for_one() {
    let origin = registry_whose_tokens_say(
        "HTTP/1.1 401 No\r\nContent-Length: 42\r\n\r\n{\"details\":\"incorrect user or password !\"}",
    )
    .await;
    let harness = Harness::before(&origin).await;
    let anonymous = get(&mut harness.mirror().await, IMAGE).await;
    assert_eq!(
        (anonymous.status, anonymous.field("www-authenticate")),
        (401, Some("Basic realm=\"registry login\""))
    );
    assert!(anonymous.text().contains("401 (incorrect user or password !)"), "{}", anonymous.text());
    harness.has_flawed_login("ghcr.io", "`docker-credential-lab` failed: run aws sso login");
    let failed = get(&mut harness.mirror().await, IMAGE).await;
    assert!(failed.text().contains("`docker-credential-lab` failed: run aws sso login"), "{}", failed.text());
    assert!(failed.reason.contains("docker-credential-lab failed: run aws sso login"), "{}", failed.reason);
    let Some(UpstreamResult::Unauthorized { login, .. }) = &harness.decisions()[0].upstream else {
        panic!("a 401")
    };
    assert!(matches!(login, LoginSearch::Failed { .. }), "{login:?}");
}

#[tokio::test]
async fn an_identity_token_that_has_ended_is_a_login_to_renew() {
    let origin = registry_whose_tokens_say(
        "HTTP/1.1 400 No\r\nContent-Length: 25\r\n\r\n{\"error\":\"invalid_grant\"}",
    )
    .await;
    let harness = Harness::before(&origin).await;
    harness.has_login(ADA, "ghcr.io", "<token>", "ended");
    let answer = get(&mut harness.mirror().await, IMAGE).await;
    assert_eq!(answer.status, 401);
    assert!(answer.text().contains("401 (invalid_grant)"), "{}", answer.text());
}

#[tokio::test]
async fn a_question_for_a_token_says_who_asks() {
    let origin = Origin::plain(|seen| match seen.field("authorization") {
        Some("Bearer t") => ok("content"),
        _ if seen.asked().contains(" /token") => ok("{\"token\":\"t\"}"),
        _ => raw(&format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Bearer realm=\"{}/token\"\r\nContent-Length: 0\r\n\r\n",
            seen.url
        )),
    })
    .await;
    let harness = Harness::before(&origin).await;
    assert_eq!(get(&mut harness.mirror().await, IMAGE).await.status, 200);
    let question = &origin.seen()[1];
    assert!(question.field("user-agent").unwrap().starts_with("pullgate/"), "{}", question.head);
}

#[tokio::test]
async fn no_number_of_a_token_service_ends_the_service() {
    for number in
        ["18446744073709551615", "9223372036854775807", "18446744073709551616", "-1", "1e300", "null"]
    {
        let origin = Origin::plain(move |seen| {
            if seen.asked().contains(" /token") {
                return ok(&format!(
                    "{{\"token\":\"x\",\"expires_in\":{number},\"issued_at\":\"{number}\"}}"
                ));
            }
            if seen.field("authorization") == Some("Bearer x") {
                return ok("content");
            }
            let realm = format!("Bearer realm=\"{}/token\"", seen.url);
            raw(&format!(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {realm}\r\nContent-Length: 0\r\n\r\n"
            ))
        })
        .await;
        let harness = Harness::before(&origin).await;
        for _ in 0..2 {
            let answer = get(&mut harness.mirror().await, IMAGE).await;
            assert_eq!((answer.status, answer.text()), (200, "content"), "{number}");
        }
    }
}
