//! A network that goes and comes, a host that wants to be left alone, and the way to it.

use std::time::{Duration, Instant};

use acceptance::internet::Manner;
use acceptance::laptop::{CorporateProxy, Laptop, Options, Store};
use acceptance::product::{install, with_product};
use acceptance::signing::{CATALOG, PLATFORM, ROOT, enroll, policy, signed_policy, signed_trust, trust};
use serde_json::json;

use super::desk::{HOST, UNREACHABLE, URL, desk, snapshot};
use crate::network::lab::status;

/// The first retry by itself comes after twelve seconds at the earliest.
const AT_ONCE: Duration = Duration::from_secs(8);

fn change_the_network(laptop: &Laptop) {
    laptop.must("ip addr del 192.0.2.77/32 dev lo 2>/dev/null; ip addr add 192.0.2.77/32 dev lo");
}

#[test]
fn what_failed_is_tried_again_as_soon_as_the_network_changes() {
    let mut desk = desk();
    desk.laptop.internet().behave(HOST, Manner::unavailable(None));
    desk.publish(json!({}));
    desk.laptop.must("systemctl restart pullgate.service");
    desk.laptop.wait_for("it failed", |_| desk.said(UNREACHABLE).is_some());
    desk.laptop.internet().behave_well();
    let started = Instant::now();
    change_the_network(&desk.laptop);
    desk.laptop.wait_for("it is tried again", |laptop| {
        status(laptop)["policy"]["stamp"]["serial"] == json!(desk.serial)
    });
    let took = started.elapsed();
    eprintln!("a policy was in force {took:?} after the network changed");
    assert!(took < AT_ONCE, "{took:?}");
    assert_eq!(desk.said(UNREACHABLE), None);
}

#[test]
fn a_host_that_wants_to_be_left_alone_is() {
    let desk = desk();
    desk.laptop.must("systemctl set-environment PULLGATE_LOG=service=debug");
    desk.laptop.internet().behave(HOST, Manner::unavailable(Some(3600)));
    desk.laptop.must("systemctl restart pullgate.service");
    desk.laptop.wait_for("it is asked", |_| !desk.asked().is_empty());
    desk.laptop.wait_for("it failed", |_| desk.said(UNREACHABLE).is_some());
    let count = || {
        let log = desk.laptop.must("journalctl -u pullgate.service -o cat --no-pager").stdout;
        log.matches("event=NetworkUp").count()
    };
    for _ in 0..2 {
        let before = count();
        change_the_network(&desk.laptop);
        desk.laptop.wait_for("the change is noticed", |_| count() > before);
    }
    assert_eq!(desk.asked().len(), 1, "{:?}", desk.asked());
    desk.laptop.internet().behave_well();
    desk.laptop.must("pullgate policy refresh && systemctl unset-environment PULLGATE_LOG");
    assert_eq!(desk.said(UNREACHABLE), None, "a person who asks is not kept waiting");
}

const DAEMON_JSON: &str = r#"{ "proxies": { "http-proxy": "http://carol:s3cret@203.0.113.14:3128",
    "https-proxy": "http://carol:s3cret@203.0.113.14:3128", "no-proxy": "quay.io" } }"#;

#[test]
fn the_policy_is_fetched_through_the_organizations_proxy_and_never_through_the_gateway() {
    let options = Options::docker(Store::Classic).policy_host().file("/etc/docker/daemon.json", DAEMON_JSON);
    let laptop = Laptop::boot(&with_product(options));
    let proxy = CorporateProxy::start(&laptop);
    install(&laptop);
    let host = laptop.policy_host();
    host.put("v1/trust.json", signed_trust(&trust(json!({})), &[ROOT]));
    host.put("v1/catalog.json", CATALOG);
    host.put("v1/policy.json", signed_policy(&policy(json!({})), &[PLATFORM]));
    enroll(&laptop, URL, &[ROOT]);
    laptop.wait_for("the policy is there", |laptop| status(laptop)["policy"]["state"] == "current");
    let through = || proxy.hosts().iter().filter(|host| *host == "policy.acme.example:443").count();
    let asked = || laptop.internet().requests().into_iter().filter(|asked| asked.host == HOST).count();
    for start in ["true", "systemctl restart pullgate.service"] {
        laptop.must(start);
        let before = through();
        laptop.internet().forget();
        laptop.must("pullgate policy refresh");
        laptop.wait_for("it is asked", |_| asked() >= 3);
        assert!(through() > before, "after `{start}` it was asked directly");
    }
    let log = laptop.must("journalctl -u pullgate.service -o cat --no-pager").stdout;
    assert!(!log.contains("s3cret"), "{log}");
    laptop.must("systemctl stop corporate-proxy");
    let refreshed = laptop.run("pullgate policy refresh");
    assert_eq!((refreshed.code, refreshed.terminal.contains("s3cret")), (1, false), "{}", refreshed.terminal);
    snapshot("proxy_away", &refreshed.terminal);
}
