//! What passes unread passes whole, in both directions, and ends as it ends; nothing else passes unread.

use std::sync::Arc;

use rustls::ClientConfig;
use serde_json::json;

use super::{
    authority::Authority,
    client::Client,
    corporate::Corporate,
    harness::{BOB, DIGEST, Harness},
    origin::{Origin, Step, is_pattern, ok, raw},
};
use crate::PassThrough;

const LENGTH: u64 = 5_000_000;
const GIT: &str = "User-Agent: git/2.39\r\n";
const REGISTRY: &str = "HTTP/1.1 401 Unauthorized\r\nDocker-Distribution-Api-Version: registry/2.0\r\n\
                        Content-Length: 0\r\n\r\n";
const ROOT: u32 = 0;

/// A host with a certificate of its own, behind a proxy that leads everything there.
struct Host {
    authority: Arc<Authority>,
    origin: Origin,
    harness: Harness,
}

impl Host {
    async fn named(name: &str, policy: serde_json::Value, script: fn(&str) -> Vec<Step>) -> Self {
        let authority = Authority::new("far away");
        let origin = Origin::tls(authority.server(&[name]), move |seen| script(seen.asked())).await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(policy, corporate.upstreams(&authority, &[name])).await;
        harness.asks_as(ROOT);
        Self { authority, origin, harness }
    }

    /// The status line that a CONNECT gets.
    async fn answer_to_connect(&self, place: &str, fields: &str) -> (Client, String) {
        let mut client = self.harness.proxy().await;
        client.send(format!("CONNECT {place}:443 HTTP/1.1\r\nHost: {place}:443\r\n{fields}\r\n")).await;
        let head = client.head().await.unwrap();
        let line = head.lines().next().unwrap().to_owned();
        (client, line)
    }

    /// Whether the host itself is at the end of a connection, and not the gateway.
    async fn passes(&self, place: &str, fields: &str, config: Arc<ClientConfig>) -> bool {
        let (client, line) = self.answer_to_connect(place, fields).await;
        assert!(line.ends_with("200 Connection established"), "{line}");
        client.secured(config, place).await.is_ok()
    }
}

fn page(_: &str) -> Vec<Step> {
    ok("a page")
}

fn git_and_registry(asked: &str) -> Vec<Step> {
    if asked.contains(" /v2/") { raw(REGISTRY) } else { ok("refs") }
}

/// As gRPC: it offers `h2` and nothing else.
fn grpc(config: &Arc<ClientConfig>) -> Arc<ClientConfig> {
    let mut config = ClientConfig::clone(config);
    config.alpn_protocols = vec![b"h2".to_vec()];
    Arc::new(config)
}

#[tokio::test]
async fn a_tunnel_carries_every_byte_and_both_ends() {
    let host = Host::named("git.example", json!({}), |_| {
        let head = raw(&format!("HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"));
        [head, vec![Step::Pattern(LENGTH), Step::Close]].concat()
    })
    .await;
    host.harness.passes("git.example", PassThrough::Git);
    let client = host.harness.connect("git.example:443", GIT).await;
    let mut client = client.secured(host.authority.client(), "git.example").await.unwrap();
    let body = "b".repeat(500_000);
    client
        .send(format!("POST / HTTP/1.1\r\nHost: anything\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
        .await;
    let answer = client.answer("POST").await;
    assert!(answer.whole && is_pattern(&answer.body) && answer.body.len() as u64 == LENGTH);
    assert_eq!(host.origin.last().body, body.as_bytes());
    assert_eq!(client.rest().await, (Vec::new(), true));
}

#[tokio::test]
async fn a_tunnel_to_nowhere_is_refused_in_words() {
    let corporate = Corporate::refusing("HTTP/1.1 502 Nowhere\r\n\r\n").await;
    let authority = Authority::new("far away");
    let harness = Harness::new(json!({}), corporate.upstreams(&authority, &[])).await;
    harness.asks_as(ROOT);
    harness.passes("git.example", PassThrough::Git);
    let host = Host { authority, origin: Origin::saying("").await, harness };
    let (_, line) = host.answer_to_connect("git.example", GIT).await;
    assert!(line.starts_with("HTTP/1.1 502 not blocked by policy: "), "{line}");
    assert_eq!(corporate.heads().len(), 1);
}

#[tokio::test]
async fn a_tunnel_without_tls_or_with_another_name_inside_ends() {
    let host = Host::named("git.example", json!({}), page).await;
    host.harness.passes("git.example", PassThrough::Git);
    let mut client = host.harness.connect("git.example:443", GIT).await;
    client.send("GET / HTTP/1.1\r\nHost: git.example\r\n\r\n").await;
    assert!(client.is_over().await, "no TLS, no tunnel");
    let client = host.harness.connect("git.example:443", GIT).await;
    assert!(client.secured(host.authority.client(), "quay.io").await.is_err());
    assert_eq!(host.origin.seen(), []);
}

#[tokio::test]
async fn a_build_context_from_a_host_that_is_a_registry_too_arrives() {
    let named = json!({ "registries": { "default": "block", "entries": [
        { "host": "git.example", "action": "allow" } ] } });
    let denied = json!({ "deny": [{ "match": "git.example/**" }] });
    for policy in [json!({}), named, denied] {
        let host = Host::named("git.example", policy, git_and_registry).await;
        // It is known as a registry from here on.
        let mut client = host.harness.inside("git.example").await;
        client.ask("GET", "git.example", "/v2/").await;
        client.ask("GET", "git.example", "/v2/acme/tool/manifests/1").await;
        host.harness.passes("git.example", PassThrough::Git);
        assert!(host.passes("git.example", GIT, host.authority.client()).await);
        // A pull by the same engine is read, whatever it calls itself.
        assert!(!host.passes("git.example", "", host.authority.client()).await);
    }
}

#[tokio::test]
async fn what_only_calls_itself_git_is_refused_in_words() {
    let host = Host::named("git.example", json!({}), page).await;
    for asker in [ROOT, 1000] {
        host.harness.asks_as(asker);
        let (_, line) = host.answer_to_connect("git.example", GIT).await;
        assert_eq!(
            line,
            "HTTP/1.1 403 not blocked by policy: git passes this proxy only where an engine of this machine \
             started it"
        );
    }
    // Root's word about a process of somebody else is not asked for.
    host.harness.passes("git.example", PassThrough::Git);
    let (_, line) = host.answer_to_connect("git.example", GIT).await;
    assert!(line.starts_with("HTTP/1.1 403 "), "{line}");
    assert_eq!(host.origin.seen(), []);
}

#[tokio::test]
async fn a_blocked_pull_does_not_make_a_host_a_registry() {
    let host = Host::named("logs.example", json!({}), page).await;
    let path = format!("/v2/acme/tool/blobs/{DIGEST}");
    assert_eq!(host.harness.inside("logs.example").await.ask("GET", "logs.example", &path).await.status, 403);
    host.harness.passes("logs.example", PassThrough::Logs);
    assert!(host.passes("logs.example", "", host.authority.client()).await);
}

#[tokio::test]
async fn logs_pass_to_what_is_no_registry() {
    let host = Host::named("logs.example", json!({}), page).await;
    assert!(!host.passes("logs.example", "", host.authority.client()).await, "nobody vouches for it");
    host.harness.passes("logs.example", PassThrough::Logs);
    for _ in 0..3 {
        assert!(host.passes("logs.example", "", host.authority.client()).await);
    }
    let asked: Vec<String> = host.origin.seen().iter().map(|seen| seen.asked().to_owned()).collect();
    assert_eq!(asked, ["GET /v2/"], "it is asked once");
    let host = Host::named("logs.example", json!({}), git_and_registry).await;
    host.harness.passes("logs.example", PassThrough::Logs);
    assert!(!host.passes("logs.example", "", host.authority.client()).await, "it is a registry");
}

#[tokio::test]
async fn what_speaks_no_http_1_passes_to_what_is_no_registry() {
    let authority = Authority::new("far away");
    let mut server = rustls::ServerConfig::clone(&authority.server(&["logs.example"]));
    server.alpn_protocols = vec![b"h2".to_vec()];
    let origin = Origin::tls(Arc::new(server), |_| page("")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(json!({}), corporate.upstreams(&authority, &[])).await;
    let host = Host { authority, origin, harness };
    assert!(host.passes("logs.example", "", grpc(&host.authority.client())).await);
    assert!(!host.passes("logs.example", "", host.authority.client()).await, "with HTTP/1.1 it is read");
    for registry in ["quay.io", "registry-1.docker.io"] {
        let host = Host::named(registry, json!({}), page).await;
        assert!(!host.passes(registry, "", grpc(&host.authority.client())).await, "{registry}");
    }
    let host = Host::named("logs.example", json!({}), git_and_registry).await;
    assert!(!host.passes("logs.example", "", grpc(&host.authority.client())).await, "it is a registry");
}

#[tokio::test]
async fn a_tunnel_ends_where_its_user_may_not_use_the_front_any_longer() {
    let authority = Authority::new("far away");
    let mut server = rustls::ServerConfig::clone(&authority.server(&["logs.example"]));
    server.alpn_protocols = vec![b"h2".to_vec()];
    let origin = Origin::tls(Arc::new(server), |_| page("")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(json!({}), corporate.upstreams(&authority, &[])).await;
    let open = async || {
        let client = harness.connect("logs.example", "").await;
        client.secured(grpc(&authority.client()), "logs.example").await.unwrap()
    };
    let mut adas = open().await;
    harness.asks_as(BOB);
    let mut bobs = open().await;
    harness.lets_use_proxy(&[BOB]);
    assert!(adas.is_over().await);
    harness.lets_use_proxy(&[]);
    assert!(bobs.is_over().await);
}
