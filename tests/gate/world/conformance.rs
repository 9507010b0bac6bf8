//! The distribution specification, requirement by requirement: what Debian's registry answers itself is what it answers
//! by either front. What it does not meet is its own, and the same everywhere.

mod client;
mod requirements;

use std::collections::BTreeMap;
use std::fmt::Write;

use acceptance::laptop::{Laptop, Options};
use acceptance::product::{enroll, install, with_product};

use self::client::{Client, Reply, Way, config};
use self::requirements::{Asking, INVALID, PING, TABLE};
use super::private_registry::{allowing, host, name, serve};

const REGISTRY: &str = "conform.lab.example";
const MAKE: &str = "cd /etc/lab && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=conform.lab.example \
    -addext subjectAltName=DNS:conform.lab.example -addext basicConstraints=critical,CA:FALSE -keyout conform.lab.example.key -out conform.lab.example.pem 2>/dev/null \
    && cp conform.lab.example.pem /usr/local/share/ca-certificates/conform.crt && update-ca-certificates > /dev/null 2>&1";
const AUTHORITIES: [&str; 3] = [
    "/etc/lab/conform.lab.example.pem",
    "/etc/pullgate/ca/pullgate-intercept.pem",
    "/etc/containers/certs.d/127.0.0.1:858/ca.crt",
];

/// What engines read of an answer.
const FIELDS: [&str; 14] = [
    "content-type",
    "docker-content-digest",
    "docker-distribution-api-version",
    "location",
    "range",
    "content-range",
    "accept-ranges",
    "link",
    "etag",
    "cache-control",
    "oci-subject",
    "oci-filters-applied",
    "www-authenticate",
    "allow",
];

#[test]
fn each_requirement_of_the_distribution_specification_is_met_by_the_fronts_as_by_the_registry() {
    let laptop = Laptop::boot(&with_product(Options::docker(acceptance::laptop::Store::Classic)));
    name(&laptop, &[REGISTRY]);
    laptop.must(MAKE);
    serve(&laptop, &[host(REGISTRY)]);
    install(&laptop);
    enroll(&laptop, &allowing(&[REGISTRY]));
    let authorities = AUTHORITIES.map(|path| laptop.must(&format!("cat {path}")).stdout);
    let config = config(&authorities);
    let tables = laptop.inside(|| {
        [Way::Direct, Way::Proxy, Way::Mirror].map(|way| {
            let client =
                Client { way, registry: REGISTRY, address: "203.0.113.30:443", config: config.clone() };
            passage(&client)
        })
    });
    let [direct, proxy, mirror] = tables;
    let mut wrong = String::new();
    for (place, (id, what, _)) in TABLE.iter().enumerate() {
        for (front, table) in [("proxy", &proxy), ("mirror", &mirror)] {
            let by_gateway = (*id, *what) == INVALID || ((*id, *what) == PING && front == "mirror");
            if table[place] != direct[place] && !(by_gateway && table[place].0) {
                writeln!(
                    wrong,
                    "{id}, {what}: the {front} front differs\n--- direct\n{}\n--- {front}\n{}",
                    direct[place].1, table[place].1
                )
                .expect("memory does not fail");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let met = direct.iter().filter(|(met, _)| *met).count();
    eprintln!("{} requirements: {met} met by the registry, the same by both fronts", TABLE.len());
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("conformance", page(&direct));
    });
}

/// For each requirement, whether it was met, and everything that was answered.
fn passage(client: &Client) -> Vec<(bool, String)> {
    // Of one length, since answers name it.
    let repository = match client.way {
        Way::Direct => "conform/way-1",
        Way::Proxy => "conform/way-2",
        Way::Mirror => "conform/way-3",
    };
    let mut asking = Asking::new(client, repository);
    let mut table = Vec::new();
    for (_, _, ask) in TABLE {
        let met = ask(&mut asking);
        let replies: Vec<String> = asking.replies.drain(..).map(|reply| told(&reply, repository)).collect();
        table.push((met, replies.join("\n")));
    }
    table
}

/// An answer in the terms of the registry: without the way's own address, the repository's own name, and what is made up
/// for each upload.
fn told(reply: &Reply, repository: &str) -> String {
    let fields: BTreeMap<&str, &str> = FIELDS
        .iter()
        .map(|name| (*name, reply.field(name)))
        .chain(
            [("content-length", reply.field("content-length"))].into_iter().filter(|_| reply.body.is_empty()),
        )
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let mut text = format!("{}\n", reply.status);
    for (name, value) in fields {
        writeln!(text, "{name}: {value}").expect("memory does not fail");
    }
    text.push_str(&reply.text());
    let text = text
        .replace(&format!("/v2/{REGISTRY}/"), "/v2/")
        .replace(&format!("https://{REGISTRY}/"), "/")
        .replace(repository, "conform/repository");
    masked(&text)
}

/// Uploads have names and states of their own.
fn masked(text: &str) -> String {
    let mut masked = String::new();
    for line in text.lines() {
        let line = match line.split_once("/blobs/uploads/") {
            Some((before, after)) if !after.is_empty() => {
                let has_state = after.contains("_state=");
                format!("{before}/blobs/uploads/UPLOAD{}", if has_state { "?_state=STATE" } else { "" })
            }
            _ => line.to_owned(),
        };
        masked.push_str(&line);
        masked.push('\n');
    }
    masked
}

fn page(table: &[(bool, String)]) -> String {
    let mut page = String::new();
    for ((id, what, _), (met, _)) in TABLE.iter().zip(table) {
        let whose = if *met { "met" } else { "not met by the registry itself" };
        writeln!(page, "{id:8} {what}: {whose}").expect("memory does not fail");
    }
    page
}
