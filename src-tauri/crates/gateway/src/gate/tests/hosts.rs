//! Every name of the host that a request carries must be the same name.

use serde_json::json;

use super::{
    harness::{Harness, upstreams},
    origin::{Origin, ok},
};

const PATH: &str = "/v2/acme/app/manifests/1";

#[tokio::test]
async fn host_and_connect_must_name_the_same_place() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::before(&origin).await;
    for (place, host) in [
        ("ghcr.io:443", "evil.example:443"),
        ("ghcr.io:443", "ghcr.io:444"),
        ("ghcr.io:443", "ghcr.io.evil.example"),
        ("ghcr.io:0", "ghcr.io:0"),
        ("ghcr.io:70000", "ghcr.io:70000"),
        (":443", ":443"),
    ] {
        let mut client = harness.proxy().await;
        client.send(format!("CONNECT {place} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        let answer = client.answer("CONNECT").await;
        assert_eq!(answer.status, 400, "{place} {host}");
        assert!(client.is_over().await);
    }
    for host in ["ghcr.io", "GHCR.io:443", "ghcr.io.:443"] {
        let mut client = harness.proxy().await;
        client.send(format!("CONNECT ghcr.io:443 HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert!(client.head().await.unwrap().starts_with("HTTP/1.1 200 "), "{host}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn the_server_name_inside_must_be_the_host_that_was_connected_to() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for (place, name) in [
        ("ghcr.io:443", "evil.example"),
        ("ghcr.io:443", "203.0.113.7"),
        ("203.0.113.7:443", "ghcr.io"),
        ("evil.example:443", "ghcr.io"),
    ] {
        assert!(harness.inside_as(place, name).await.is_err(), "{place} {name}");
    }
    assert!(harness.inside_as("GHCR.io:443", "ghcr.io").await.is_ok());
}

#[tokio::test]
async fn an_address_is_called_without_a_server_name() {
    let origin = Origin::plain(|_| ok("content")).await;
    let policy = json!({ "registries": { "default": "block", "entries": [
        { "host": "203.0.113.7:5000", "action": "allow" }, { "host": "[2001:db8::1]", "action": "allow" }
    ] } });
    let places = upstreams(&[("203.0.113.7:5000", &origin), ("[2001:db8::1]", &origin)]);
    let harness = Harness::new(policy, places).await;
    for place in ["203.0.113.7:5000", "[2001:db8::1]:443"] {
        let mut client = harness.inside(place).await;
        assert_eq!(client.ask("GET", place, PATH).await.status, 200, "{place}");
    }
    let mut client = harness.inside("203.0.113.7:5001").await;
    assert_eq!(
        client.ask("GET", "203.0.113.7:5001", PATH).await.status,
        403,
        "another port, another registry"
    );
}

#[tokio::test]
async fn the_host_of_each_request_inside_must_be_the_one_outside() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for host in ["evil.example", "ghcr.io:444", "quay.io", "ghcr.io.evil.example", "xghcr.io"] {
        let mut client = harness.inside("ghcr.io").await;
        assert_eq!(client.ask("GET", "ghcr.io", PATH).await.status, 200, "the first is proper");
        let answer = client.ask("GET", host, PATH).await;
        assert_eq!(answer.status, 400, "{host}");
        assert!(answer.reason.contains("Host differs"), "{}", answer.reason);
        assert!(client.is_over().await);
    }
    let mut client = harness.inside("ghcr.io").await;
    assert_eq!(client.ask("GET", "ghcr.io", &format!("http://ghcr.io{PATH}")).await.status, 400);
    let mut client = harness.inside("ghcr.io").await;
    client.send("GET /v2/ HTTP/1.0\r\n\r\n").await;
    assert_eq!(client.answer("GET").await.status, 400, "no host at all");
}

#[tokio::test]
async fn a_target_and_a_host_that_differ_are_refused() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for (target, host) in [
        ("http://ghcr.io", "quay.io"),
        ("http://ghcr.io", "ghcr.io:81"),
        ("http://ghcr.io@quay.io", "quay.io"),
        ("http://ghcr.io:x@quay.io", "ghcr.io"),
        ("https://ghcr.io", "ghcr.io"),
        ("ftp://ghcr.io", "ghcr.io"),
        ("http://", "ghcr.io"),
        ("", "ghcr.io"),
    ] {
        let mut client = harness.proxy().await;
        let answer = client.ask("GET", host, &format!("{target}{PATH}")).await;
        assert_eq!(answer.status, 400, "{target} {host}: {}", answer.head);
    }
    let mut client = harness.proxy().await;
    assert_eq!(client.ask("GET", "ghcr.io", &format!("http://ghcr.io{PATH}")).await.status, 200);
}

#[tokio::test]
async fn the_gateway_does_not_connect_to_itself() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let port = harness.proxy.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "[::1]",
        "127.9.9.9",
        "0.0.0.0",
        "[::ffff:127.0.0.1]",
        "[::]",
    ] {
        let mut client = harness.proxy().await;
        client.send(format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n")).await;
        let answer = client.answer("CONNECT").await;
        assert_eq!(answer.status, 400, "{host}");
        assert!(answer.reason.contains("itself"), "{}", answer.reason);
        for port in [port, harness.mirror.port()] {
            let mut client = harness.proxy().await;
            let place = format!("{host}:{port}");
            let answer = client.ask("GET", &place, &format!("http://{place}/v2/")).await;
            assert_eq!(answer.status, 400, "{place}");
            assert!(answer.reason.contains("itself"), "{}", answer.reason);
        }
    }
}

#[tokio::test]
async fn nothing_is_asked_of_a_clouds_own_services() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness =
        Harness::new(json!({ "registries": { "default": "allow" } }), upstreams(&[("ghcr.io", &origin)]));
    let harness = harness.await;
    for host in ["169.254.169.254", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "metadata.google.internal"] {
        let mut client = harness.proxy().await;
        let answer = client.ask("GET", host, &format!("http://{host}/latest/meta-data/")).await;
        assert_eq!(answer.status, 502, "{host}: {}", answer.head);
        assert!(answer.reason.contains("link-local"), "{}", answer.reason);
    }
    for host in ["169.254.169.254", "[fd00:ec2::254]", "metadata.google.internal"] {
        let mut client = harness.inside(&format!("{host}:443")).await;
        let answer = client.ask("GET", host, "/v2/acme/app/manifests/1").await;
        assert_eq!(answer.status, 502, "{host}: {}", answer.head);
    }
}

#[tokio::test]
async fn on_the_proxy_front_ns_never_names_the_registry() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("quay.io").await;
    let answer = client.ask("GET", "quay.io", &format!("{PATH}?ns=ghcr.io")).await;
    assert_eq!(answer.status, 403);
    let mut client = harness.inside("ghcr.io").await;
    let answer = client.ask("GET", "ghcr.io", &format!("{PATH}?ns=quay.io")).await;
    assert_eq!((answer.status, answer.text()), (200, format!("GET {PATH}?ns=quay.io").as_str()));
}

#[tokio::test]
async fn every_name_of_docker_hub_is_docker_hub() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    for host in ["registry-1.docker.io", "index.docker.io", "docker.io", "registry.hub.docker.com"] {
        let mut client = harness.inside(host).await;
        assert_eq!(client.ask("GET", host, "/v2/evil/img/manifests/1").await.status, 403, "{host}");
        assert_eq!(client.ask("GET", host, PATH).await.status, 200, "{host}");
        let mut client = harness.proxy().await;
        let path = format!("http://{host}/v2/evil/img/manifests/1");
        assert_eq!(client.ask("GET", host, &path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn the_name_that_is_judged_is_the_name_that_is_fetched() {
    let origin = Origin::plain(|seen| ok(seen.asked())).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.inside("registry-1.docker.io").await;
    harness.adopt(json!({ "allow": [{ "match": "docker.io/library/nginx" }] }));
    let answer = client.ask("GET", "registry-1.docker.io", "/v2/nginx/manifests/1").await;
    assert_eq!((answer.status, answer.text()), (200, "GET /v2/library/nginx/manifests/1"));
}

#[tokio::test]
async fn this_is_no_web_server() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    let mut client = harness.proxy().await;
    assert_eq!(client.ask("GET", "127.0.0.1", "/").await.status, 400);
    let mut mirror = harness.mirror().await;
    assert_eq!(mirror.ask("GET", "127.0.0.1", "/").await.status, 400);
    let mut mirror = harness.mirror().await;
    mirror.send("CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\n\r\n").await;
    assert_eq!(mirror.answer("CONNECT").await.status, 400);
    assert_eq!(origin.connections(), 0);
}
