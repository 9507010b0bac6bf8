//! Where a request goes.

use std::net::IpAddr;

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
}

impl Destination {
    /// From `host`, `host:port`, `address` or `[address]:port`.
    pub(crate) fn from_authority(scheme: Scheme, authority: &str) -> Option<Self> {
        let lower = authority.to_ascii_lowercase();
        let (host, port) = match lower.strip_prefix('[') {
            Some(rest) => {
                let (host, after) = rest.split_once(']')?;
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
        (!host.is_empty()).then(|| Self { scheme, host: host.to_owned(), port })
    }

    /// Splits `https://host[:port]/path` into the destination and the path with its query.
    pub(crate) fn from_url(url: &str) -> Option<(Self, String)> {
        let (scheme, rest) = url.split_once("://")?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, path) = rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        Some((Self::from_authority(scheme, authority)?, path))
    }

    /// Where a registry answers.
    pub(crate) fn of_registry(registry: &Registry) -> Self {
        let host = if registry.is_docker_hub() { "registry-1.docker.io" } else { registry.host() };
        Self { scheme: Scheme::Https, host: host.to_owned(), port: registry.port().unwrap_or(443) }
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
        for bad in ["", ":443", "a:", "a:b", "a:0", "a:1:2", "[::1", "[::1]x"] {
            assert_eq!(Destination::from_authority(Scheme::Https, bad), None, "{bad}");
        }
    }

    #[test]
    fn docker_hub_answers_elsewhere_than_its_name_says() {
        let hub = Destination::of_registry(&Registry::docker_hub());
        assert_eq!(hub.host_port(), "registry-1.docker.io:443");
        assert!(hub.registry().unwrap().is_docker_hub());
    }
}
