//! A registry's certificate that is not good is said to be that, and is never called policy.

use policy::UpstreamResult;
use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    harness::{DIGEST, Harness},
    origin::{Origin, ok, raw},
};
use super::pull;

use crate::{ClientCertificate, Readers};

#[tokio::test]
async fn each_fault_of_a_certificate_is_named() {
    let known = Authority::new("known");
    let unknown = Authority::new("unknown");
    for (config, words) in [
        (known.leaf_for(&["ghcr.io"], (2020, 2021)).server(), "expired on 2021-01-01"),
        (known.leaf_for(&["ghcr.io"], (2090, 2091)).server(), "2090-01-01"),
        (known.server(&["other.example"]), "another host"),
        (unknown.server(&["ghcr.io"]), "does not trust"),
    ] {
        let origin = Origin::tls(config, |_| ok("never")).await;
        let corporate = Corporate::leading_to(origin.address).await;
        let harness = Harness::new(json!({}), corporate.upstreams(&known, &["ghcr.io"])).await;
        let mut client = harness.inside("ghcr.io").await;
        let answer = client.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
        assert_eq!(answer.status, 502, "{words}");
        assert!(answer.reason.starts_with("not blocked by policy: "), "{}", answer.reason);
        assert!(answer.reason.contains("certificate"), "{}", answer.reason);
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        let upstream = harness.decisions()[0].upstream.clone();
        let Some(UpstreamResult::Certificate { host, .. }) = upstream else { panic!("{upstream:?}") };
        assert_eq!((host.as_str(), origin.seen().len()), ("ghcr.io", 0));
    }
}

#[tokio::test]
async fn a_good_certificate_of_a_private_authority_is_believed_for_its_host_alone() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.server(&["ghcr.io", "registry-1.docker.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(json!({}), corporate.upstreams(&private, &["ghcr.io"])).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    assert_eq!(pull(&harness, "registry-1.docker.io").await.status, 502);
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_the_machine_has_one() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.asking_server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let without = Harness::new(json!({}), upstreams.clone()).await;
    let answer = pull(&without, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.text().contains("client certificate that this machine does not have"),
        "{}",
        answer.text()
    );
    let leaf = private.leaf(&["this machine"]);
    let source = "me.cert".to_owned();
    let readers = Readers::Everybody;
    let own = ClientCertificate { certificate: leaf.pem, key: leaf.key_pem, source, readers };
    upstreams.registries.get_mut("ghcr.io").unwrap().clients.push(own);
    without.gate.set_upstreams(upstreams);
    assert_eq!(pull(&without, "ghcr.io").await.status, 200, "new settings hold for the next request");
}

/// Engines leave it out, so what the others vouch for is still believed.
#[tokio::test]
async fn a_trust_file_that_is_damaged_is_named_where_it_could_have_helped() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".to_owned();
    let damaged = crate::Authority { pem, source: "/etc/docker/certs.d/ghcr.io/ca.crt".to_owned() };
    let authorities = &mut upstreams.registries.get_mut("ghcr.io").unwrap().authorities;
    authorities.insert(0, damaged);
    let harness = Harness::new(json!({}), upstreams.clone()).await;
    assert_eq!(pull(&harness, "ghcr.io").await.status, 200);
    upstreams.registries.get_mut("ghcr.io").unwrap().authorities.truncate(1);
    harness.gate.set_upstreams(upstreams);
    let answer = pull(&harness, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.text().contains("certs.d/ghcr.io/ca.crt`: its certificate in line 1"),
        "{}",
        answer.text()
    );
    assert_eq!(pull(&harness, "registry-1.docker.io").await.status, 502, "another host has its own words");
}

/// Engines ask a registry's token service, and the stores that it sends them to, by the registry's own trust.
#[tokio::test]
async fn the_places_that_a_registry_sends_clients_to_are_believed_as_the_registry_is() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.server(&["ghcr.io", "store.example", "auth.example"]), |seen| {
        let asked = seen.asked();
        if asked.contains("/token") {
            return ok("{\"token\":\"t\"}");
        }
        if asked.contains("/store/") {
            return ok("content");
        }
        if seen.field("authorization").is_none() {
            return raw(
                "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://auth.example/token\"\r\n\
                 Content-Length: 0\r\n\r\n",
            );
        }
        raw("HTTP/1.1 307 Temporary Redirect\r\nLocation: https://store.example/store/1\r\nContent-Length: 0\r\n\r\n")
    })
    .await;
    let corporate = Corporate::leading_to(origin.address).await;
    let harness = Harness::new(json!({}), corporate.upstreams(&private, &["ghcr.io"])).await;
    let blob = format!("/v2/ghcr.io/acme/app/blobs/{DIGEST}");
    let answer = harness.mirror().await.ask("GET", "127.0.0.1", &blob).await;
    assert_eq!((answer.status, answer.text()), (200, "content"), "{}", answer.reason);
    // By the proxy front the engine itself asks the token service, after it was told where that is.
    let mut before = harness.inside("auth.example").await;
    assert_eq!(before.ask("GET", "auth.example", "/token").await.status, 502);
    assert_eq!(pull(&harness, "ghcr.io").await.status, 401);
    let mut after = harness.inside("auth.example").await;
    assert_eq!(after.ask("GET", "auth.example", "/token").await.status, 200);
}
