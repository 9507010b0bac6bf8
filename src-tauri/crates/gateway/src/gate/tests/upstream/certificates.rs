//! A registry's certificate that is not good is said to be that, and is never called policy.

use serde_json::json;

use super::super::{
    authority::Authority,
    corporate::Corporate,
    origin::{Origin, ok},
    stage::Stage,
};
use super::pull;
use policy::Answered;

use crate::ClientCertificate;

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
        let stage = Stage::new(json!({}), corporate.upstreams(&known, &["ghcr.io"])).await;
        let mut client = stage.inside("ghcr.io").await;
        let answer = client.ask("GET", "ghcr.io", "/v2/acme/app/manifests/1").await;
        assert_eq!(answer.status, 502, "{words}");
        assert!(answer.reason.starts_with("not blocked by policy: "), "{}", answer.reason);
        assert!(answer.reason.contains("certificate"), "{}", answer.reason);
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
        let upstream = stage.decisions()[0].upstream.clone();
        let Some(Answered::Certificate { host, .. }) = upstream else { panic!("{upstream:?}") };
        assert_eq!((host.as_str(), origin.seen().len()), ("ghcr.io", 0));
    }
}

#[tokio::test]
async fn a_good_certificate_of_a_private_authority_is_believed_for_its_host_alone() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.server(&["ghcr.io", "registry-1.docker.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let stage = Stage::new(json!({}), corporate.upstreams(&private, &["ghcr.io"])).await;
    assert_eq!(pull(&stage, "ghcr.io").await.status, 200);
    assert_eq!(pull(&stage, "registry-1.docker.io").await.status, 502);
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_the_machine_has_one() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.asking_server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let without = Stage::new(json!({}), upstreams.clone()).await;
    let answer = pull(&without, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    assert!(
        answer.text().contains("client certificate that this machine does not have"),
        "{}",
        answer.text()
    );
    let leaf = private.leaf(&["this machine"]);
    let own = ClientCertificate { certificate: leaf.pem, key: leaf.key_pem };
    upstreams.registries.get_mut("ghcr.io").unwrap().clients.push(own);
    without.gate.reach(upstreams);
    assert_eq!(pull(&without, "ghcr.io").await.status, 200, "new settings hold for the next request");
}

#[tokio::test]
async fn a_trust_file_that_is_damaged_is_said_to_be() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.server(&["ghcr.io"]), |_| ok("content")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    upstreams.registries.get_mut("ghcr.io").unwrap().authorities.push(damaged.to_owned());
    let stage = Stage::new(json!({}), upstreams).await;
    let answer = pull(&stage, "ghcr.io").await;
    assert_eq!(answer.status, 502);
    assert!(answer.text().contains("on this machine cannot be used"), "{}", answer.text());
}
