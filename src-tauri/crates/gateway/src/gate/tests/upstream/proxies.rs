//! The organization's own proxy.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    origin::{Origin, ok},
    stage::{Stage, upstreams},
};
use super::pull;
use crate::{CorporateProxy, Upstreams};

#[tokio::test]
async fn the_proxy_is_asked_with_its_password_and_the_registry_never_sees_it() {
    let authority = Authority::new("registries");
    let origin = Origin::tls(authority.server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut settings = corporate.upstreams(&authority, &["ghcr.io"]);
    settings.proxy = Some(corporate.settings("ada:p%40ss%3Aword@"));
    let stage = Stage::new(json!({}), settings).await;
    assert_eq!(pull(&stage, "ghcr.io").await.status, 200);
    let head = "CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\nProxy-Authorization: Basic YWRhOnBAc3M6d29yZA==\r\n\r\n";
    assert_eq!(corporate.heads(), [head]);
    assert_eq!(origin.last().field("proxy-authorization"), None);
}

#[tokio::test]
async fn a_plain_registry_is_asked_of_the_proxy_in_absolute_form() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let proxy = Some(corporate.settings("ada:secret@"));
    let stage = Stage::new(json!({}), Upstreams { proxy, ..Upstreams::default() }).await;
    let mut client = stage.proxy().await;
    for _ in 0..2 {
        let path = "http://ghcr.io/v2/acme/app/manifests/1?a=b";
        assert_eq!(client.ask("GET", "ghcr.io", path).await.status, 200);
        assert_eq!(
            origin.last().head,
            "GET http://ghcr.io/v2/acme/app/manifests/1?a=b HTTP/1.1\r\nHost: ghcr.io\r\n\
             Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\n\r\n"
        );
    }
    assert_eq!(corporate.heads().len(), 1, "the connection is kept");
}

#[tokio::test]
async fn what_the_proxy_refuses_is_said_to_be_the_proxys() {
    for (refusal, words) in [
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
            "did not accept the user name and password",
        ),
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
            "asks for NTLM, Negotiate, and only Basic",
        ),
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "answered 403 for ghcr.io:443"),
        ("SSH-2.0-x\r\n\r\n", "not HTTP/1.1"),
        ("", "gave no answer"),
    ] {
        let corporate = Corporate::refusing(refusal).await;
        let proxy = Some(corporate.settings("ada:secret@"));
        let stage = Stage::new(json!({}), Upstreams { proxy, ..Upstreams::default() }).await;
        let answer = pull(&stage, "ghcr.io").await;
        assert_eq!(answer.status, 502);
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        assert!(!answer.head.contains("secret") && !answer.text().contains("secret"));
    }
}

#[tokio::test]
async fn an_exception_of_the_proxy_is_reached_directly() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::refusing("HTTP/1.1 500 No\r\n\r\n").await;
    // The addresses of this machine are an exception always.
    let mut settings = upstreams(&[("ghcr.io", &origin)]);
    settings.proxy = Some(corporate.settings(""));
    let stage = Stage::new(json!({}), settings).await;
    assert_eq!(pull(&stage, "ghcr.io").await.status, 200);
    assert_eq!(corporate.heads().len(), 0);
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for (url, words) in [
        ("https://ada:secret@proxy.example:3128", "speaks `https`"),
        ("socks5://ada:secret@proxy.example:3128", "speaks `socks5`"),
        ("http://ada:sec/secret@proxy.example:3128", "organization's proxy"),
        ("http://ada:secret#x@proxy.example", "organization's proxy"),
        ("http://ada:secret@", "organization's proxy"),
    ] {
        let proxy = CorporateProxy { http: None, https: Some(url.to_owned()), no_proxy: String::new() };
        let stage = Stage::new(json!({}), Upstreams { proxy: Some(proxy), ..Upstreams::default() }).await;
        let answer = pull(&stage, "ghcr.io").await;
        assert_eq!(answer.status, 502);
        let text = format!("{}{}", answer.head, answer.text());
        assert!(text.contains(words) && !text.contains("sec"), "{url}: {text}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let closed = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let proxy =
        CorporateProxy { http: None, https: Some(format!("http://{closed}")), no_proxy: String::new() };
    let stage = Stage::new(json!({}), Upstreams { proxy: Some(proxy), ..Upstreams::default() }).await;
    let answer = pull(&stage, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("refused the connection"), "{}", answer.text());
}
