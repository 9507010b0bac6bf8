//! Malformed HTTP on both fronts, from inside the laptop: refused in words or cut off, and nothing goes upstream.

use std::fmt::Write;

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enrolled, policy};
use acceptance::pull::Flavor;
use serde_json::json;

use crate::network::lab::{arrived, denied, masked, status};

const HOST: &str = "Host: registry-1.docker.io\\r\\n";

#[test]
fn malformed_requests_go_nowhere() {
    let laptop = enrolled(Options::daemonless(), &policy(json!({})));
    laptop.internet().forget();
    let mut text = String::new();
    for (name, request) in to_the_proxy() {
        let answer = raw(&laptop, 859, &request);
        assert!(!answer.contains(" 200 "), "{name}: {answer}");
        writeln!(text, "proxy, {name}\n  {answer}").expect("memory does not fail");
    }
    for (name, path) in to_the_mirror() {
        let ca = "/etc/containers/certs.d/127.0.0.1:858/ca.crt";
        let command = format!(
            "curl -s --max-time 10 --path-as-is --cacert {ca} -o /dev/null -D - 'https://127.0.0.1:858{path}'"
        );
        let answer = laptop.run(&command).stdout.lines().next().unwrap_or("nothing").to_owned();
        assert!(!answer.contains(" 200 "), "{name}: {answer}");
        writeln!(text, "mirror, {name}\n  {answer}").expect("memory does not fail");
    }
    let plain = raw(&laptop, 858, "GET /v2/ HTTP/1.1\\r\\nHost: 127.0.0.1:858\\r\\n\\r\\n");
    // Whether the alert of TLS is read before the connection is reset is chance.
    assert!(!plain.contains("HTTP"), "{plain}");
    insta::with_settings!({ filters => masked(), prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("malformed_requests", text);
    });
    assert_eq!(laptop.internet().requests(), []);
    assert_eq!(status(&laptop)["enforcing"], true);
    arrived(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/library/official:1"));
    denied(&Flavor::SkopeoCopy.attempt(&laptop, "docker.io/evil/miner:1"));
}

/// The first line of the answer to these bytes.
fn raw(laptop: &Laptop, port: u16, request: &str) -> String {
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{port} && printf '{request}' >&3; timeout 8 head -n 1 <&3 | tr -d '\\r\\0'"
    );
    let answer = laptop.run(&script).stdout;
    let line = answer.lines().next().unwrap_or_default();
    let printable: String = line.chars().filter(|letter| matches!(letter, ' '..='~')).collect();
    if line.is_empty() { "closed without a word".to_owned() } else { printable }
}

fn to_the_proxy() -> Vec<(&'static str, String)> {
    let get = "GET http://registry-1.docker.io/v2/evil/miner/manifests/1";
    vec![
        ("no HTTP", "hello there\\r\\n\\r\\n".to_owned()),
        ("another version", format!("{get} HTTP/3.0\\r\\n{HOST}\\r\\n")),
        ("no host", format!("{get} HTTP/1.1\\r\\n\\r\\n")),
        ("two hosts", format!("{get} HTTP/1.1\\r\\n{HOST}Host: quay.io\\r\\n\\r\\n")),
        ("another host", format!("{get} HTTP/1.1\\r\\nHost: quay.io\\r\\n\\r\\n")),
        ("a bare line feed", format!("{get} HTTP/1.1\\n{HOST}\\n")),
        ("a folded line", format!("{get} HTTP/1.1\\r\\n{HOST}X: a\\r\\n b\\r\\n\\r\\n")),
        (
            "two lengths",
            format!("{get} HTTP/1.1\\r\\n{HOST}Content-Length: 1\\r\\nContent-Length: 2\\r\\n\\r\\nab"),
        ),
        (
            "a length and chunks",
            format!(
                "{get} HTTP/1.1\\r\\n{HOST}Content-Length: 4\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n"
            ),
        ),
        (
            "an endless line",
            format!("GET http://registry-1.docker.io/{} HTTP/1.1\\r\\n{HOST}\\r\\n", "a".repeat(90_000)),
        ),
        ("a tunnel to no port", "CONNECT registry-1.docker.io HTTP/1.1\\r\\n\\r\\n".to_owned()),
        ("a tunnel to a path", "CONNECT https://registry-1.docker.io/ HTTP/1.1\\r\\n\\r\\n".to_owned()),
        (
            "a tunnel to itself",
            "CONNECT 127.0.0.1:859 HTTP/1.1\\r\\nHost: 127.0.0.1:859\\r\\n\\r\\n".to_owned(),
        ),
    ]
}

fn to_the_mirror() -> Vec<(&'static str, &'static str)> {
    vec![
        ("a step up", "/v2/docker.io/library/../evil/miner/manifests/1"),
        ("a hidden slash", "/v2/docker.io/evil%2Fminer/manifests/1"),
        ("a hidden letter", "/v2/docker.io/%65vil/miner/manifests/1"),
        ("two slashes", "/v2/docker.io//evil/miner/manifests/1"),
        ("capitals", "/v2/docker.io/Evil/Miner/manifests/1"),
        ("no registry", "/v2/manifests/1"),
        ("an unlisted registry", "/v2/quay.io/coreos/etcd/manifests/1"),
        ("a registry that is none", "/v2/dock_er..io/evil/miner/manifests/1"),
        ("a digest that is none", "/v2/docker.io/library/official/manifests/sha256:12"),
        ("another namespace", "/v2/evil/miner/manifests/1?ns=docker.io"),
        ("two namespaces", "/v2/evil/miner/manifests/1?ns=ghcr.io&ns=docker.io"),
        ("a null", "/v2/docker.io/evil/miner/manifests/1%00"),
    ]
}
