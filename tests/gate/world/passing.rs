//! What passes an engine's proxy and is no registry's: git of a build, logs, files. It works before enrollment, after it
//! and after `unenroll`; what only looks like it is read or refused.

use acceptance::laptop::{Laptop, Options, Person, Store};
use acceptance::product::{enroll, install, policy, with_product};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, denied};

/// Splunk's collector as its log driver knows it, with an authority of its own, and a collector that speaks gRPC's
/// protocol alone. What they were told stands in `/run/collected`.
const COLLECTOR: &str = r#"
const https = require('https'), http2 = require('http2'), fs = require('fs');
const tls = { key: fs.readFileSync('/srv/logs/key.pem'), cert: fs.readFileSync('/srv/logs/cert.pem') };
const keep = text => fs.appendFileSync('/run/collected', text + '\n');
https.createServer(tls, (request, answer) => {
  let body = '';
  request.on('data', piece => body += piece);
  request.on('end', () => { keep(`${request.method} ${request.url} ${body}`); answer.end('{"text":"Success","code":0}'); });
}).listen(8088, '203.0.113.30');
http2.createSecureServer({ ...tls, allowHTTP1: false }, (request, answer) => {
  keep(`h2 ${request.method} ${request.url}`);
  answer.end('grpc');
}).listen(8443, '203.0.113.30');
"#;

/// A client of gRPC by a proxy: it offers `h2` and nothing else.
const CLIENT: &str = r#"
const http = require('http'), tls = require('tls'), http2 = require('http2'), fs = require('fs');
const ca = fs.readFileSync('/srv/logs/ca.pem'), [proxied] = process.argv.slice(2);
const options = { host: 'logs.lab.example', port: 8443, servername: 'logs.lab.example', ALPNProtocols: ['h2'], ca };
const speak = socket => {
  const secure = tls.connect({ ...options, socket }, () => {
    const session = http2.connect('https://logs.lab.example:8443', { createConnection: () => secure });
    const stream = session.request({ ':path': '/opentelemetry' });
    stream.on('data', data => console.log(String(data)));
    stream.on('end', () => process.exit(0));
  });
  secure.on('error', error => { console.log(error.message); process.exit(1); });
};
if (!proxied) speak();
else http.request({ host: '127.0.0.1', port: 859, method: 'CONNECT', path: 'logs.lab.example:8443', headers: { host: 'logs.lab.example:8443' } })
  .on('connect', (answer, socket) => speak(socket)).end();
"#;

const AUTHORITY: &str = r#"set -e
cd /srv/logs
key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl req -x509 $key -days 30 -subj /CN=Logs -keyout ca-key.pem -out ca.pem -addext basicConstraints=critical,CA:TRUE
openssl req $key -subj /CN=logs.lab.example -keyout key.pem -out request.pem
echo subjectAltName=DNS:logs.lab.example > extensions
openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -days 30 -extfile extensions -out cert.pem
ip address add 203.0.113.30/32 dev lo
echo 203.0.113.30 logs.lab.example >> /etc/hosts
systemd-run --quiet --unit collector node /srv/logs/collector.js
"#;

const LOGGING: &str = "--log-driver splunk --log-opt splunk-token=x --log-opt splunk-format=raw \
     --log-opt splunk-url=https://logs.lab.example:8088 --log-opt splunk-capath=/srv/logs/ca.pem";

/// As an engine of today runs git, with its own proxy.
const BY_ENGINE: &str = "systemd-run --quiet --wait --pipe --collect --unit buildkit.service";
const PROXY: &str = "HTTPS_PROXY=http://127.0.0.1:859 https_proxy=http://127.0.0.1:859";

#[test]
fn what_is_no_registrys_passes_an_engines_proxy() {
    let laptop = Laptop::boot(&with_product(Options::docker(Store::Classic)));
    laptop.write_file("/srv/logs/collector.js", COLLECTOR);
    laptop.write_file("/srv/logs/client.js", CLIENT);
    laptop.must(AUTHORITY);
    laptop.wait_for("the collector is up", |laptop| {
        laptop.run("curl -sk https://logs.lab.example:8088/").code == 0
    });
    // Go's programs look into `/etc/hosts` once in five seconds.
    laptop.wait_for("dockerd knows the collector's name", |laptop| {
        laptop.run(&format!("docker run --rm {LOGGING} docker.io/library/official:1 true")).code == 0
    });
    passes(&laptop, "");
    install(&laptop);
    // The policy names the host of git as a registry, and allows one folder of it.
    enroll(&laptop, &git_is_a_registry());
    passes(&laptop, PROXY);
    what_somebody_else_calls_git_does_not_pass(&laptop);
    a_blocked_pull_cuts_nothing_off(&laptop);
    laptop.must("pullgate unenroll --yes");
    passes(&laptop, "");
}

fn git_is_a_registry() -> serde_json::Value {
    policy(json!({ "registries": { "default": "block", "entries": [
        { "id": "hub", "host": "docker.io", "action": "allow" },
        { "id": "git", "host": "git.example", "paths": ["team/**"], "action": "allow" },
    ] } }))
}

fn passes(laptop: &Laptop, proxy: &str) {
    git_of_an_engine_arrives(laptop, proxy);
    a_build_fetches_files_and_contexts(laptop);
    logs_arrive(laptop);
    let through = if proxy.is_empty() { "" } else { "through-the-proxy" };
    let said = laptop.run(&format!("timeout 30 node /srv/logs/client.js {through}"));
    assert_eq!(said.stdout, "grpc\n", "{}", said.terminal);
}

fn git_of_an_engine_arrives(laptop: &Laptop, proxy: &str) {
    let clone = "git clone -q https://git.example/app.git /var/tmp/app";
    let cloned = laptop.run(&format!(
        "rm -rf /var/tmp/app && {BY_ENGINE} env {proxy} {clone} 2>&1 && cat /var/tmp/app/Dockerfile"
    ));
    assert!(cloned.stdout.contains("LABEL from=git"), "{}", cloned.terminal);
    // dockerd's own git, as its API asks for it: a child of the daemon, in the daemon's environment.
    let built = laptop.run(
        "curl -sS --max-time 60 --unix-socket /run/docker.sock -X POST \
         'http://docker/build?remote=https%3A%2F%2Fgit.example%2Fapp.git%23main&t=remote'",
    );
    assert!(built.stdout.contains("Successfully tagged remote:latest"), "{}", built.terminal);
}

fn a_build_fetches_files_and_contexts(laptop: &Laptop) {
    for builder in ["docker build --no-cache", "DOCKER_BUILDKIT=0 docker build --no-cache"] {
        let file = "FROM docker.io/library/official:1\\nADD https://files.example/hello.txt /hello";
        let built = laptop.run_as(Person::Ada, &format!("{builder} -t added - <<< $'{file}' 2>&1"));
        assert_eq!(built.code, 0, "{}", built.terminal);
        let said = laptop.run_as(Person::Ada, "docker run --rm added cat /hello");
        assert_eq!(said.stdout, "hello from files.example\n", "{}", said.terminal);
        let context = "https://git.example/app.git#main";
        let built = laptop.run_as(Person::Ada, &format!("{builder} -t cloned {context} 2>&1"));
        assert_eq!(built.code, 0, "{}", built.terminal);
    }
}

fn logs_arrive(laptop: &Laptop) {
    laptop.must("rm -f /run/collected");
    let container = "docker.io/library/official:1 echo a-line-of-the-container";
    let ran = laptop.run(&format!("docker run --rm {LOGGING} {container} 2>&1"));
    assert_eq!(ran.code, 0, "{}", ran.terminal);
    laptop.wait_for("the container's line has arrived", |laptop| {
        laptop.read_file("/run/collected").is_some_and(|text| text.contains("a-line-of-the-container"))
    });
}

fn what_somebody_else_calls_git_does_not_pass(laptop: &Laptop) {
    let git = "git clone -q https://git.example/app.git /tmp/not-there 2>&1";
    let by_hand = format!("env {PROXY} {git}");
    let host = "-v /usr:/usr:ro -v /etc/ssl:/etc/ssl:ro -v /lib64:/lib64:ro -v /lib:/lib:ro";
    let contained = format!(
        "docker run --rm --network host --env HTTPS_PROXY=http://127.0.0.1:859 {host} \
         docker.io/library/official:1 /usr/bin/{git}"
    );
    for (who, output) in [
        ("ada's git", laptop.run_as(Person::Ada, &by_hand)),
        ("root's git", laptop.run(&by_hand)),
        ("git in a container", laptop.run(&contained)),
    ] {
        assert!(output.code != 0 && output.stdout.contains("403"), "{who}: {}", output.terminal);
        eprintln!("{who}: {}", output.stdout.trim());
    }
    // Docker Hub by a tunnel would be a pull that nobody judges.
    let hub = "-A git/2.47 -x http://127.0.0.1:859 https://registry-1.docker.io/v2/";
    laptop.must("cp /usr/bin/curl /usr/local/bin/git-remote-https");
    for program in ["curl", "git-remote-https"] {
        let output = laptop.run(&format!("{BY_ENGINE} {program} -sSv {hub} 2>&1"));
        let line = output.stdout.lines().find(|line| line.starts_with("< HTTP/1.1 "));
        insta::allow_duplicates! {
            insta::assert_snapshot!(line.unwrap_or_default(), @"< HTTP/1.1 403 not blocked by policy: git passes this proxy only where an engine of this machine started it");
        }
        assert!(output.code != 0, "{program}: {}", output.terminal);
    }
    laptop.must("rm /usr/local/bin/git-remote-https");
    // A pull from the host that git passes to is judged.
    denied(&Flavor::DockerPull.attempt(laptop, "git.example/other/tool:1"));
}

fn a_blocked_pull_cuts_nothing_off(laptop: &Laptop) {
    // One mistyped `FROM`, and an allowed name that is not there.
    denied(&Flavor::DockerPull.attempt(laptop, "git.example/acme/tool:1"));
    assert!(laptop.run("docker pull git.example/team/tool:1").code != 0);
    for place in ["logs.lab.example:8088", "logs.lab.example:8443"] {
        let outcome = Flavor::DockerPull.attempt(laptop, &format!("{place}/acme/tool:1"));
        assert!(outcome.code != 0 && outcome.terminal.contains("image access denied"), "{outcome}");
    }
    passes(laptop, PROXY);
    arrived(&Flavor::DockerPull.attempt(laptop, "docker.io/library/official:1"));
}
