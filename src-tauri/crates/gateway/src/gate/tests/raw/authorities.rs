//! A request names its registry up to four times: by CONNECT and the `Host` beside it, by the server name of TLS, and by
//! the `Host` inside. What is judged is what is asked, so they are one name or nothing is asked.

use super::{EntryPoint, Server, harness, is_marked};
use crate::gate::tests::client::Client;

const NAMES: [&str; 3] = ["ghcr.io", "registry-1.docker.io", "quay.io"];
const PATH: &str = "/v2/acme/app/manifests/1";

/// The status of the first answer that is none of a tunnel, if there is one.
async fn outcome(
    harness: &crate::gate::tests::harness::Harness,
    [connect, host, sni, inside]: [&str; 4],
) -> Option<u16> {
    let mut client = harness.proxy().await;
    client.send(format!("CONNECT {connect}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n")).await;
    let head = client.head().await?;
    if !head.starts_with("HTTP/1.1 200 ") {
        return head.split(' ').nth(1)?.parse().ok();
    }
    let mut client = client.secured(harness.authority.client(), sni).await.ok()?;
    if !client.try_send(format!("GET {PATH} HTTP/1.1\r\nHost: {inside}\r\n\r\n")).await {
        return None;
    }
    let head = client.head().await?;
    head.split(' ').nth(1)?.parse().ok()
}

#[tokio::test]
async fn nothing_is_asked_where_the_names_of_a_connection_differ() {
    let (origin, harness) = harness(Server::Proper).await;
    let mut tried = 0;
    for names in (0..81).map(|number| [27, 9, 3, 1].map(|place| NAMES[number / place % 3])) {
        let before = origin.seen().len();
        let outcome = outcome(&harness, names).await;
        let is_one = names.iter().all(|name| *name == names[0]);
        let expected: &[Option<u16>] = match (is_one, names[0]) {
            (true, "quay.io") => &[Some(403)],
            (true, _) => &[Some(200)],
            (false, _) => &[Some(400), None],
        };
        assert!(expected.contains(&outcome), "{names:?}: {outcome:?}");
        assert_eq!(origin.seen().len() - before, usize::from(outcome == Some(200)), "{names:?}");
        tried += 1;
    }
    assert_eq!(tried, 81);
}

async fn is_refused(mut client: Client, request: &str) {
    client.try_send(request).await;
    let answer = client.answer("GET").await;
    assert_eq!(answer.status, 400, "{request:?}: {}", answer.head);
    assert!(client.is_over().await, "{request:?}: more was answered");
}

/// As far as each way in takes a target in another form than its own.
#[tokio::test]
async fn a_target_in_the_form_of_another_front_is_refused() {
    let (origin, harness) = harness(Server::Proper).await;
    let tail = "GET /v2/evil/miner/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n";
    for target in [
        "CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\n\r\n",
        "CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: 127.0.0.1:443\r\n\r\n",
        "GET http://ghcr.io/v2/acme/app/manifests/1 HTTP/1.1\r\nHost: ghcr.io\r\n\r\n",
        "GET http://127.0.0.1/v2/acme/app/manifests/1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ] {
        is_refused(harness.inside("ghcr.io").await, &format!("{target}{tail}")).await;
        is_refused(harness.mirror().await, &format!("{target}{tail}")).await;
    }
    for target in [
        format!("GET {PATH} HTTP/1.1\r\nHost: ghcr.io\r\n\r\n"),
        "CONNECT ghcr.io:443 HTTP/1.1\r\nHost: quay.io:443\r\n\r\n".to_owned(),
        "CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:444\r\n\r\n".to_owned(),
        "CONNECT ghcr.io:0 HTTP/1.1\r\nHost: ghcr.io:0\r\n\r\n".to_owned(),
        "CONNECT ghcr.io:65536 HTTP/1.1\r\nHost: ghcr.io:65536\r\n\r\n".to_owned(),
        "CONNECT ghcr.io:4_3 HTTP/1.1\r\nHost: ghcr.io:4_3\r\n\r\n".to_owned(),
        format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", harness.proxy),
        format!("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", harness.mirror),
        format!("GET http://{0}{PATH} HTTP/1.1\r\nHost: {0}\r\n\r\n", harness.proxy),
        format!("GET http://{0}{PATH} HTTP/1.1\r\nHost: {0}\r\n\r\n", harness.mirror),
    ] {
        is_refused(harness.proxy().await, &format!("{target}{tail}")).await;
    }
    assert_eq!(origin.connections(), 0);
}

/// The first request of a connection opens nothing for the next one.
#[tokio::test]
async fn each_request_of_a_connection_names_its_own_registry() {
    let (origin, harness) = harness(Server::Proper).await;
    let mut client = harness.inside("ghcr.io").await;
    assert!(is_marked(&EntryPoint::Tunnel.ask(&mut client, "1").await, "GET", "1"));
    is_refused(client, &format!("GET {PATH} HTTP/1.1\r\nHost: registry-1.docker.io\r\n\r\n")).await;
    let mut client = harness.proxy().await;
    assert!(is_marked(&EntryPoint::Absolute.ask(&mut client, "1").await, "GET", "1"));
    let other = client.ask("GET", "quay.io", &format!("http://quay.io{PATH}")).await;
    assert_eq!(other.status, 403);
    assert!(is_marked(&EntryPoint::Absolute.ask(&mut client, "2").await, "GET", "2"));
    assert_eq!(origin.seen().len(), 3);
}
