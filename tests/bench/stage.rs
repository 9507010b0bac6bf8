//! What the measurements need in a laptop: an origin that is quick, and nginx as a reverse proxy to compare with.

use acceptance::internet::{Content, Image, Published};
use acceptance::laptop::{Laptop, Options, lab_binary};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use serde_json::{Value, json};

/// The hosts, all on documentation addresses: a registry, the host its blobs are redirected to, the reverse proxies.
const HOSTS: &str = "127.0.0.1 localhost\n203.0.113.30 origin.example content.example\n203.0.113.31 reverse.example\n203.0.113.32 tuned.example\n";
const NAMES: [&str; 4] = ["origin.example", "content.example", "reverse.example", "tuned.example"];
const ORIGIN: &str = include_str!("origin.conf");
const REVERSE: &str = include_str!("reverse.conf");
/// For nginx as tuned for large bodies; as it comes, it has 8 buffers of one page.
const BUFFERS: &str = "proxy_buffers 16 64k; proxy_buffer_size 64k; proxy_busy_buffers_size 256k;";
const WAREHOUSE: &str = "/var/lib/warehouse/docker/registry/v2/blobs/sha256";
/// The buffers that Debian's kernel begins with, whatever the machine below is tuned to, and no pacing: BBR's would cost
/// a timer for every few segments on the loopback interface. Debian begins with cubic, which a namespace may not choose;
/// without losses reno is as quick.
const SYSCTL: &str = "net.ipv4.tcp_congestion_control=reno net.ipv4.tcp_rmem='4096 131072 6291456' net.ipv4.tcp_wmem='4096 16384 4194304'";
/// Four layers that nothing makes smaller, 512 MiB together.
const IMAGE: Content = Content::Random { layers: 4, mebibytes: 128 };

/// The size of the large blob.
pub(crate) const BLOB: u64 = 1 << 30;

/// The options of a laptop on which the stage can be set.
pub(crate) fn options(options: Options) -> Options {
    let authority = authority();
    let key = KeyPair::generate().expect("the machine has randomness");
    let params = CertificateParams::new(NAMES.map(str::to_owned)).expect("the names are plain");
    let certificate = params.signed_by(&key, &authority).expect("the parameters are complete");
    options
        .binary("load", &lab_binary("load"))
        .file("/etc/hosts", HOSTS)
        .file("/etc/bench/ca.pem", authority.pem())
        .file("/etc/bench/server.pem", certificate.pem())
        .file("/etc/bench/server.key", key.serialize_pem())
        .file("/etc/docker/certs.d/origin.example/ca.crt", authority.pem())
        .file("/etc/docker/certs.d/content.example/ca.crt", authority.pem())
}

/// The policy the gate judges by.
pub(crate) fn policy() -> Value {
    json!({
        "schema": "1.0", "organization": "acme", "serial": 1, "issued": "2026-01-01T00:00:00Z",
        "hub": { "classes": { "official": "allow" } },
        "registries": { "default": "block", "entries": [
            { "id": "origin", "host": "origin.example", "action": "allow" },
        ] },
        "deny": [{ "id": "no", "match": "origin.example/denied/**", "reason": "To be measured" }],
    })
}

/// Starts the origin and the reverse proxies, and fills the origin.
pub(crate) fn set(laptop: &Laptop) {
    laptop.must(&format!("sysctl --quiet --write {SYSCTL}"));
    laptop.must("for last in 30 31 32; do ip address add 203.0.113.$last/32 dev lo; done");
    let repository = "docker.io/library/measured";
    let published = laptop.internet().publish(&Image::new(repository, &["1"]).made_of(IMAGE));
    laptop.write_file("/etc/bench/image.conf", manifests(&published));
    laptop.write_file("/srv/bench/manifest.json", format!("{{{:>2046}}}", ""));
    laptop.must(&format!("head -c {BLOB} /dev/zero > /var/lib/warehouse/blob"));
    let texts = [
        ("origin", ORIGIN.to_owned()),
        ("reverse", reverse("reverse", "203.0.113.31", "")),
        ("tuned", reverse("tuned", "203.0.113.32", BUFFERS)),
    ];
    for (name, text) in texts {
        laptop.write_file(&format!("/etc/bench/{name}.conf"), text);
        laptop.must(&format!(
            "mkdir -p /run/{name} && systemd-run --quiet --unit={name} nginx -c /etc/bench/{name}.conf"
        ));
        laptop.wait_for(&format!("{name} answers"), |laptop| {
            laptop.run(&format!("curl -sf http://{name}.example/v2/")).code == 0
        });
    }
}

fn reverse(unit: &str, address: &str, buffers: &str) -> String {
    REVERSE.replace("@UNIT@", unit).replace("@ADDRESS@", address).replace("@BUFFERS@", buffers)
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let key = KeyPair::generate().expect("the machine has randomness");
    let mut params = CertificateParams::new([]).expect("no name is a plain name");
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "Measurements");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, key).expect("the parameters are complete")
}

/// The image's manifests, in each of the two repositories.
fn manifests(image: &Published) -> String {
    let places = [
        ("1", &image.index, "application/vnd.oci.image.index.v1+json"),
        (image.index.as_str(), &image.index, "application/vnd.oci.image.index.v1+json"),
        (image.manifest.as_str(), &image.manifest, "application/vnd.oci.image.manifest.v1+json"),
    ];
    let location = |repository: &str, (name, digest, media): &(&str, &String, &str)| {
        let hex = digest.trim_start_matches("sha256:");
        let start = &hex[..2];
        format!(
            "location = /v2/measured/{repository}/manifests/{name} {{ alias {WAREHOUSE}/{start}/{hex}/data; types {{}} \
             default_type {media}; add_header Docker-Content-Digest {digest}; }}\n"
        )
    };
    ["near", "far"]
        .iter()
        .flat_map(|repository| places.iter().map(|place| location(repository, place)))
        .collect()
}
