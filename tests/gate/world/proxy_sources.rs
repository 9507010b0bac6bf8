//! Whose proxy is used: what each engine had, nobody else's, and the enrollment's before all. No other way leads out.

use acceptance::laptop::{CorporateProxy, Firewall, Laptop, Options, Output, Person, ProxyDoor};
use acceptance::product::{install, with_product};
use acceptance::pull::Flavor;
use acceptance::signing;
use serde_json::json;

use crate::network::lab::{arrived, masked, open_policy, status};

pub(super) const IMAGE: &str = "docker.io/library/official:1";
const LOGIN_FILE: &str = "/etc/pullgate/proxy-login";

/// One way in which a laptop has a proxy that Docker does not know of.
struct Case {
    what: &'static str,
    file: &'static str,
    text: fn(&str) -> String,
    login: &'static str,
    user: &'static str,
    pulls: &'static [&'static str],
}

const CASES: [Case; 4] = [
    Case {
        what: "A: /etc/environment and a login shell",
        file: "/etc/environment",
        text: |url| format!("HTTPS_PROXY=\"{url}\"\nhttps_proxy={url}\n"),
        login: "carol:s3cret@",
        user: "carol",
        pulls: &["su - ada -c 'podman pull IMAGE'"],
    },
    Case {
        what: "B: [engine] env of containers.conf",
        file: "/etc/containers/containers.conf.d/proxy.conf",
        text: |url| format!("[engine]\nenv = [\"https_proxy={url}\"]\n"),
        login: "corp%5Cada:p%231@",
        user: "corp\\ada",
        pulls: &["su ada -c 'cd && podman pull IMAGE'", "podman pull IMAGE", "buildah pull IMAGE"],
    },
    Case {
        what: "B: the person's own containers.conf",
        file: "/home/ada/.config/containers/containers.conf",
        text: |url| format!("[engine]\nenv = [\"HTTPS_PROXY={url}\"]\n"),
        login: "dora:100%25@",
        user: "dora",
        pulls: &["su ada -c 'cd && podman pull IMAGE'"],
    },
    Case {
        what: "C: a drop-in of containerd",
        file: "/etc/systemd/system/containerd.service.d/http-proxy.conf",
        text: |url| format!("[Service]\nEnvironment=\"HTTPS_PROXY={}\"\n", url.replace('%', "%%")),
        login: "ada:a%40b%3Ac@",
        user: "ada",
        pulls: &["cri"],
    },
];

impl Case {
    fn set(&self, laptop: &Laptop) {
        laptop.must(&format!("mkdir -p $(dirname {})", self.file));
        laptop.write_file(self.file, (self.text)(&ProxyDoor::Http.url(self.login)));
        laptop.must("chown -R ada: /home/ada/.config 2>/dev/null || true");
        self.restart(laptop);
    }

    fn unset(&self, laptop: &Laptop) {
        laptop.must(&format!("rm -f {} && touch /etc/environment", self.file));
        self.restart(laptop);
    }

    fn restart(&self, laptop: &Laptop) {
        if self.pulls.contains(&"cri") {
            laptop.must("systemctl daemon-reload && systemctl restart containerd");
        }
    }

    /// An image comes by each of its commands, through the proxy and with its login.
    fn pulls(&self, laptop: &Laptop, proxy: &CorporateProxy<'_>, when: &str) {
        for command in self.pulls {
            let before = proxy.asked().len();
            if *command == "cri" {
                laptop.run("ctr -n k8s.io images rm docker.io/library/official:1; true");
                arrived(&Flavor::Cri.attempt(laptop, IMAGE));
            } else {
                laptop.run("podman rmi -f docker.io/library/official:1; su ada -c 'cd && podman rmi -f docker.io/library/official:1'");
                let outcome = laptop.run(&command.replace("IMAGE", IMAGE));
                assert_eq!(outcome.code, 0, "{when}, {}, {command}:\n{}", self.what, outcome.terminal);
            }
            let users = shown(proxy, before);
            assert!(!users.is_empty(), "{when}, {}, {command}: the proxy was not asked", self.what);
            assert!(users.iter().all(|user| user == self.user), "{when}, {}: {users:?}", self.what);
        }
    }
}

/// The logins that the proxy was shown since; the service asks it without one whether it can be spoken to.
pub(super) fn shown(proxy: &CorporateProxy<'_>, before: usize) -> Vec<String> {
    proxy.asked().split_off(before).into_iter().filter_map(|asked| asked.user).collect()
}

fn each_by_itself(laptop: &Laptop, proxy: &CorporateProxy<'_>, when: &str) {
    for case in &CASES {
        case.set(laptop);
        case.pulls(laptop, proxy, when);
        case.unset(laptop);
    }
}

#[test]
fn a_proxy_that_docker_does_not_know_of_is_used_by_whoever_has_it() {
    let options = Options::containerd().identity_provider().policy_host();
    let laptop = Laptop::boot(&with_product(options.no_direct_way_out(Firewall::Rejects)));
    let proxy = CorporateProxy::start(&laptop);
    install(&laptop);
    let without = laptop.run(&format!("podman pull {IMAGE}"));
    assert_ne!(without.code, 0, "there is no other way out");
    each_by_itself(&laptop, &proxy, "before enrollment");
    publish(&laptop);
    enrolls_by_an_address(&laptop, &proxy);
    each_by_itself(&laptop, &proxy, "after enrollment");
    all_of_them_at_once(&laptop, &proxy);
    the_service_goes_by_the_machines_proxy(&laptop, &proxy);
    a_persons_own_word(&laptop, &proxy);
    the_enrollments_is_everybodys(&laptop, &proxy);
    laptop.must("pullgate unenroll --yes");
    each_by_itself(&laptop, &proxy, "after unenroll");
    assert_eq!(proxy.wrong_logins(), []);
}

/// The policy, signed, and an enrollment, on the web.
fn publish(laptop: &Laptop) {
    let host = laptop.policy_host();
    let policy = signing::policy(open_policy(json!({})));
    host.put("v1/trust.json", signing::signed_trust(&signing::trust(json!({})), &[signing::ROOT]));
    host.put("v1/policy.json", signing::signed_policy(&policy, &[signing::PLATFORM]));
    host.put("v1/catalog.json", signing::CATALOG);
    host.put("acme.toml", enrollment(""));
}

fn enrollment(network: &str) -> String {
    let identity = "[identity]\nissuer = \"https://login.acme.example\"\nclient_id = \"pullgate\"\nrequired = false\n\
                    membership = { claim = \"groups\", contains = \"engineering\" }\n\n";
    let whole = signing::enrollment("https://policy.acme.example/v1/", &[signing::ROOT]);
    format!("{}{network}", whole.replace("[policy]", &format!("{identity}[policy]")))
}

/// Nobody on this machine has a proxy but the shell that enrolls; the service has none until the machine does.
fn enrolls_by_an_address(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    let url = ProxyDoor::Http.url("carol:s3cret@");
    let before = proxy.hosts().len();
    let refused = laptop.run("pullgate enroll https://policy.acme.example/acme.toml --yes");
    assert_ne!(refused.code, 0, "{}", refused.terminal);
    CASES[0].set(laptop);
    laptop.must(&format!("https_proxy={url} pullgate enroll https://policy.acme.example/acme.toml --yes"));
    assert!(proxy.hosts().split_off(before).contains(&"policy.acme.example:443".to_owned()));
    laptop
        .wait_for("the policy arrives by the proxy", |laptop| status(laptop)["policy"]["state"] == "current");
    CASES[0].unset(laptop);
}

fn all_of_them_at_once(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    CASES.iter().for_each(|case| case.set(laptop));
    // What the shell has beats the files.
    for case in [&CASES[0], &CASES[3]] {
        case.pulls(laptop, proxy, "all at once");
    }
    let ways = |laptop: &Laptop| status(laptop)["waysOut"].clone();
    laptop.wait_for("it is known that containerd has a proxy", |laptop| {
        ways(laptop).to_string().contains("containerd.service")
    });
    laptop.wait_for("it is known that the machine has one", |laptop| {
        ways(laptop).to_string().contains("/etc/environment")
    });
    let shown = laptop.must("pullgate status").terminal;
    let lines: Vec<&str> = shown.lines().filter(|line| line.contains(" goes out ")).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("proxy_sources_status", lines.join("\n"));
    });
}

fn the_service_goes_by_the_machines_proxy(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    let before = proxy.asked().len();
    laptop.must("pullgate policy refresh");
    let signing_in = laptop.run_as(Person::Ada, "timeout --signal INT 10 pullgate sign-in --device");
    assert!(signing_in.stdout.contains("login.acme.example"), "{}", signing_in.terminal);
    let asked: Vec<_> =
        proxy.asked().split_off(before).into_iter().filter(|asked| asked.user.is_some()).collect();
    for host in ["policy.acme.example:443", "login.acme.example:443"] {
        let by: Vec<_> =
            asked.iter().filter(|asked| asked.place == host).map(|asked| asked.user.clone()).collect();
        assert!(
            !by.is_empty() && by.iter().all(|user| user.as_deref() == Some("carol")),
            "{host}: {asked:?}"
        );
    }
}

/// A process says where its own pull goes, not to the gateway itself, and not where nothing proves who answers.
fn a_persons_own_word(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    CASES.iter().for_each(|case| case.unset(laptop));
    let pull = |proxy: &str, image: &str| {
        laptop.run("su ada -c 'cd && podman rmi -f docker.io/library/official:1'");
        laptop.run(&format!("su ada -c 'cd && HTTPS_PROXY={proxy} HTTP_PROXY={proxy} podman pull {image}'"))
    };
    let own = ProxyDoor::Socks.url("dora:100%25@");
    let before = proxy.asked().len();
    let outcome = pull(&own, IMAGE);
    assert_eq!(outcome.code, 0, "{}", outcome.terminal);
    assert!(shown(proxy, before).iter().all(|user| user == "dora"));
    for here in ["http://127.0.0.1:859", "http://127.0.0.1:858"] {
        let outcome = pull(here, IMAGE);
        assert!(outcome.code != 0 && !outcome.terminal.contains("127.0.0.1:859"), "{}", outcome.terminal);
    }
}

fn the_enrollments_is_everybodys(laptop: &Laptop, proxy: &CorporateProxy<'_>) {
    CASES.iter().for_each(|case| case.set(laptop));
    let network =
        format!("\n[network]\nproxy = \"http://203.0.113.14:3128\"\nproxy_login = \"{LOGIN_FILE}\"\n");
    laptop.write_file("/root/network.toml", enrollment(&network));
    laptop.write_file(LOGIN_FILE, "dora:100%\n");
    laptop.must(&format!("chmod 644 {LOGIN_FILE} && pullgate enroll /root/network.toml --replace --yes"));
    laptop.wait_for("a login that others can read is told", |laptop| {
        status(laptop)["conditions"].to_string().contains(LOGIN_FILE)
    });
    laptop.must(&format!("install -m 600 {LOGIN_FILE} {LOGIN_FILE}.new && mv {LOGIN_FILE}.new {LOGIN_FILE}"));
    laptop.wait_for("it is taken at once", |laptop| {
        !status(laptop)["conditions"].to_string().contains(LOGIN_FILE)
    });
    let before = proxy.asked().len();
    for case in &CASES {
        for command in case.pulls.iter().filter(|command| **command != "cri") {
            laptop.run("podman rmi -f docker.io/library/official:1; su ada -c 'cd && podman rmi -f docker.io/library/official:1'");
            laptop.must(&command.replace("IMAGE", IMAGE));
        }
    }
    laptop.run("ctr -n k8s.io images rm docker.io/library/official:1; true");
    arrived(&Flavor::Cri.attempt(laptop, IMAGE));
    // Skopeo has no proxy of its own, so that it could not follow a registry to where its content lies.
    laptop.must(&format!("skopeo copy docker://{IMAGE} dir:/root/copied"));
    laptop.must("pullgate policy refresh");
    let users = shown(proxy, before);
    let asked = proxy.asked().split_off(before);
    assert!(!users.is_empty() && users.iter().all(|user| user == "dora"), "{asked:?}");
    let shown = laptop.must("pullgate status").terminal;
    assert!(
        shown.contains("Goes out by the proxy http://203.0.113.14:3128, from the enrollment\n"),
        "{shown}"
    );
    CASES.iter().for_each(|case| case.unset(laptop));
}

pub(super) fn snapshot(name: &str, output: &Output) {
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, output.terminal);
    });
}
