//! The proxy front serves engines that run as root and whom the enrollment names, and what only root can read on this
//! machine is used for nobody else.

use serde_json::json;

use super::{
    authority::Authority,
    corporate::Corporate,
    harness::{ADA, BOB, Harness, upstreams},
    origin::{Origin, ok},
};
use crate::{ClientCertificate, Readers};

const ROOT: u32 = 0;
const PATH: &str = "/v2/ghcr.io/acme/app/manifests/1";

async fn plain(harness: &Harness, origin: &Origin) -> (u16, String) {
    let place = origin.address.to_string();
    let answer = harness.proxy().await.ask("GET", &place, &format!("http://{place}/secret")).await;
    (answer.status, answer.reason)
}

async fn tunnel(harness: &Harness) -> String {
    let mut client = harness.proxy().await;
    client.send("CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\n\r\n").await;
    client.head().await.unwrap().lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_gets_nothing_through_the_proxy_front_and_learns_why() {
    let origin = Origin::plain(|_| ok("what only engines of root should see")).await;
    let harness = Harness::before(&origin).await;
    harness.lets_use_proxy(&[ADA]);
    harness.asks_as(BOB);
    let said = "Pullgate: user 1001 may not use this proxy, it is for container engines of root";
    assert_eq!(plain(&harness, &origin).await, (403, said.to_owned()));
    assert_eq!(tunnel(&harness).await, format!("HTTP/1.1 403 {said}"));
    harness.asks_as_nobody();
    let (status, reason) = plain(&harness, &origin).await;
    assert_eq!(status, 403);
    assert!(reason.contains("a program that cannot be told may not use this proxy"), "{reason}");
    assert_eq!(origin.seen().len(), 0, "nobody was asked for them");
    for served in [ROOT, ADA] {
        harness.asks_as(served);
        assert_eq!(plain(&harness, &origin).await.0, 200, "{served}");
        assert_eq!(tunnel(&harness).await, "HTTP/1.1 200 Connection established", "{served}");
    }
    harness.lets_use_proxy(&[]);
    assert_eq!(
        plain(&harness, &origin).await.0,
        403,
        "what the enrollment says holds for the next connection"
    );
    let mirrored = harness.mirror().await.ask("GET", "127.0.0.1", PATH).await;
    assert_eq!(mirrored.status, 200, "the mirror front is everybody's");
}

/// Whom an administrator took away from `fronts.proxy_users` went on over the connections that were open.
#[tokio::test]
async fn who_is_named_no_longer_gets_nothing_more_over_connections_that_are_open() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    harness.lets_use_proxy(&[ADA, BOB]);
    let place = origin.address.to_string();
    let (url, named) = (format!("http://{place}/secret"), "/v2/acme/app/manifests/1");
    let (mut plain, mut later) = (harness.proxy().await, harness.proxy().await);
    for client in [&mut plain, &mut later] {
        assert_eq!(client.ask("GET", &place, &url).await.status, 200);
    }
    let mut inside = harness.inside("ghcr.io").await;
    harness.asks_as(BOB);
    let mut other = harness.inside("ghcr.io").await;
    for client in [&mut inside, &mut other] {
        assert_eq!(client.ask("GET", "ghcr.io", named).await.status, 200);
    }
    let asked = origin.seen().len();
    harness.lets_use_proxy(&[BOB]);
    assert_eq!(plain.ask("GET", &place, &url).await.status, 403);
    let answer = inside.ask("GET", "ghcr.io", named).await;
    assert!(answer.status == 403 && answer.text().contains("fronts.proxy_users"), "{}", answer.text());
    later.send("CONNECT ghcr.io:443 HTTP/1.1\r\nHost: ghcr.io:443\r\n\r\n").await;
    assert!(later.head().await.unwrap().starts_with("HTTP/1.1 403 "));
    assert_eq!(origin.seen().len(), asked, "nothing was asked for them");
    assert!(plain.is_over().await && inside.is_over().await);
    assert_eq!(other.ask("GET", "ghcr.io", named).await.status, 200, "another user goes on");
}

#[tokio::test]
async fn a_stranger_learns_what_an_administrator_can_do_and_the_connection_ends() {
    let origin = Origin::plain(|_| ok("never")).await;
    let harness = Harness::new(json!({}), upstreams(&[("ghcr.io", &origin)])).await;
    harness.lets_use_proxy(&[]);
    let mut client = harness.proxy().await;
    let answer = client.ask("GET", "example.test", "http://example.test/").await;
    assert!(answer.text().contains("`fronts.proxy_users` in the enrollment"), "{}", answer.text());
    assert_eq!(answer.field("connection"), Some("close"));
    assert!(client.is_over().await);
}

#[tokio::test]
async fn a_client_certificate_that_only_root_can_read_is_shown_for_nobody_else() {
    let private = Authority::new("private");
    let origin = Origin::tls(private.asking_server(&["ghcr.io"]), |_| ok("secret")).await;
    let corporate = Corporate::leading_to(origin.address).await;
    let mut upstreams = corporate.upstreams(&private, &["ghcr.io"]);
    let leaf = private.leaf(&["this machine"]);
    let certificate = |readers| ClientCertificate {
        certificate: leaf.pem.clone(),
        key: leaf.key_pem.clone(),
        source: "/etc/docker/certs.d/ghcr.io/client.cert".into(),
        readers,
    };
    upstreams.registries.get_mut("ghcr.io").unwrap().clients.push(certificate(Readers::Users([ADA].into())));
    let harness = Harness::new(json!({}), upstreams.clone()).await;
    let pull = async |uid| {
        harness.asks_as(uid);
        harness.mirror().await.ask("GET", "127.0.0.1", PATH).await
    };
    // A connection that was opened for one who may waits in no pool of one who may not.
    for (uid, status) in [(ROOT, 200), (BOB, 502), (ADA, 200), (BOB, 502), (ROOT, 200)] {
        let answer = pull(uid).await;
        assert_eq!(answer.status, status, "{uid}: {}", answer.text());
        assert_eq!(answer.text().contains("secret"), status == 200);
    }
    harness.asks_as_nobody();
    assert_eq!(harness.mirror().await.ask("GET", "127.0.0.1", PATH).await.status, 502);
    let clients = &mut upstreams.registries.get_mut("ghcr.io").unwrap().clients;
    *clients = vec![certificate(Readers::Everybody)];
    harness.gate.set_upstreams(upstreams);
    assert_eq!(pull(BOB).await.status, 200);
}

#[tokio::test]
async fn a_user_with_as_many_connections_as_one_may_have_keeps_room_for_others() {
    let origin = Origin::plain(|_| ok("content")).await;
    let harness = Harness::before(&origin).await;
    harness.asks_as(BOB);
    let mut held = Vec::new();
    // One more than the limit is closed without a word, whatever that limit is with the descriptors of this process.
    loop {
        let mut client = harness.proxy().await;
        if !client.try_send("GET ").await || client.ends_soon().await {
            break;
        }
        held.push(client);
        assert!(held.len() <= 256, "{} connections of one user", held.len());
    }
    assert!(held.len() >= 32, "{} connections are too few", held.len());
    harness.asks_as(ADA);
    assert_eq!(plain(&harness, &origin).await.0, 200);
    held.pop();
    harness.asks_as(BOB);
    let place = origin.address.to_string();
    let asked = async {
        loop {
            let mut client = harness.proxy().await;
            if client.try_send("GET ").await && !client.ends_soon().await {
                client.send(format!("http://{place}/secret HTTP/1.1\r\nHost: {place}\r\n\r\n")).await;
                return client.answer("GET").await.status;
            }
        }
    };
    let answered = tokio::time::timeout(std::time::Duration::from_secs(10), asked).await;
    assert_eq!(answered, Ok(200), "a connection that has ended takes its place on");
}
