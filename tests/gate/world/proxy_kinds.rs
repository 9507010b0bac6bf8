//! Every kind of proxy that Docker Engine speaks is spoken by the gateway, and what a proxy refuses is said to be
//! the proxy's. No other way leads out of these laptops.

use acceptance::laptop::{CorporateProxy, Laptop, Options, ProxyDoor, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, condition, is_not_called_policy, masked, open_policy, restart, told};

const IMAGE: &str = "docker.io/library/official:1";
const PLAIN: &str = "203.0.113.20:5000/plain/app:1";
const PLACE: &str = "/etc/docker/daemon.json";

/// Each with another trap for whoever reads addresses.
fn login(door: ProxyDoor) -> &'static str {
    match door {
        ProxyDoor::Http | ProxyDoor::HttpOpen => "corp%5Cada:p%231@",
        ProxyDoor::Https | ProxyDoor::HttpsOpen => "ada:a%40b%3Ac@",
        ProxyDoor::Socks | ProxyDoor::SocksOpen => "dora:100%25@",
    }
}

#[test]
fn every_proxy_that_the_classic_store_pulls_by_is_spoken() {
    every_proxy(Store::Classic, "classic");
}

#[test]
fn every_proxy_that_the_containerd_store_pulls_by_is_spoken() {
    every_proxy(Store::Containerd, "containerd");
}

fn every_proxy(store: Store, name: &str) {
    let laptop = Laptop::boot(&with_product(Options::docker(store)));
    let proxy = CorporateProxy::start(&laptop);
    // Laptops of a company trust its authority.
    laptop.must("cat /etc/internet/acme-ca.pem >> /etc/ssl/certs/ca-certificates.crt");
    leave_the_proxy_as_the_only_way(&laptop);
    install(&laptop);
    no_way_without_a_proxy(&laptop);
    set_proxy(&laptop, store, &ProxyDoor::Http.url(login(ProxyDoor::Http)));
    pulls_go_through(&laptop, &proxy, ProxyDoor::Http);
    enroll(&laptop, &open_policy(json!({})));
    for door in ProxyDoor::ALL {
        laptop.must("pullgate engines restore docker");
        set_proxy(&laptop, store, &door.url(login(door)));
        pulls_go_through(&laptop, &proxy, door);
        laptop.must("pullgate engines apply docker");
        pulls_go_through(&laptop, &proxy, door);
    }
    failures_are_the_proxys(&laptop, &proxy, store, name);
    a_wrong_login_is_shown_once(&laptop, &proxy, store, name);
    laptop.must("pullgate unenroll --yes");
    set_proxy(&laptop, store, &ProxyDoor::Socks.url(login(ProxyDoor::Socks)));
    pulls_go_through(&laptop, &proxy, ProxyDoor::Socks);
}

/// New connections to the small internet are refused, but for those of the proxy's own user.
fn leave_the_proxy_as_the_only_way(laptop: &Laptop) {
    laptop.must(
        "iptables -A OUTPUT -d 203.0.113.14 -j ACCEPT \
         && iptables -A OUTPUT -m owner --uid-owner tinyproxy -j ACCEPT \
         && iptables -A OUTPUT -p tcp --syn -d 203.0.113.0/24 -j REJECT --reject-with tcp-reset",
    );
}

fn no_way_without_a_proxy(laptop: &Laptop) {
    let outcome = Flavor::DockerPull.attempt(laptop, IMAGE);
    assert!(outcome.code != 0 && outcome.asked.is_nothing(), "{outcome}");
}

fn set_proxy(laptop: &Laptop, store: Store, url: &str) {
    let mut settings = json!({
        "proxies": { "http-proxy": url, "https-proxy": url },
        "insecure-registries": ["203.0.113.20:5000"],
    });
    if store == Store::Containerd {
        settings["features"] = json!({ "containerd-snapshotter": true });
    }
    laptop.write_file(PLACE, serde_json::to_string_pretty(&settings).expect("it is plain data"));
    laptop.must("systemctl reset-failed docker && systemctl restart docker");
}

/// Two images come, one from a registry without TLS, and the proxy was asked for both.
fn pulls_go_through(laptop: &Laptop, proxy: &CorporateProxy<'_>, door: ProxyDoor) {
    let before = proxy.asked().len();
    for image in [IMAGE, PLAIN] {
        let outcome = Flavor::DockerPull.attempt(laptop, image);
        assert!(outcome.code == 0 && outcome.present, "{door:?}: {outcome}");
        laptop.must(&format!("docker rmi {image}"));
    }
    let asked = proxy.asked().split_off(before);
    for place in ["registry-1.docker.io:443", "203.0.113.20:5000"] {
        assert!(asked.iter().any(|asked| asked.passed && asked.place == place), "{door:?}: {asked:#?}");
    }
    assert_eq!(asked.iter().filter(|asked| asked.user.is_some() && !asked.passed).count(), 0, "{asked:#?}");
}

/// Each kind of failure as people meet it: in the terminal, in `status` and in the journal.
fn failures_are_the_proxys(laptop: &Laptop, proxy: &CorporateProxy<'_>, store: Store, name: &str) {
    let mut page = String::new();
    for (door, manner) in [
        (ProxyDoor::HttpOpen, "forbid"),
        (ProxyDoor::HttpOpen, "unavailable"),
        (ProxyDoor::HttpOpen, "ntlm"),
        (ProxyDoor::HttpOpen, "garbage"),
        (ProxyDoor::HttpOpen, "silent"),
        (ProxyDoor::SocksOpen, "forbid"),
        (ProxyDoor::SocksOpen, "unavailable"),
    ] {
        if manner == "forbid" {
            // Docker Engine goes on with a pull that nobody waits for any longer.
            laptop.wait_for("no pull is running", |laptop| {
                laptop.run("pullgate engines restore docker").code == 0
            });
            set_proxy(laptop, store, &door.url(""));
            laptop.must("pullgate engines apply docker");
        }
        proxy.behave(manner);
        // Connections that wait have passed the proxy already.
        restart(laptop);
        page += &failure(laptop, &format!("{door:?}, {manner}"));
        proxy.behave("usual");
    }
    laptop.must("systemctl stop corporate-proxy");
    page += &failure(laptop, "away");
    for _ in 0..3 {
        laptop.must("sleep 1.1; docker pull docker.io/acme/tool:1 || true");
    }
    page += &format!("status: {}\n", condition(laptop, "egress-closed").unwrap_or_default());
    CorporateProxy::restart(laptop);
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1"));
    assert_eq!(condition(laptop, "egress-closed"), None);
    laptop.must("docker rmi acme/tool:1");
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("proxy_failures_{name}"), page);
    });
}

fn failure(laptop: &Laptop, what: &str) -> String {
    let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1");
    is_not_called_policy(&outcome);
    format!("## {what}\n{outcome}journal: {}\n\n", told(laptop, "docker.io/acme/tool"))
}

/// Directories lock people out after a few wrong passwords.
fn a_wrong_login_is_shown_once(laptop: &Laptop, proxy: &CorporateProxy<'_>, store: Store, name: &str) {
    laptop.must("pullgate unenroll --yes");
    set_proxy(laptop, store, &ProxyDoor::Http.url("corp%5Cada:0ld%231@"));
    let before = proxy.wrong_logins().len();
    enroll(laptop, &open_policy(json!({})));
    let enrolling = proxy.wrong_logins().len() - before;
    for _ in 0..3 {
        is_not_called_policy(&Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1"));
    }
    let shown = proxy.wrong_logins().split_off(before);
    let ours = shown.iter().filter(|asked| asked.agent.starts_with("pullgate/")).count();
    eprintln!(
        "{name}: wrong proxy logins shown while enrolling: {enrolling}, after three pulls: {} (aim: 1), of these by \
         Pullgate: {ours}",
        shown.len()
    );
    assert!(ours <= 1, "{shown:#?}");
    let page = format!(
        "{}status: {}\n",
        failure(laptop, "a wrong login"),
        condition(laptop, "proxy-login-refused").unwrap_or_default()
    );
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(format!("proxy_wrong_login_{name}"), page);
    });
}
