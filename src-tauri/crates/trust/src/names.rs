//! Whether a certificate names a host, as Go's `crypto/x509` reads it (`VerifyHostname`): a wildcard stands for one whole
//! label, the first, whatever follows it. Verifiers of the web want two labels after it, which `*.lan` does not have.

use std::net::IpAddr;

use rustls::pki_types::ServerName;
use x509_parser::{certificate::X509Certificate, extensions::GeneralName};

use crate::Flaw;

/// Holds that one of the subject alternative names is that of the host.
pub(crate) fn covers(certificate: &X509Certificate<'_>, host: &ServerName<'_>) -> Result<(), Flaw> {
    let names = certificate.subject_alternative_name().map_err(|_| Flaw::Unreadable)?;
    let names = &names.ok_or(Flaw::NoNames)?.value.general_names;
    let is_named = match host {
        ServerName::DnsName(host) => names
            .iter()
            .any(|name| matches!(name, GeneralName::DNSName(pattern) if is_matched(pattern, host.as_ref()))),
        ServerName::IpAddress(address) => {
            let octets = match IpAddr::from(*address) {
                IpAddr::V4(address) => address.octets().to_vec(),
                IpAddr::V6(address) => address.octets().to_vec(),
            };
            names.iter().any(|name| matches!(name, GeneralName::IPAddress(known) if *known == octets))
        }
        _ => false,
    };
    if is_named { Ok(()) } else { Err(Flaw::OtherHost) }
}

fn is_matched(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if !pattern.split('.').enumerate().all(|(place, label)| is_label(label) || (place == 0 && label == "*")) {
        return pattern.eq_ignore_ascii_case(host);
    }
    let (mut wanted, mut given) = (pattern.split('.'), host.split('.'));
    let (first, begin) = (wanted.next(), given.next());
    let is_whole = pattern.contains('.') || first != Some("*");
    let begins = first == Some("*") || same(first, begin);
    is_whole && begins && {
        let (mut wanted, mut given) = (wanted.fuse(), given.fuse());
        std::iter::from_fn(|| match (wanted.next(), given.next()) {
            (None, None) => None,
            (wanted, given) => Some(same(wanted, given)),
        })
        .all(|same| same)
    }
}

fn same(one: Option<&str>, other: Option<&str>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

fn is_label(label: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !label.is_empty() && !label.starts_with('-') && label.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_what_it_stands_for_in_go() {
        for (pattern, host, fits) in [
            ("registry.lan", "registry.lan", true),
            ("Registry.LAN", "registry.lan", true),
            ("registry.lan", "registry.lan.", true),
            ("*.lan", "registry.lan", true),
            ("*.lab.example", "registry.lab.example", true),
            ("*.lab.example", "a.registry.lab.example", false),
            ("*.lab.example", "lab.example", false),
            ("*.lab.example", ".lab.example", true),
            ("r*.lab.example", "registry.lab.example", false),
            ("*y.lab.example", "registry.lab.example", false),
            ("a.*.example", "a.lab.example", false),
            ("*.*.example", "a.lab.example", false),
            ("*", "registry", false),
            ("*", "registry.lan", false),
            ("registry", "registry", true),
            ("a_b.lan", "a_b.lan", true),
            ("registry.lan.", "registry.lan", false),
            ("registry.lan", "registry.lan.example", false),
            ("registry.lan.example", "registry.lan", false),
            ("", "registry.lan", false),
        ] {
            assert_eq!(is_matched(pattern, host), fits, "{pattern} for {host}");
        }
    }
}
