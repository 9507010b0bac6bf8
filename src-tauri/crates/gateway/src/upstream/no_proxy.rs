//! Which destinations do not go through the organization's proxy, in the matching that Go programs use.

use std::net::IpAddr;

/// A list of exceptions.
#[derive(Debug, Default)]
pub(crate) struct NoProxy {
    everything: bool,
    rules: Vec<Rule>,
}

#[derive(Debug)]
enum Rule {
    Range { network: IpAddr, bits: u8 },
    Address { address: IpAddr, port: Option<u16> },
    Domain { suffix: String, itself: bool, port: Option<u16> },
}

impl NoProxy {
    /// Reads `NO_PROXY`; what is no rule is skipped, as Go does.
    pub(crate) fn parse(list: &str) -> Self {
        let entries: Vec<String> = list.split(',').map(|entry| entry.trim().to_ascii_lowercase()).collect();
        Self {
            everything: entries.iter().any(|entry| entry == "*"),
            rules: entries.iter().filter_map(|entry| Rule::parse(entry)).collect(),
        }
    }

    /// Whether a destination is reached directly. Loopback always is.
    pub(crate) fn matches(&self, host: &str, port: u16) -> bool {
        let address: Option<IpAddr> = host.parse().ok();
        let loopback = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        loopback || self.everything || self.rules.iter().any(|rule| rule.matches(host, address, port))
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        if let Some((network, bits)) = parse_range(entry) {
            return Some(Self::Range { network, bits });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(port.parse().ok()?))
            }
            _ => (entry, None),
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse() {
            return Some(Self::Address { address, port });
        }
        let domain = host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host);
        if domain.trim_start_matches('.').is_empty() {
            return None;
        }
        let itself = !domain.starts_with('.');
        let suffix = if itself { format!(".{domain}") } else { domain.to_owned() };
        Some(Self::Domain { suffix, itself, port })
    }

    fn matches(&self, host: &str, address: Option<IpAddr>, port: u16) -> bool {
        match self {
            Self::Range { network, bits } => {
                address.is_some_and(|address| in_range(address, *network, *bits))
            }
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

/// Reads `192.0.2.0/24`.
pub(crate) fn parse_range(text: &str) -> Option<(IpAddr, u8)> {
    let (network, bits) = text.split_once('/')?;
    let network: IpAddr = network.parse().ok()?;
    let bits: u8 = bits.parse().ok()?;
    (bits <= if network.is_ipv4() { 32 } else { 128 }).then_some((network, bits))
}

pub(crate) fn in_range(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    let shift = |width: u32| width - u32::from(bits);
    match (address.to_canonical(), network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(shift(32)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(shift(128)).unwrap_or(0);
            address.to_bits() & mask == network.to_bits() & mask
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
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
            (".example.com", "example.com", 443, false),
            (".example.com", "a.example.com", 443, true),
            ("*.example.com", "a.b.example.com", 443, true),
            ("example.com:8443", "example.com", 443, false),
            ("example.com:8443", "example.com", 8443, true),
            ("10.0.0.0/8", "10.9.8.7", 443, true),
            ("10.0.0.0/8", "11.0.0.1", 443, false),
            ("10.0.0.0/8", "ten.example", 443, false),
            ("192.0.2.1", "192.0.2.1", 5000, true),
            ("192.0.2.1:80", "192.0.2.1", 5000, false),
            ("[2001:db8::1]:443", "2001:db8::1", 443, true),
            ("2001:db8::1", "2001:db8::1", 443, true),
            ("2001:db8::/32", "2001:db8::9", 443, true),
            ("*", "anything.example", 443, true),
            ("a.example, B.example", "b.example", 443, true),
            ("", "localhost", 443, true),
            ("", "127.9.9.9", 443, true),
            ("", "example.com", 443, false),
            (".,,:80", "example.com", 80, false),
        ] {
            assert_eq!(NoProxy::parse(list).matches(host, port), direct, "{list:?} {host}:{port}");
        }
    }
}
