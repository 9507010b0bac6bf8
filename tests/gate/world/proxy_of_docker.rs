//! Docker's own proxy, as systemd makes it of a unit and as `daemon.json` has it; beside it engines that have another
//! one, or none.

use acceptance::laptop::{CorporateProxy, Firewall, Laptop, Options, ProxyDoor, Store};
use acceptance::product::{ENROLLMENT, enroll, install, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use super::proxy_sources::{IMAGE, shown, snapshot};
use crate::network::lab::{arrived, open_policy, status};

const DROP_IN: &str = "/etc/systemd/system/docker.service.d/http-proxy.conf";
const GIVEN: &str = "/etc/docker.env";
const DAEMON_JSON: &str = "/etc/docker/daemon.json";

/// What people write, and the login that systemd makes of it.
const TABLE: [(&str, &str, &str); 7] = [
    ("Environment=\"HTTPS_PROXY=http://corp%%5Cada:p%%231@203.0.113.14:3128/\"", "", "corp\\ada"),
    ("Environment='HTTPS_PROXY=http://ada:a\\x40b:c@203.0.113.14:3128'", "", "ada"),
    (
        "Environment=HTTPS_PROXY=http://carol:s3cret@203.0.113.14:3128 \\\n# a word in between\n    NO_PROXY=.corp.example",
        "",
        "carol",
    ),
    (
        "EnvironmentFile=/etc/docker.env",
        "HTTPS_PROXY=http://corp%5Cada:p%231@203.0.113.14:3128\n",
        "corp\\ada",
    ),
    (
        "EnvironmentFile=-/etc/docker.env",
        "https_proxy=\"http://carol:\\\ns3cret@203.0.113.14:3128\"\n",
        "carol",
    ),
    ("Environment=HTTPS_PROXY=http://dora:100%%25@203.0.113.14:3128", "", "dora"),
    ("Environment=HTTPS_PROXY=http://x%%n:1 HTTPS_PROXY=http://dora:100%%25@203.0.113.14:3128", "", "dora"),
];

fn give(laptop: &Laptop, (drop_in, given, _): &(&str, &str, &str)) {
    laptop.write_file(DROP_IN, format!("[Service]\n{drop_in}\n"));
    laptop.write_file(GIVEN, given);
    laptop.must("systemctl daemon-reload && systemctl reset-failed docker && systemctl restart docker");
}

fn docker_pulls_as(laptop: &Laptop, proxy: &CorporateProxy<'_>, user: &str, when: &str) {
    laptop.run("docker rmi official:1");
    let before = proxy.asked().len();
    let outcome = Flavor::DockerPull.attempt(laptop, IMAGE);
    assert!(outcome.code == 0 && outcome.present, "{when}, {user}: {outcome}");
    let users = shown(proxy, before);
    assert!(!users.is_empty() && users.iter().all(|shown| shown == user), "{when}, {user}: {users:?}");
}

#[test]
fn what_systemd_makes_of_a_unit_is_what_the_gateway_has() {
    let options = Options::docker(Store::Classic).no_direct_way_out(Firewall::Rejects);
    let laptop = Laptop::boot(&with_product(options));
    let proxy = CorporateProxy::start(&laptop);
    install(&laptop);
    laptop.must("mkdir -p /etc/systemd/system/docker.service.d");
    give(&laptop, &TABLE[0]);
    docker_pulls_as(&laptop, &proxy, TABLE[0].2, "before enrollment");
    enroll(&laptop, &open_policy(json!({})));
    for row in &TABLE {
        laptop.must("pullgate engines restore docker");
        give(&laptop, row);
        docker_pulls_as(&laptop, &proxy, row.2, "control");
        laptop.must("pullgate engines apply docker");
        docker_pulls_as(&laptop, &proxy, row.2, "routed");
    }
    a_change_of_the_persons_own_file_is_followed(&laptop, &proxy);
    a_wrong_login_is_shown_once_while_enrolling(&laptop, &proxy);
    a_proxy_that_is_not_spoken_leaves_the_engine(&laptop, &proxy);
    two_engines_that_differ(&laptop, &proxy);
    k3s_as_its_installer_lays_it_out(&laptop);
}

fn a_change_of_the_persons_own_file_is_followed(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    for row in [&TABLE[2], &TABLE[3], &TABLE[0]] {
        give(laptop, row);
        laptop.wait_for("the gateway goes by the new login", |laptop| {
            let before = proxy.asked().len();
            laptop.run("docker rmi official:1");
            let outcome = Flavor::DockerPull.attempt(laptop, IMAGE);
            outcome.code == 0 && shown(proxy, before).iter().all(|user| user == row.2)
        });
    }
    laptop.must("pullgate unenroll --yes");
    docker_pulls_as(laptop, proxy, TABLE[0].2, "after unenroll");
    assert_eq!(proxy.wrong_logins(), []);
}

fn a_wrong_login_is_shown_once_while_enrolling(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    give(laptop, &("Environment=HTTPS_PROXY=http://carol:0ld@203.0.113.14:3128", "", ""));
    let before = proxy.wrong_logins().len();
    enroll(laptop, &open_policy(json!({})));
    Flavor::DockerPull.attempt(laptop, IMAGE);
    let wrong = proxy.wrong_logins().len() - before;
    eprintln!("wrong proxy logins shown while enrolling: {wrong}");
    assert!(wrong <= 1, "{wrong}");
    laptop.must("pullgate unenroll --yes");
}

fn a_proxy_that_is_not_spoken_leaves_the_engine(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    give(laptop, &TABLE[0]);
    proxy.behave("ntlm");
    let before = laptop.read_file(DAEMON_JSON);
    laptop.write_file("/root/enrollment.toml", ENROLLMENT);
    let enrolled = laptop.run("pullgate enroll /root/enrollment.toml --yes");
    assert_ne!(enrolled.code, 0, "{}", enrolled.terminal);
    assert_eq!(laptop.read_file(DAEMON_JSON), before);
    let told = status(laptop)["conditions"].to_string();
    assert!(told.contains("proxy-not-spoken"), "{told}");
    // The complaint comes by another stream, and may stand before or after.
    let told: Vec<&str> = enrolled
        .terminal
        .lines()
        .filter(|line| line.contains("not done") || line.contains("error"))
        .collect();
    assert_eq!(told.len(), 2, "{}", enrolled.terminal);
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        let refused = told.iter().find(|line| line.contains("not done"));
        insta::assert_snapshot!("proxy_sources_ntlm", refused.expect("one of the two is it"));
    });
    proxy.behave("usual");
    laptop.must("pullgate engines apply docker");
    docker_pulls_as(laptop, proxy, TABLE[0].2, "once it is spoken to");
    laptop.must("pullgate engines restore docker");
}

/// SOCKS for Docker only; Podman and containerd go directly, as before.
fn two_engines_that_differ(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    laptop.must(&format!("rm -f {DROP_IN} && systemctl daemon-reload"));
    let socks = ProxyDoor::Socks.url("dora:100%25@");
    let json = json!({ "proxies": { "https-proxy": socks, "http-proxy": socks } });
    laptop.write_file(DAEMON_JSON, json.to_string());
    laptop.must("systemctl reset-failed docker && systemctl restart docker");
    laptop.direct_way_out(true);
    for is_routed in [false, true] {
        if is_routed {
            laptop.must("pullgate engines apply");
        }
        docker_pulls_as(laptop, proxy, "dora", "beside others");
        let before = proxy.asked().len();
        for flavor in [Flavor::Podman, Flavor::Cri] {
            laptop.run("podman rmi -f docker.io/library/official:1; ctr -n k8s.io images rm docker.io/library/official:1; true");
            arrived(&flavor.attempt(laptop, IMAGE));
        }
        assert_eq!(shown(proxy, before), Vec::<String>::new(), "they had no proxy, and have none");
    }
    let shown = laptop.must("pullgate status");
    snapshot("proxy_sources_differ", &shown);
}

/// Neither the real one nor its images can be had here: a program of its name stands in its unit.
fn k3s_as_its_installer_lays_it_out(laptop: &Laptop) {
    let program = "#!/bin/sh\ncase $1 in --version) echo 'k3s version v1.33.3+k3s1 (236cbf25)' ;; \
                   server) exec sleep infinity ;; *) exit 1 ;; esac\n";
    let unit = "[Unit]\nDescription=Lightweight Kubernetes\n[Service]\nType=exec\n\
                EnvironmentFile=-/etc/default/%N\nEnvironmentFile=-/etc/sysconfig/%N\n\
                EnvironmentFile=-/etc/systemd/system/k3s.service.env\nKillMode=process\n\
                ExecStart=/usr/local/bin/k3s \\\n    server \\\n\n";
    let given = "HTTPS_PROXY='http://corp%5Cada:p%231@203.0.113.14:3128'\n\
                 CONTAINERD_HTTPS_PROXY='http://dora:100%25@203.0.113.14:3129'\n";
    laptop.write_file("/usr/local/bin/k3s", program);
    laptop.write_file("/etc/systemd/system/k3s.service", unit);
    laptop.write_file("/etc/systemd/system/k3s.service.env", given);
    laptop.must("chmod 755 /usr/local/bin/k3s && chmod 600 /etc/systemd/system/k3s.service.env");
    laptop.must("systemctl daemon-reload && systemctl start k3s");
    laptop.must("pullgate engines plan k3s");
    let ways = status(laptop)["waysOut"].clone();
    let k3s = ways.as_array().into_iter().flatten().find(|way| way["who"] == "K3s").cloned();
    let place = "/etc/systemd/system/k3s.service.env";
    assert_eq!(
        k3s,
        Some(json!({ "who": "K3s", "proxy": "http://203.0.113.14:3129", "place": place })),
        "{ways}"
    );
}
