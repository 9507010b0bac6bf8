//! An organization's proxy with a password, configured for Docker Engine before the product came.

use acceptance::laptop::{CorporateProxy, Laptop, Options, Store};
use acceptance::product::{enroll, install, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use super::lab::{arrived, denied, is_not_called_policy, masked, open_policy, told};

const DAEMON_JSON: &str = r#"{
    "proxies": {
        "http-proxy":  "http://carol:s3cret@203.0.113.14:3128",
        "https-proxy": "http://carol:s3cret@203.0.113.14:3128",
        "no-proxy":    "quay.io,.pkg.dev"
    },
    "max-concurrent-downloads": 2
}
"#;
const PLACE: &str = "/etc/docker/daemon.json";

#[test]
fn an_organizations_proxy_is_taken_over_and_given_back() {
    let options = with_product(Options::docker(Store::Classic).file(PLACE, DAEMON_JSON));
    let laptop = Laptop::boot(&options);
    let proxy = CorporateProxy::start(&laptop);
    install(&laptop);
    enroll(&laptop, &open_policy(json!({})));
    allowed_pulls_go_through_it(&laptop, &proxy);
    exceptions_go_directly(&laptop, &proxy);
    no_proxy_in_a_drop_in_opens_no_hole(&laptop, &proxy);
    a_wrong_password_is_said_in_words(&laptop);
    nothing_tells_the_password(&laptop);
    the_engine_gets_its_proxy_back(&laptop, &proxy);
}

fn allowed_pulls_go_through_it(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1"));
    let asked = proxy.hosts();
    for host in ["registry-1.docker.io:443", "auth.docker.io:443", "production.cloudflare.docker.com:443"] {
        assert!(asked.iter().any(|one| one == host), "{host} is not among {asked:?}");
    }
    let before = proxy.hosts().len();
    denied(&Flavor::DockerPull.attempt(laptop, "docker.io/evil/miner:1"));
    let asked = proxy.hosts().split_off(before);
    // The daemon asks Docker Hub who it is, and for a token, before it asks for an image.
    assert!(asked.iter().all(|host| host.ends_with("docker.io:443")), "{asked:?}");
}

fn exceptions_go_directly(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    let before = proxy.hosts().len();
    arrived(&Flavor::DockerPull.attempt(laptop, "quay.io/coreos/etcd:1"));
    arrived(&Flavor::DockerPull.attempt(laptop, "registry.k8s.io/pause:1"));
    let asked = proxy.hosts().split_off(before);
    assert!(asked.iter().all(|host| !host.starts_with("quay.io") && !host.contains("pkg.dev")), "{asked:?}");
    assert!(asked.contains(&"registry.k8s.io:443".to_owned()), "{asked:?}");
}

fn no_proxy_in_a_drop_in_opens_no_hole(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    for name in ["http-proxy.conf", "zzz-later.conf"] {
        let path = format!("/etc/systemd/system/docker.service.d/{name}");
        laptop.write_file(&path, "[Service]\nEnvironment=NO_PROXY=* no_proxy=*\n");
        laptop.must("systemctl daemon-reload && systemctl reset-failed docker && systemctl restart docker");
        denied(&Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1"));
        let before = proxy.hosts().len();
        arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/grafana/tool:1"));
        assert!(proxy.hosts().len() > before, "{name}");
        laptop.must(&format!("docker rmi grafana/tool:1 && rm {path}"));
    }
    laptop.must("systemctl daemon-reload && systemctl reset-failed docker && systemctl restart docker");
}

fn a_wrong_password_is_said_in_words(laptop: &Laptop) {
    laptop.must("pullgate engines restore docker");
    laptop.write_file(PLACE, DAEMON_JSON.replace("s3cret", "0ld-s3cret"));
    laptop.must("systemctl reset-failed docker && systemctl restart docker && pullgate engines apply docker");
    let outcome = Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1");
    is_not_called_policy(&outcome);
    arrived(&Flavor::DockerRun.attempt(laptop, "quay.io/coreos/etcd:1"));
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("wrong_proxy_password", outcome);
    });
    denied(&Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1"));
    laptop.must("pullgate engines restore docker");
    laptop.write_file(PLACE, DAEMON_JSON);
    laptop.must("systemctl reset-failed docker && systemctl restart docker && pullgate engines apply docker");
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/acme/tool:1"));
    assert_eq!(told(laptop, "docker.io/acme/tool"), "allowed, delivered: 200");
}

fn nothing_tells_the_password(laptop: &Laptop) {
    for command in [
        "pullgate status --json",
        "pullgate engines --json",
        "pullgate engines plan --dry-run",
        "pullgate log --json",
        "pullgate doctor",
        "pullgate doctor --bundle /root/bundle.json && cat /root/bundle.json",
        "journalctl --no-pager -u pullgate.service -u pullgate-steward.service",
        "find /etc/pullgate /var/lib/pullgate /run/pullgate -type f -exec cat {} +",
        "find /var/lib/pullgate-steward -perm /077",
    ] {
        let output = laptop.run(command);
        let leaks = output.terminal.contains("s3cret");
        assert!(!leaks, "`{command}` tells the password:\n{}", output.terminal);
    }
}

fn the_engine_gets_its_proxy_back(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    laptop.must("pullgate engines restore docker");
    assert_eq!(laptop.read_file(PLACE).as_deref(), Some(DAEMON_JSON));
    let before = proxy.hosts().len();
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/someuser/tool:1"));
    assert!(proxy.hosts().len() > before);
}
