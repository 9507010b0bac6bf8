//! Proxies on the way out.

use std::{net::SocketAddr, sync::Arc};

use egress::Egress;
use policy::UpstreamResult;
use rustls::ServerConfig;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use super::super::{
    authority::Authority,
    corporate::{Corporate, egress},
    harness::{Harness, upstreams},
    origin::{Origin, ok},
};
use super::pull;
use crate::{ProxyAnswer, Upstreams, probe_proxy};

async fn harness(egress: Egress) -> Harness {
    Harness::new(json!({}), Upstreams { egress, ..Upstreams::default() }).await
}

#[tokio::test]
async fn the_proxy_is_asked_with_its_password_and_the_registry_never_sees_it() {
    let authority = Authority::new("registries");
    let origin = Origin::tls(authority.server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut settings = corporate.upstreams(&authority, &["ghcr.io"]);
    settings.egress = corporate.settings("ada:p%40ss%3Aword@");
    let harness = Harness::new(json!({}), settings).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    let heads = corporate.heads();
    assert!(
        heads[0].starts_with("CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\nUser-Agent: pullgate/")
    );
    assert!(heads[0].ends_with("\r\nProxy-Authorization: Basic YWRhOnBAc3M6d29yZA==\r\n\r\n"), "{heads:?}");
    assert_eq!((heads.len(), origin.last().field("proxy-authorization")), (1, None));
}

#[tokio::test]
async fn a_plain_registry_is_asked_of_the_proxy_in_absolute_form() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = harness(corporate.settings("ada:secret@")).await;
    let mut client = harness.proxy().await;
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
            "does not accept the login for `ada`",
        ),
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Negotiate\r\n\r\n",
            "wants a login by NTLM, Negotiate, and only Basic is supported",
        ),
        (
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "does not let this machine reach ghcr.io:443 (403)",
        ),
        (
            "HTTP/1.1 503 No\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            "could not reach ghcr.io:443 (503)",
        ),
        ("SSH-2.0-x\r\n\r\n", "gave no answer that can be used (the answer is not HTTP/1.1"),
        ("", "gave no answer that can be used (the connection was closed)"),
    ] {
        let corporate = Corporate::refusing(refusal).await;
        let harness = harness(corporate.settings("ada:secret@")).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = client.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
        assert_eq!(answer.status, 502);
        let named = format!("the proxy http://{} (Docker Engine, `docker.service`) ", corporate.address);
        let text = answer.text().replace("\\\"", "\"");
        assert!(text.contains(&named) && text.contains(words), "{words}: {text}");
        assert!(!text.contains("cannot be reached"), "{text}");
        assert!(!answer.head.contains("secret") && !text.contains("secret"));
        let upstream = harness.decisions()[0].upstream.clone();
        assert!(matches!(&upstream, Some(UpstreamResult::Proxy { .. })), "{upstream:?}");
        assert!(harness.ways_out()[0].starts_with(&named), "{:?}", harness.ways_out());
    }
}

#[tokio::test]
async fn a_wrong_login_is_shown_once_however_many_pull() {
    let refusal = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\n\r\n";
    let corporate = Corporate::refusing(refusal).await;
    let harness = harness(corporate.settings("ada:wrong@")).await;
    let (a, b, c) =
        tokio::join!(pull(&harness, "ghcr.io"), pull(&harness, "ghcr.io"), pull(&harness, "ghcr.io"));
    for answer in [a, b, c, pull(&harness, "ghcr.io").await] {
        assert!(answer.text().contains("does not accept the login for `ada`"), "{}", answer.text());
    }
    assert_eq!(corporate.heads().len(), 1);
    let mut client = harness.proxy().await;
    let path = "http://ghcr.io/v2/acme/app/manifests/1";
    assert_eq!(client.ask("GET", "ghcr.io", path).await.status, 502);
    assert_eq!(corporate.heads().len(), 1, "nor in absolute form");
    // A changed login is another one.
    let egress = corporate.settings("ada:other@");
    harness.gate.set_upstreams(Upstreams { egress, ..Upstreams::default() });
    pull(&harness, "ghcr.io").await;
    assert_eq!(corporate.heads().len(), 2);
}

#[tokio::test]
async fn a_407_to_the_absolute_form_is_the_proxys() {
    let refusal = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n";
    let corporate = Corporate::refusing(refusal).await;
    let harness = harness(corporate.settings("")).await;
    let mut client = harness.proxy().await;
    let answer = client.ask("GET", "ghcr.io", "http://ghcr.io/v2/acme/app/manifests/1").await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("wants a user name and password, and none is known"), "{}", answer.text());
}

#[tokio::test]
async fn an_exception_of_the_proxy_is_reached_directly() {
    let origin = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::refusing("HTTP/1.1 500 No\r\n\r\n").await;
    // The addresses of this machine are an exception always.
    let mut settings = upstreams(&[("ghcr.io", &origin)]);
    settings.egress = corporate.settings("");
    let harness = Harness::new(json!({}), settings).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    assert_eq!(corporate.heads().len(), 0);
}

#[tokio::test]
async fn a_proxy_that_cannot_be_used_is_named_without_its_password() {
    for (url, words) in [
        ("ftp://ada:secret@proxy.example:3128", "begins with `ftp://`"),
        ("http://ada:sec/secret@proxy.example:3128", "is not written as `http://host:port`"),
        ("http://ada:secret#x@proxy.example", "is not written as"),
        ("http://ada:secret@", "is not written as"),
    ] {
        let harness = harness(egress(url)).await;
        let answer = pull(&harness, "ghcr.io").await;
        assert_eq!(answer.status, 502);
        let text = format!("{}{}", answer.head, answer.text());
        assert!(text.contains(words) && !text.contains("sec"), "{url}: {text}");
        assert!(text.contains("the proxy address of Docker Engine, `docker.service`"), "{text}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_named() {
    let closed = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let harness = harness(egress(&format!("http://{closed}"))).await;
    let answer = pull(&harness, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    let words = "cannot be reached (it refused the connection)";
    let named = format!("the proxy http://{closed} (Docker Engine, `docker.service`) {words}");
    assert!(answer.text().contains(&named), "{}", answer.text());
}

#[tokio::test]
async fn each_engine_goes_its_own_way() {
    let authority = Authority::new("registries");
    let origin = Origin::tls(authority.server(&["ghcr.io"]), |_| ok("content")).await;
    let docker = Corporate::leading_to(origin.address).await;
    let refusing = Corporate::refusing("HTTP/1.1 403 No\r\n\r\n").await;
    let mut settings = docker.upstreams(&authority, &["ghcr.io"]);
    settings.egress = refusing.settings("");
    settings.engine_egress = [(policy::Engine::Docker, docker.settings(""))].into();
    let harness = Harness::new(json!({}), settings).await;
    let mut client = harness.inside("ghcr.io").await;
    for (agent, status) in [("docker/26.1.5", 200), ("buildkit/0.13", 200), ("", 200), ("skopeo/1.18", 502)] {
        let fields = if agent.is_empty() { String::new() } else { format!("User-Agent: {agent}\r\n") };
        let answer = client.ask_with("GET", "ghcr.io", "/v2/acme/app/manifests/1", &fields).await;
        assert_eq!(answer.status, status, "{agent}");
    }
    assert_eq!((docker.heads().len(), refusing.heads().len()), (1, 1), "connections are kept by way");
    assert_eq!(harness.ways_out().len(), 1);
}

/// A SOCKS 5 proxy that wants `ada` and `p#1`, answers requests with `code`, and leads everywhere to one place.
async fn socks(code: u8, place: Option<SocketAddr>) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut greeting = [0; 2];
                socket.read_exact(&mut greeting).await.unwrap();
                let mut methods = vec![0; usize::from(greeting[1])];
                socket.read_exact(&mut methods).await.unwrap();
                if !methods.contains(&2) {
                    return socket.write_all(&[5, 0xff]).await.unwrap();
                }
                socket.write_all(&[5, 2]).await.unwrap();
                let mut login = [0; 9];
                // Who only asks goes away here.
                let Ok(_) = socket.read_exact(&mut login).await else { return };
                if login != *b"\x01\x03ada\x03p#1" {
                    return socket.write_all(&[1, 1]).await.unwrap();
                }
                socket.write_all(&[1, 0]).await.unwrap();
                let mut request = [0; 14];
                socket.read_exact(&mut request).await.unwrap();
                assert_eq!(request, *b"\x05\x01\x00\x03\x07ghcr.io\x01\xbb");
                socket.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
                let Some(place) = place else { return };
                let mut there = TcpStream::connect(place).await.unwrap();
                // Either side may end it as it likes.
                let _ended = copy_bidirectional(&mut socket, &mut there).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_socks_proxy_leads_out_and_says_why_it_does_not() {
    let authority = Authority::new("registries");
    let origin = Origin::tls(authority.server(&["ghcr.io"]), |_| ok("content")).await;
    let through = socks(0, Some(origin.address)).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut settings = corporate.upstreams(&authority, &["ghcr.io"]);
    settings.egress = egress(&format!("socks5h://ada:p%231@{through}"));
    let stage_ = Harness::new(json!({}), settings).await;
    assert_eq!(pull(&stage_, "ghcr.io").await.status, 200);
    for (login, code, words) in [
        ("ada:p%231@", 1, "could not reach ghcr.io:443 (SOCKS failure 1)"),
        ("ada:p%231@", 2, "does not let this machine reach ghcr.io:443 (not allowed by its rules)"),
        ("ada:p%231@", 4, "could not reach ghcr.io:443 (the host is unreachable)"),
        ("ada:p%231@", 5, "could not reach ghcr.io:443 (the connection was refused)"),
        ("ada:p%232@", 0, "does not accept the login for `ada`"),
        ("", 0, "wants a user name and password, and none is known"),
    ] {
        let harness = harness(egress(&format!("socks5://{login}{}", socks(code, None).await))).await;
        let answer = pull(&harness, "ghcr.io").await;
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_proxy_is_asked_how_it_wants_to_be_spoken_to() {
    let other = |names: &[&str]| ProxyAnswer::OnlyOther(names.iter().map(|&name| name.to_owned()).collect());
    for (answer, expected) in [
        ("HTTP/1.1 200 OK\r\nX-Extra: 1\r\n\r\n", ProxyAnswer::OpenWithoutLogin),
        ("HTTP/1.1 403 No\r\n\r\n", ProxyAnswer::OpenWithoutLogin),
        (
            "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
            ProxyAnswer::Basic,
        ),
        ("HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n", other(&["NTLM"])),
        ("SSH-2.0-x\r\n\r\n", ProxyAnswer::NotSpoken(String::new())),
    ] {
        let corporate = Corporate::refusing(answer).await;
        let proxy = egress::ProxyUrl::parse(&format!("http://ada:x@{}", corporate.address)).unwrap();
        match (probe_proxy(&proxy, "ghcr.io", 443, &[]).await, expected) {
            (ProxyAnswer::NotSpoken(_), ProxyAnswer::NotSpoken(_)) => {}
            (found, expected) => assert_eq!(found, expected, "{answer}"),
        }
        assert!(corporate.heads().iter().all(|head| !head.contains("Authorization")));
    }
    let proxy = egress::ProxyUrl::parse(&format!("socks5://{}", socks(0, None).await)).unwrap();
    assert_eq!(probe_proxy(&proxy, "ghcr.io", 443, &[]).await, ProxyAnswer::Basic);
    let closed = TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let proxy = egress::ProxyUrl::parse(&format!("http://{closed}")).unwrap();
    assert!(matches!(probe_proxy(&proxy, "ghcr.io", 443, &[]).await, ProxyAnswer::Unreachable(_)));
}

#[tokio::test]
async fn a_persons_own_proxy_counts_for_their_own_pull_of_what_proves_who_it_is() {
    let authority = Authority::new("registries");
    let origin = Origin::tls(authority.server(&["ghcr.io"]), |_| ok("content")).await;
    let leads = || Corporate::leading_to(origin.address);
    let (usual, own) = (leads().await, leads().await);
    let mut settings = usual.upstreams(&authority, &["ghcr.io"]);
    settings.insecure = vec!["registry-1.docker.io".to_owned()];
    let harness = Harness::new(json!({}), settings).await;
    let person = 1000;
    harness.goes_out(person, own.settings("ada:secret@"));
    let ask = async |uid: u32, registry: &str| {
        harness.asks_as(uid);
        let mut client = harness.mirror().await;
        let path = format!("/v2/{registry}/manifests/1");
        assert_eq!(client.ask("GET", "127.0.0.1", &path).await.status, 200, "{registry}");
        (own.heads().len(), usual.heads().len())
    };
    assert_eq!(ask(person, "ghcr.io/acme/app").await, (1, 0));
    assert_eq!(ask(1001, "ghcr.io/acme/app").await, (1, 1), "it is nobody else's");
    assert_eq!(
        ask(person, "docker.io/library/nginx").await,
        (1, 2),
        "whoever is asked in its place could answer for it"
    );
    assert!(own.heads()[0].contains("Proxy-Authorization: Basic YWRhOnNlY3JldA=="));
}

/// A proxy inside TLS that leads everywhere to one place.
async fn secure(config: Arc<ServerConfig>, place: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let config = Arc::clone(&config);
            tokio::spawn(async move {
                // Who does not trust it goes away here.
                let Ok(mut stream) = TlsAcceptor::from(config).accept(socket).await else { return };
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(stream.read_u8().await.unwrap());
                }
                let mut there = TcpStream::connect(place).await.unwrap();
                if head.starts_with(b"CONNECT ") {
                    stream.write_all(b"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n").await.unwrap();
                } else {
                    there.write_all(&head).await.unwrap();
                }
                // Either side may end it as it likes.
                let _ended = copy_bidirectional(&mut stream, &mut there).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_proxy_inside_tls_is_believed_with_the_authority_that_is_named_for_it() {
    let registries = Authority::new("registries");
    let private = Authority::new("of the proxy");
    let origin = Origin::tls(registries.server(&["ghcr.io"]), |_| ok("content")).await;
    let plain = Origin::plain(|_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let proxies = [origin.address, plain.address]
        .map(|place| tokio::spawn(secure(private.server(&["127.0.0.1"]), place)));
    let [tls, http] = proxies;
    let mut settings = corporate.upstreams(&registries, &["ghcr.io"]);
    settings.egress = egress(&format!("https://{}", tls.await.unwrap()));
    settings.egress.settings.http = Some(format!("https://{}", http.await.unwrap()));
    let harness = Harness::new(json!({}), settings.clone()).await;
    let words = "has a certificate of an authority that this machine does not trust";
    let refused = pull(&harness, "ghcr.io").await;
    assert!(refused.text().contains(words), "{}", refused.text());
    settings.proxy_authorities = vec![private.pem.clone()];
    harness.gate.set_upstreams(settings);
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    let mut client = harness.proxy().await;
    let answer = client.ask("GET", "ghcr.io", "http://ghcr.io/v2/acme/app/manifests/1").await;
    assert_eq!((answer.status, plain.seen().len()), (200, 1));
}
