//! The way out that an enrollment names.

use super::GOOD;
use crate::{Network, parse};

fn network(section: &str) -> Result<Network, String> {
    let text = format!("{GOOD}\n[network]\n{section}\n");
    parse(&text).map(|enrollment| enrollment.network).map_err(|error| error.to_string())
}

#[test]
fn a_proxy_has_its_exceptions_its_login_file_and_its_authorities() {
    let said = network(
        "proxy = \"proxy.acme.example:3128\"\nno_proxy = \".acme.example,10.0.0.0/8\"\n\
         proxy_login = \"/etc/pullgate/proxy-login\"\nca = \"/etc/pullgate/proxy-ca.pem\"",
    )
    .unwrap();
    let proxy = said.proxy.unwrap();
    assert_eq!(proxy.url.address(), "http://proxy.acme.example:3128");
    assert_eq!(proxy.no_proxy, ".acme.example,10.0.0.0/8");
    assert_eq!(proxy.login.as_deref(), Some(std::path::Path::new("/etc/pullgate/proxy-login")));
    assert_eq!(said.ca.as_deref(), Some(std::path::Path::new("/etc/pullgate/proxy-ca.pem")));
    assert_eq!(network("ca = \"/x.pem\"").unwrap().proxy, None, "TLS may be opened without a proxy");
    assert_eq!(parse(GOOD).unwrap().network, Network::default());
}

#[test]
fn a_way_out_that_cannot_be_is_refused_without_the_password() {
    let refused = [
        "proxy = \"http://ada:hunter2@proxy.acme.example:3128\"",
        "proxy = \"ftp://proxy.acme.example\"",
        "proxy = \"http://proxy.acme.example:99999\"",
        "proxy = \"http://wpad.acme.example/proxy.pac\"",
        "proxy = \"\"",
        "proxy = 3128",
        "proxy = \"proxy:3128\"\nproxy_login = \"login\"",
        "no_proxy = \".acme.example\"",
        "proxy_login = \"/etc/pullgate/proxy-login\"",
        "ca = \"proxy.pem\"",
        "pac = \"http://wpad.acme.example/proxy.pac\"",
    ]
    .map(|section| network(section).unwrap_err());
    let said = refused.join("\n");
    assert!(!said.contains("hunter2"), "{said}");
    insta::assert_snapshot!(said);
}
