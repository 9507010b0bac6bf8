use super::*;

/// The proxy and the port it is asked for.
async fn through(proxy: Proxy, address: &str) -> Result<Response, WebError> {
    let client = Client::new(&Settings { proxy, ..quick() }).unwrap();
    client.send(Request::get(address).unwrap()).await
}

#[tokio::test]
async fn https_goes_through_the_proxy_with_its_login() {
    let server = Server::start(|_| reply(403, "text/plain", "")).await;
    let address = server.at("").replace("http://", "http://ada:hunter2@");
    let proxy = Proxy { https: Some(Secret::new(address)), ..Proxy::default() };
    assert!(through(proxy, "https://login.pullgate.invalid/").await.is_err());
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("CONNECT", "login.pullgate.invalid:443"));
    assert_eq!(seen[0].headers["proxy-authorization"], "Basic YWRhOmh1bnRlcjI=");
}

#[tokio::test]
async fn a_proxy_that_wants_a_login_is_named_as_the_trouble() {
    let server = Server::start(|_| reply(407, "text/plain", "")).await;
    let proxy = Proxy { https: Some(Secret::new(server.at(""))), ..Proxy::default() };
    let error = through(proxy, "https://login.pullgate.invalid/").await.err().unwrap();
    assert!(error.to_string().contains("proxy"), "{error}");
    assert!(matches!(error.trouble, Trouble::Connect { .. }), "{error:?}");
}

#[tokio::test]
async fn hosts_of_the_list_are_reached_directly() {
    let server = Server::start(|_| reply(403, "text/plain", "")).await;
    let no_proxy = vec![".pullgate.invalid".to_owned()];
    let proxy = Proxy { https: Some(Secret::new(server.at(""))), no_proxy, ..Proxy::default() };
    let error = through(proxy, "https://login.pullgate.invalid/").await.err().unwrap();
    assert_eq!((error.trouble, server.seen()), (Trouble::Dns, Vec::new()));
}

#[tokio::test]
async fn this_machine_is_never_asked_through_a_proxy() {
    let proxy = Server::start(|_| reply(502, "text/plain", "")).await;
    let server = Server::start(|_| reply(200, "text/plain", "here")).await;
    let settings = Proxy { http: Some(Secret::new(proxy.at(""))), ..Proxy::default() };
    assert_eq!(through(settings, &server.at("/")).await.unwrap().body, b"here");
}
