use std::sync::Arc;

use egress::{Egress, ProxySettings, ProxySource, RefusedLogins};

use super::*;

fn egress(proxy: &str, no_proxy: &str) -> Egress {
    let (url, no_proxy) = (Some(proxy.to_owned()), no_proxy.to_owned());
    let source = ProxySource::Machine { place: "/etc/environment".to_owned() };
    Egress { settings: ProxySettings { http: url.clone(), https: url, no_proxy }, source }
}

fn client(egress: Egress) -> Client {
    Client::new(&Settings { egress, ..quick() }).unwrap()
}

async fn through(egress: Egress, address: &str) -> Result<Response, WebError> {
    client(egress).send(Request::get(address).unwrap()).await
}

#[tokio::test]
async fn https_goes_through_the_proxy_with_its_login() {
    let server = Server::start(|_| reply(403, "text/plain", "")).await;
    for (login, header) in [
        ("ada:hunter2@", "Basic YWRhOmh1bnRlcjI="),
        ("corp%5Cada:p%231%25@", "Basic Y29ycFxhZGE6cCMxJQ=="),
        ("j%FC:%FF@", "Basic avw6/w=="),
    ] {
        let address = server.at("").replace("http://", &format!("http://{login}"));
        let error = through(egress(&address, ""), "https://login.pullgate.invalid/").await.err().unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!((seen.method.as_str(), seen.target.as_str()), ("CONNECT", "login.pullgate.invalid:443"));
        assert_eq!(seen.headers["proxy-authorization"], header);
        assert!(error.to_string().contains("does not let this machine reach it"), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_that_refuses_the_login_is_named_and_shown_it_once() {
    let server = Server::start(|_| reply(407, "text/plain", "")).await;
    let address = server.at("").replace("http://", "http://corp%5Cada:hunter2@");
    let settings = Settings { egress: egress(&address, ""), ..quick() };
    let logins: Arc<RefusedLogins> = Arc::clone(&settings.proxy_logins);
    for _ in 0..3 {
        let request = Request::get("https://login.pullgate.invalid/").unwrap();
        let error = Client::new(&settings).unwrap().send(request).await.err().unwrap();
        assert!(matches!(error.kind, WebErrorKind::Proxy { is_login: true, .. }), "{error:?}");
        let words = error.to_string().replace(&server.at(""), "http://proxy");
        insta::allow_duplicates! {
            insta::assert_snapshot!(words, @"`login.pullgate.invalid` was not asked: the proxy http://proxy (`/etc/environment`) does not accept the login for `corp\\ada`; correct it there, it is not shown again for 15 minutes");
        }
    }
    assert_eq!(server.seen().len(), 1);
    assert!(logins.rests(&egress::ProxyUrl::parse(&address).unwrap(), std::time::Instant::now()));
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_is_named_as_the_trouble() {
    let server = Server::start(|_| reply(407, "text/plain", "")).await;
    let error = through(egress(&server.at(""), ""), "https://login.pullgate.invalid/").await.err().unwrap();
    assert!(error.to_string().contains("wants a user name and password"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named() {
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https", "socks5h"] {
        let address = format!("{scheme}://ada:hunter2@127.0.0.1:{port}");
        let error = through(egress(&address, ""), "https://login.pullgate.invalid/").await.err().unwrap();
        let text = error.to_string();
        assert!(text.contains("the proxy ") && text.contains(&port.to_string()), "{text}");
        assert!(text.contains("cannot be reached") && !text.contains("hunter2"), "{text}");
    }
}

#[tokio::test]
async fn hosts_of_the_list_are_reached_directly() {
    let server = Server::start(|_| reply(403, "text/plain", "")).await;
    let settings = egress(&server.at(""), "*.pullgate.invalid");
    let error = through(settings, "https://login.pullgate.invalid/").await.err().unwrap();
    assert_eq!((error.kind, server.seen()), (WebErrorKind::Dns, Vec::new()));
}

#[tokio::test]
async fn this_machine_is_never_asked_through_a_proxy() {
    let proxy = Server::start(|_| reply(502, "text/plain", "")).await;
    let server = Server::start(|_| reply(200, "text/plain", "here")).await;
    assert_eq!(through(egress(&proxy.at(""), ""), &server.at("/")).await.unwrap().body, b"here");
}
