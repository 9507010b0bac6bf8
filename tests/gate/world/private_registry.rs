//! Registries of a company, as its people run them: Debian's registry behind nginx, with the certificates that the
//! recipes of manuals make.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Output, Person};
use acceptance::product::policy;
use serde_json::{Value, json};

/// Where they all answer.
pub(super) const ADDRESS: &str = "203.0.113.30";
/// Another address of the same, without TLS.
pub(super) const OTHER: &str = "203.0.113.31";
/// What can be pushed into them.
pub(super) const SOURCE: &str = "docker.io/library/official:1";

const REGISTRY: &str = "version: 0.1
storage: { filesystem: { rootdirectory: /var/lib/warehouse/lab }, delete: { enabled: true } }
http: { addr: 127.0.0.1:5055, relativeurls: true }
";

/// A host with its certificate, which lies in `/etc/lab/NAME.pem` and `.key`.
pub(super) struct Host {
    pub(super) name: &'static str,
    /// More of nginx's configuration.
    pub(super) more: &'static str,
}

pub(super) const fn host(name: &'static str) -> Host {
    Host { name, more: "" }
}

/// Gives the laptop an address for them, and names.
pub(super) fn name(laptop: &Laptop, names: &[&str]) {
    laptop.must(&format!(
        "mkdir -p /etc/lab && ip address replace {ADDRESS}/32 dev lo && ip address replace {OTHER}/32 dev lo"
    ));
    for name in names {
        laptop.must(&format!("echo '{ADDRESS} {name}' >> /etc/hosts"));
    }
}

/// Starts the registry, and nginx in front of it for these hosts.
pub(super) fn serve(laptop: &Laptop, hosts: &[Host]) {
    let mut servers = String::new();
    for Host { name, more } in hosts {
        write!(
            servers,
            "server {{ listen {ADDRESS}:443 ssl; server_name {name}; ssl_certificate /etc/lab/{name}.pem;
              ssl_certificate_key /etc/lab/{name}.key; {more}
              location /v2/ {{ proxy_pass http://127.0.0.1:5055; proxy_set_header Host $http_host;
                               proxy_set_header X-Forwarded-Proto https; proxy_request_buffering off; }} }}\n"
        )
        .expect("memory does not fail");
    }
    let config = format!(
        "user root; pid /run/lab-nginx.pid; error_log /var/log/lab-nginx.log; events {{}}
         http {{ access_log /var/log/lab-access.log combined; client_max_body_size 0;
                 proxy_temp_path /tmp/lab-proxy; client_body_temp_path /tmp/lab-body;
                 server {{ listen {ADDRESS}:5000; listen {OTHER}:5000; location / {{ proxy_pass http://127.0.0.1:5055; proxy_set_header Host $http_host; }} }}
                 {servers} }}"
    );
    laptop.write_file("/etc/lab/registry.yml", REGISTRY);
    laptop.write_file("/etc/lab/nginx.conf", config);
    laptop.must(
        "systemd-run --quiet --unit=lab-registry docker-registry serve /etc/lab/registry.yml \
         && systemd-run --quiet --unit=lab-nginx nginx -c /etc/lab/nginx.conf -g 'daemon off;'",
    );
    laptop.wait_for("the company's registries answer", |laptop| {
        laptop.run(&format!("curl -fsS http://{ADDRESS}:5000/v2/")).code == 0
    });
}

/// A policy that allows these registries and nothing else but Docker Hub.
pub(super) fn allowing(hosts: &[&str]) -> Value {
    let hosts = hosts.iter().chain(&["docker.io", "quay.io"]);
    let entries: Vec<Value> = hosts.map(|host| json!({ "host": host, "action": "allow" })).collect();
    policy(json!({ "registries": { "default": "block", "entries": entries, "loopback": "allow" } }))
}

/// What one command must come to, before the product, with it and after it.
pub(super) struct Case {
    pub(super) person: Person,
    pub(super) command: String,
    /// Whether it works.
    pub(super) works: bool,
    /// Words with which it fails while the machine is enrolled.
    pub(super) words: &'static str,
}

pub(super) fn works(person: Person, command: impl Into<String>) -> Case {
    Case { person, command: command.into(), works: true, words: "" }
}

pub(super) fn fails(person: Person, command: impl Into<String>, words: &'static str) -> Case {
    Case { person, command: command.into(), works: false, words }
}

/// Runs every case and tells all that came out otherwise at once.
pub(super) fn hold(laptop: &Laptop, when: &str, cases: &[Case]) -> Vec<Output> {
    let mut wrong = String::new();
    let mut outputs = Vec::new();
    for case in cases {
        let output = laptop.run_as(case.person, &case.command);
        let is_said = when != "enrolled" || output.terminal.contains(case.words);
        if (output.code == 0) != case.works || !is_said {
            write!(wrong, "{when}: {} [{}]\n{}\n", case.command, output.code, output.terminal)
                .expect("memory does not fail");
        }
        outputs.push(output);
    }
    let log =
        || laptop.run("tail -n 20 /var/log/lab-nginx.log; journalctl --no-pager -n 40 -u pullgate.service");
    assert!(wrong.is_empty(), "{wrong}\n{}", log().terminal);
    outputs
}

/// A pull by Docker that leaves nothing, so that the next one asks again.
pub(super) fn docker(image: &str) -> String {
    format!("docker pull -q {image} && docker rmi {image}")
}

pub(super) fn podman(image: &str) -> String {
    format!("podman pull -q {image} && podman rmi -f {image}")
}
