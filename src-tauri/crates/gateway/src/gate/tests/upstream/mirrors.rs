//! Mirrors of Docker Hub, and upstreams of the policy: asked without the person's credentials.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    harness::{ADA, DIGEST, Harness, upstreams},
    origin::{Origin, Step, ok, raw},
};
use crate::Upstreams;

const HUB: &str = "registry-1.docker.io";
const SECRET: &str = "Authorization: Bearer of-the-person\r\n";

async fn world(mirrors: &[String], hub: &Origin) -> Harness {
    let settings =
        Upstreams { mirrors: mirrors.to_vec(), ..upstreams(&[("docker.io", hub), ("ghcr.io", hub)]) };
    Harness::new(json!({}), settings).await
}

#[tokio::test]
async fn a_mirror_is_asked_first_and_nobodys_credentials_reach_it() {
    let mirror = Origin::plain(|_| ok("from the mirror")).await;
    let hub = Origin::plain(|_| ok("from the hub")).await;
    let harness = world(&[format!("{}/hub/", mirror.url())], &hub).await;
    harness.has_login(ADA, "docker.io", "ada", "secret");
    let path = format!("/v2/acme/app/blobs/{DIGEST}");
    let mut client = harness.inside(HUB).await;
    assert_eq!(client.ask_with("GET", HUB, &path, SECRET).await.text(), "from the mirror");
    assert_eq!(mirror.last().asked(), format!("GET /hub{path}"));
    let mut front = harness.mirror().await;
    let there = format!("/v2/docker.io/acme/app/blobs/{DIGEST}");
    assert_eq!(front.ask_with("GET", "127.0.0.1", &there, "Authorization: Basic YTpi\r\n").await.status, 200);
    assert!(mirror.seen().iter().all(|seen| seen.field("authorization").is_none()), "{:?}", mirror.seen());
    assert_eq!(hub.connections(), 0);
}

#[tokio::test]
async fn where_a_mirror_fails_the_hub_is_asked_as_if_there_were_none() {
    for steps in [
        raw("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        raw(
            "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://auth.invalid/\"\r\nContent-Length: 0\r\n\r\n",
        ),
        raw("HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nno!"),
        raw("garbage\r\n\r\n"),
        vec![Step::Reset],
    ] {
        let mirror = Origin::plain(move |_| steps.clone()).await;
        let hub = Origin::plain(|_| ok("from the hub")).await;
        let harness = world(&[mirror.url()], &hub).await;
        let mut client = harness.inside(HUB).await;
        for method in ["HEAD", "GET"] {
            let answer = client.ask_with(method, HUB, "/v2/acme/app/manifests/1", SECRET).await;
            assert_eq!(answer.status, 200);
        }
        assert_eq!(hub.last().field("authorization"), Some("Bearer of-the-person"));
        assert_eq!(mirror.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_mirror_is_for_pulls_from_the_hub_alone() {
    let mirror = Origin::plain(|_| ok("from the mirror")).await;
    let hub = Origin::plain(|_| ok("from the hub")).await;
    let harness = world(&[mirror.url()], &hub).await;
    let mut client = harness.inside(HUB).await;
    client.ask("PUT", HUB, "/v2/acme/app/manifests/1").await;
    client.ask("GET", HUB, "/v2/").await;
    let mut other = harness.inside("ghcr.io").await;
    other.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
    assert_eq!((mirror.connections(), hub.seen().len()), (0, 3));
    assert_eq!(client.ask("GET", HUB, "/v2/evil/img/manifests/1").await.status, 403);
    assert_eq!(mirror.connections(), 0, "a mirror is asked for what is permitted");
}

#[tokio::test]
async fn an_upstream_of_the_policy_stands_for_the_registry_and_knows_nobody() {
    let authority = Authority::new("registries");
    let names = ["harbor.example", "registry-1.docker.io"];
    let cache = Origin::tls(authority.server(&names), |_| ok("from the cache")).await;
    let corporate = Corporate::leading_to(cache.address).await;
    let policy =
        json!({ "upstreams": [{ "for": "docker.io", "to": "https://harbor.example/v2/hub-proxy/" }] });
    let harness = Harness::new(policy, corporate.upstreams(&authority, &names)).await;
    let mut client = harness.inside(HUB).await;
    assert_eq!(client.ask("GET", HUB, "/v2/").await.status, 200, "nobody is asked who they are");
    let answer = client.ask_with("GET", HUB, "/v2/acme/app/manifests/1?a=b", SECRET).await;
    assert_eq!(answer.text(), "from the cache");
    assert_eq!(cache.last().asked(), "GET /v2/hub-proxy/acme/app/manifests/1?a=b");
    assert_eq!(
        (cache.last().field("host"), cache.last().field("authorization")),
        (Some("harbor.example"), None)
    );
    assert_eq!(client.ask("GET", HUB, "/v2/evil/img/manifests/1").await.status, 403);
    let mut direct = harness.inside("harbor.example").await;
    let alias = "/v2/hub-proxy/evil/img/manifests/1";
    assert_eq!(direct.ask("GET", "harbor.example", alias).await.status, 403, "the cache's path is the image");
    assert_eq!(cache.seen().len(), 1);
}

#[tokio::test]
async fn images_come_from_the_upstream_and_go_to_the_registry() {
    let authority = Authority::new("registries");
    let names = ["harbor.example", "registry-1.docker.io"];
    let both = Origin::tls(authority.server(&names), |_| ok("content")).await;
    let corporate = Corporate::leading_to(both.address).await;
    let policy =
        json!({ "upstreams": [{ "for": "docker.io", "to": "https://harbor.example/v2/hub-proxy/" }] });
    let harness = Harness::new(policy, corporate.upstreams(&authority, &names)).await;
    let mut client = harness.inside(HUB).await;
    client.ask_with("POST", HUB, "/v2/acme/app/blobs/uploads/", SECRET).await;
    assert_eq!(both.last().asked(), "POST /v2/acme/app/blobs/uploads/");
    let sent =
        (both.last().field("host").map(str::to_owned), both.last().field("authorization").map(str::to_owned));
    assert_eq!(sent, (Some(HUB.to_owned()), Some("Bearer of-the-person".to_owned())));
}
