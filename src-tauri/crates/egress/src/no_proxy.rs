//! Which destinations are reached directly, in the matching that Go programs use.

use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr},
};

use ipnet::{IpNet, Ipv4Net};

/// A list of exceptions.
#[derive(Clone, Debug, Default)]
pub struct NoProxy {
    everything: bool,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
enum Rule {
    Range(IpNet),
    Address { address: IpAddr, port: Option<u16> },
    Domain { suffix: String, itself: bool, port: Option<u16> },
}

impl NoProxy {
    /// Reads `NO_PROXY`; what is no rule is skipped, as Go does.
    pub fn parse(list: &str) -> Self {
        let entries: Vec<String> = list.split(',').map(|entry| entry.trim().to_lowercase()).collect();
        Self {
            everything: entries.iter().any(|entry| entry == "*"),
            rules: entries.iter().filter_map(|entry| Rule::parse(entry)).collect(),
        }
    }

    /// Whether a destination is reached directly. Loopback always is.
    pub fn matches(&self, host: &str, port: u16) -> bool {
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        let host = ascii(bare).unwrap_or(Cow::Borrowed(bare));
        let address: Option<IpAddr> = host.parse().ok().map(|address: IpAddr| address.to_canonical());
        let loopback = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        loopback || self.everything || self.rules.iter().any(|rule| rule.matches(&host, address, port))
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if let Ok(range) = entry.parse() {
            return Some(Self::Range(canonical(range)));
        }
        let (host, port) = split_port(entry);
        // A port that is no number fits nothing.
        let port = match port {
            None | Some("") => None,
            Some(text) => Some(text.parse::<u16>().ok().filter(|port| port.to_string() == text)?),
        };
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(Self::Address { address: address.to_canonical(), port });
        }
        let domain = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        let (name, itself) = match domain.strip_prefix('.') {
            Some(name) => (name, false),
            None => (domain, true),
        };
        if name.is_empty() {
            return None;
        }
        let name = ascii(name).unwrap_or(Cow::Borrowed(name));
        Some(Self::Domain { suffix: format!(".{name}"), itself, port })
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::Range(range) => address.is_some_and(|address| range.contains(&address)),
            Self::Address { address: rule, port: only } => {
                address == Some(*rule) && only.is_none_or(|only| only == port)
            }
            Self::Domain { suffix, itself, port: only } => {
                let hit = host.ends_with(suffix.as_str()) || (*itself && host == &suffix[1..]);
                hit && only.is_none_or(|only| only == port)
            }
        }
    }
}

/// A range of IPv4 written in IPv6 is one of IPv4.
fn canonical(range: IpNet) -> IpNet {
    let mapped = |range: ipnet::Ipv6Net| {
        let address: Ipv4Addr = range.addr().to_ipv4_mapped()?;
        Ipv4Net::new(address, range.prefix_len().checked_sub(96)?).ok()
    };
    match range {
        IpNet::V4(range) => IpNet::V4(range),
        IpNet::V6(range) => mapped(range).map_or(IpNet::V6(range), IpNet::V4),
    }
}

/// As `net.SplitHostPort`: an address with colons needs brackets to have a port.
fn split_port(entry: &str) -> (&str, Option<&str>) {
    let bracketed = entry.strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    match (bracketed, entry.split_once(':')) {
        (Some((host, port)), _) => (host, Some(port)),
        (None, Some((host, port))) if !port.contains(':') => (host, Some(port)),
        (None, _) => (entry, None),
    }
}

/// A name as it is looked up, in lower case and ASCII.
pub(crate) fn ascii(name: &str) -> Option<Cow<'_, str>> {
    if name.is_ascii() {
        return Some(match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        });
    }
    idna::domain_to_ascii(name).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exceptions_match_as_in_go_programs() {
        for (list, host, port, direct) in [
            ("example.com", "example.com", 443, true),
            ("example.com", "a.example.com", 443, true),
            ("example.com", "badexample.com", 443, false),
            ("example.com", "Example.COM", 443, true),
            (".example.com", "example.com", 443, false),
            (".example.com", "a.example.com", 443, true),
            ("*.example.com", "a.b.example.com", 443, true),
            ("*.example.com", "example.com", 443, false),
            ("*example.com", "a.example.com", 443, false),
            ("example.com:8443", "example.com", 443, false),
            ("example.com:8443", "example.com", 8443, true),
            ("example.com:", "example.com", 8443, true),
            ("example.com:https", "example.com", 443, false),
            ("example.com:0443", "example.com", 443, false),
            (".example.com:8443", "a.example.com", 8443, true),
            ("10.0.0.0/8", "10.9.8.7", 443, true),
            ("10.1.2.3/8", "10.9.8.7", 443, true),
            ("10.0.0.0/8", "11.0.0.1", 443, false),
            ("10.0.0.0/8", "ten.example", 443, false),
            ("10.0.0.0/8", "::ffff:10.9.8.7", 443, true),
            ("::ffff:10.0.0.0/104", "10.9.8.7", 443, true),
            ("10.0.0.0/33", "10.9.8.7", 443, false),
            ("0.0.0.0/0", "10.9.8.7", 443, true),
            ("0.0.0.0/0", "2001:db8::1", 443, false),
            ("192.0.2.1", "192.0.2.1", 5000, true),
            ("192.0.2.1:80", "192.0.2.1", 5000, false),
            ("[2001:db8::1]:443", "2001:db8::1", 443, true),
            ("[2001:db8::1]:443", "[2001:db8::1]", 443, true),
            ("[2001:db8::1]:443", "2001:db8::1", 444, false),
            ("2001:db8::1", "2001:db8::1", 443, true),
            ("2001:db8::/32", "2001:db8::9", 443, true),
            ("[2001:db8::1]", "2001:db8::1", 443, false),
            ("*", "anything.example", 443, true),
            ("a.example, B.example", "b.example", 443, true),
            ("a.example b.example", "b.example", 443, false),
            ("bücher.example", "xn--bcher-kva.example", 443, true),
            ("xn--bcher-kva.example", "www.bücher.example", 443, true),
            ("", "localhost", 443, true),
            ("", "127.9.9.9", 443, true),
            ("", "::1", 443, true),
            ("", "::ffff:127.0.0.1", 443, true),
            ("", "example.com", 443, false),
            (".,,:80", "example.com", 80, false),
            ("https://example.com", "example.com", 443, false),
        ] {
            assert_eq!(NoProxy::parse(list).matches(host, port), direct, "{list:?} {host}:{port}");
        }
    }
}
