//! Names, certificates and trust, laid down before the laptop boots.
//!
//! `/etc/internet` then holds the public authority the laptop trusts, one it does not know, the organization's
//! private one with a client certificate, and the servers' certificates, good and bad.

use std::fs::{self, OpenOptions};
use std::io::Write;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

use crate::git;
use crate::sites::SITES;

pub(crate) const FOLDER: &str = "/etc/internet";

/// The hosts whose certificates are special; all others share one that is in order.
pub(crate) const SPECIAL: &[&str] =
    &["expired.example", "wronghost.example", "foreign.example", "registry.acme.example"];

type Issuer = CertifiedIssuer<'static, KeyPair>;

pub(crate) fn prepare() {
    fs::create_dir_all(FOLDER).expect("the laptop is writable");
    let public = authority("Small Internet Root");
    let foreign = authority("Nobody's Root");
    let private = authority("Acme Private Root");
    put("ca.pem", &public.pem());
    put("foreign-ca.pem", &foreign.pem());
    put("acme-ca.pem", &private.pem());
    let ordinary: Vec<&str> = SITES
        .iter()
        .filter(|site| !SPECIAL.contains(&site.name))
        .map(|site| site.name.split(':').next().unwrap_or(site.name))
        .chain(["203.0.113.10", "203.0.113.12"])
        .collect();
    issue("public", server(&ordinary), &public);
    let mut expired = server(&["expired.example"]);
    expired.not_after = date_time_ymd(2021, 1, 1);
    issue("expired.example", expired, &public);
    issue("wronghost.example", server(&["another.example"]), &public);
    issue("foreign.example", server(&["foreign.example"]), &foreign);
    issue("registry.acme.example", server(&["registry.acme.example"]), &private);
    issue("proxy.acme.example", server(&["proxy.acme.example"]), &private);
    let mut client = leaf(&["laptop.acme.example"]);
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    issue("client", client, &private);
    trust(&public.pem());
    name_hosts();
    git::prepare();
}

fn authority(name: &str) -> Issuer {
    let mut params = leaf(&[]);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, key()).expect("the parameters are complete")
}

fn server(names: &[&str]) -> CertificateParams {
    let mut params = leaf(names);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

fn leaf(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("the names are plain");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2090, 1, 1);
    params
}

fn issue(name: &str, params: CertificateParams, issuer: &Issuer) {
    let key = key();
    let certificate = params.signed_by(&key, issuer).expect("the parameters are complete");
    put(&format!("{name}.pem"), &certificate.pem());
    put(&format!("{name}.key"), &key.serialize_pem());
}

fn key() -> KeyPair {
    KeyPair::generate().expect("the machine has randomness")
}

fn trust(pem: &str) {
    put_at("/usr/local/share/ca-certificates/small-internet.crt", pem);
    append("/etc/ssl/certs/ca-certificates.crt", pem);
}

fn name_hosts() {
    let lines = SITES.iter().filter(|site| !site.name.contains(':'));
    let lines: Vec<String> = lines.map(|site| format!("{} {}\n", site.address, site.name)).collect();
    let proxy = "203.0.113.14 proxy.acme.example\n";
    append("/etc/hosts", &format!("127.0.1.1 laptop\n{proxy}{}", lines.concat()));
}

fn put(name: &str, content: &str) {
    put_at(&format!("{FOLDER}/{name}"), content);
}

#[expect(clippy::disallowed_methods, reason = "nothing else runs in the laptop yet")]
fn put_at(path: &str, content: &str) {
    fs::write(path, content).unwrap_or_else(|error| panic!("cannot write {path}: {error}"));
}

fn append(path: &str, content: &str) {
    let file = OpenOptions::new().append(true).create(true).open(path);
    let written = file.and_then(|mut file| file.write_all(content.as_bytes()));
    written.unwrap_or_else(|error| panic!("cannot write {path}: {error}"));
}
