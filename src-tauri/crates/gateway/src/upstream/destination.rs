//! Where a request goes.

use std::net::{IpAddr, Ipv6Addr};

use image_ref::Registry;

/// Plain or TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Destination {
    pub(crate) scheme: Scheme,
    /// Lower case, without brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// The machine lists what is asked there as insecure, beside the rules for whole hosts.
    pub(crate) is_lenient: bool,
    /// The registry that leads here, where nobody else names this place.
    pub(crate) referred_by: Option<Box<Destination>>,
}

impl Destination {
    /// From `host`, `host:port`, `address` or `[address]:port`.
    pub(crate) fn from_authority(scheme: Scheme, authority: &str) -> Option<Self> {
        let lower = authority.to_ascii_lowercase();
        let (host, port) = match lower.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
                host.parse::<Ipv6Addr>().ok()?;
                (host, if after.is_empty() { None } else { Some(after.strip_prefix(':')?) })
            }
            None => match lower.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (lower.as_str(), None),
            },
        };
        let port = match port {
            Some(port) => port.parse().ok().filter(|port| *port != 0)?,
            None => scheme.default_port(),
        };
        let host = host.strip_suffix('.').unwrap_or(host);
        is_host(host).then(|| Self {
            scheme,
            host: host.to_owned(),
            port,
            is_lenient: false,
            referred_by: None,
        })
    }

    /// Splits `https://host[:port]/path` into the destination and the path with its query, where letters that cannot
    /// stand in a request are percent-encoded, as Go's clients do.
    pub(crate) fn from_url(url: &str) -> Option<(Self, String)> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        if path.bytes().any(|byte| byte.is_ascii_control()) {
            return None;
        }
        let path = if path.starts_with('/') { encoded(path) } else { format!("/{}", encoded(path)) };
        Some((Self::from_authority(scheme, authority)?, path))
    }

    /// Where a registry answers.
    pub(crate) fn of_registry(registry: &Registry) -> Self {
        let host = if registry.is_docker_hub() { "registry-1.docker.io" } else { registry.host() };
        let port = registry.port().unwrap_or(443);
        Self { scheme: Scheme::Https, host: host.to_owned(), port, is_lenient: false, referred_by: None }
    }

    /// The registry that answers here, by the name policies use.
    pub(crate) fn registry(&self) -> Option<Registry> {
        Registry::parse(&self.authority()).ok()
    }

    /// `host` or `host:port`, as in `Host`.
    pub(crate) fn authority(&self) -> String {
        if self.port == self.scheme.default_port() { self.bracketed() } else { self.host_port() }
    }

    /// Always with the port, as in CONNECT.
    pub(crate) fn host_port(&self) -> String {
        format!("{}:{}", self.bracketed(), self.port)
    }

    /// A place that a registry names: its token service, or where it keeps a blob. The registry itself is none.
    pub(crate) fn referred_by(self, registry: &Self) -> Self {
        let is_same = self.host == registry.host;
        let referred_by = (!is_same).then(|| Box::new(Self { referred_by: None, ..registry.clone() }));
        Self { referred_by, ..self }
    }

    pub(crate) fn with_scheme(&self, scheme: Scheme) -> Self {
        Self { scheme, ..self.clone() }
    }

    /// Whether this names the machine itself, or what only it can reach.
    pub(crate) fn is_local(&self) -> bool {
        let local = |address: IpAddr| match address.to_canonical() {
            IpAddr::V4(address) => {
                address.is_loopback() || address.is_unspecified() || address.is_link_local()
            }
            IpAddr::V6(address) => {
                address.is_loopback() || address.is_unspecified() || address.is_unicast_link_local()
            }
        };
        let named = self.host == "localhost" || self.host.ends_with(".localhost");
        named || self.host.parse().is_ok_and(local)
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

/// The letters of names and addresses, and no empty part, so that a name has one spelling; neither a user nor a password
/// is any host's.
fn is_host(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if text.contains(':') { text.parse::<Ipv6Addr>().is_ok() } else { text.split('.').all(is_part) }
}

fn encoded(path: &str) -> String {
    let letter = |byte: u8| match byte {
        b'!'..=b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    path.bytes().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn authorities_are_read_in_every_notation() {
        for (text, host, port) in [
            ("Ghcr.io", "ghcr.io", 443),
            ("ghcr.io.:443", "ghcr.io", 443),
            ("203.0.113.1:5000", "203.0.113.1", 5000),
            ("[2001:db8::1]:5000", "2001:db8::1", 5000),
            ("[2001:db8::1]", "2001:db8::1", 443),
        ] {
            let found = Destination::from_authority(Scheme::Https, text).unwrap();
            assert_eq!((found.host.as_str(), found.port), (host, port), "{text}");
        }
        for bad in [
            "", ":443", "a:", "a:b", "a:0", "a:1:2", "[::1", "[::1]x", "a b", "u@a", "u:p@a", "a..b", "a..",
            "[::1%1]", "[a]",
        ] {
            assert_eq!(Destination::from_authority(Scheme::Https, bad), None, "{bad}");
        }
    }

    #[test]
    fn an_address_is_one_line_of_a_request() {
        let (place, path) = Destination::from_url("https://a.example/b c?d=\u{e9}#e").unwrap();
        assert_eq!((place.host.as_str(), path.as_str()), ("a.example", "/b%20c?d=%C3%A9"));
        for bad in [
            "https://a.example/b\r\nHost: c",
            "https://a.example/\0",
            "https://hub@a.example/",
            "https://a b/",
        ] {
            assert_eq!(Destination::from_url(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn docker_hub_answers_elsewhere_than_its_name_says() {
        let hub = Destination::of_registry(&Registry::docker_hub());
        assert_eq!(hub.host_port(), "registry-1.docker.io:443");
        assert!(hub.registry().unwrap().is_docker_hub());
    }
}
