//! A proxy's address.

use std::fmt;

use thiserror::Error;

use crate::ProxyLogin;

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProxyScheme {
    /// Plain HTTP to the proxy: `CONNECT`, or the absolute form.
    Http,
    /// The same inside TLS.
    Https,
    /// SOCKS 5. The proxy resolves names, as with `socks5h`: Go makes no difference between the two.
    Socks5,
}

impl ProxyScheme {
    /// As an address begins.
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
            Self::Socks5 => "socks5",
        }
    }

    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
            Self::Socks5 => 1080,
        }
    }
}

/// A proxy's address as Go reads it. `Debug` and `Display` leave the login out.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct ProxyUrl {
    /// How it is spoken to.
    pub scheme: ProxyScheme,
    /// A name in ASCII, or an address without brackets.
    pub host: String,
    /// The port, given or the scheme's own.
    pub port: u16,
    login: Option<ProxyLogin>,
}

/// Why an address is none. Ends a sentence that begins with where it stands, and never shows a login.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProxyUrlError {
    /// A scheme that no engine speaks either.
    #[error("begins with `{0}://`; `http`, `https` and `socks5` are spoken")]
    UnknownScheme(String),
    /// Anything else.
    #[error(
        "is not written as `http://host:port` or `http://name:password@host:port`, where special characters of \
         name and password are percent-encoded (`%40` for `@`)"
    )]
    Malformed,
}

impl ProxyUrl {
    /// Reads `http://name:password@host:port`; without a scheme it is `http`, without a port the scheme's own.
    pub fn parse(text: &str) -> Result<Self, ProxyUrlError> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) if is_scheme(scheme) => (known_scheme(scheme)?, rest),
            Some(_) | None => (ProxyScheme::Http, text),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, place) = match authority.rsplit_once('@') {
            Some(("" | ":", place)) => (None, place),
            Some((login, place)) => {
                (Some(ProxyLogin::from_userinfo(login).ok_or(ProxyUrlError::Malformed)?), place)
            }
            None => (None, authority),
        };
        let (host, port) = host_and_port(place).ok_or(ProxyUrlError::Malformed)?;
        Ok(Self { scheme, host, port: port.unwrap_or(scheme.default_port()), login })
    }

    /// `http://host:port`, for people.
    pub fn address(&self) -> String {
        format!("{}://{}", self.scheme.name(), self.host_port())
    }

    /// `host:port`, with brackets where they are needed.
    pub fn host_port(&self) -> String {
        match self.host.contains(':') {
            true => format!("[{}]:{}", self.host, self.port),
            false => format!("{}:{}", self.host, self.port),
        }
    }

    /// The login it is shown.
    pub fn login(&self) -> Option<&ProxyLogin> {
        self.login.as_ref()
    }

    /// The same proxy with another login.
    #[must_use]
    pub fn with_login(self, login: ProxyLogin) -> Self {
        Self { login: Some(login), ..self }
    }

    /// The same proxy without a login, as it is asked who it lets in.
    #[must_use]
    pub fn without_login(self) -> Self {
        Self { login: None, ..self }
    }

    /// The whole address with its login. A secret.
    pub fn with_secret(&self) -> String {
        let login = self.login.as_ref().map(|login| login.userinfo() + "@").unwrap_or_default();
        format!("{}://{login}{}", self.scheme.name(), self.host_port())
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.address())
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProxyUrl({self}, with login: {})", self.login.is_some())
    }
}

fn is_scheme(text: &str) -> bool {
    text.len() <= 16
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

fn known_scheme(text: &str) -> Result<ProxyScheme, ProxyUrlError> {
    match text.to_ascii_lowercase().as_str() {
        "http" => Ok(ProxyScheme::Http),
        "https" => Ok(ProxyScheme::Https),
        "socks5" | "socks5h" => Ok(ProxyScheme::Socks5),
        _ => Err(ProxyUrlError::UnknownScheme(text.to_owned())),
    }
}

fn host_and_port(place: &str) -> Option<(String, Option<u16>)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (address, port) = rest.split_once(']')?;
        let (plain, zone) = match address.split_once("%25") {
            Some((plain, zone)) if !zone.is_empty() && zone.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                (plain, format!("%{zone}"))
            }
            Some(_) => return None,
            None => (address, String::new()),
        };
        let plain: std::net::Ipv6Addr = plain.parse().ok()?;
        return Some((format!("{plain}{zone}"), port_after_colon(port)?));
    }
    let (host, port) = place.split_at(place.find(':').unwrap_or(place.len()));
    let host = crate::no_proxy::ascii(host)?;
    let named = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    named.then_some((host.into_owned(), port_after_colon(port)?))
}

fn port_after_colon(text: &str) -> Option<Option<u16>> {
    match text.strip_prefix(':') {
        None if text.is_empty() => Some(None),
        None => None,
        Some("") => Some(None),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().filter(|&port| port > 0).map(Some)
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_as_go_programs_read_it() {
        for (text, address, name) in [
            ("http://proxy.example:3128", "http://proxy.example:3128", None),
            ("proxy.example:3128", "http://proxy.example:3128", None),
            ("proxy.example", "http://proxy.example:80", None),
            ("ada:x@proxy.example:3128", "http://proxy.example:3128", Some("ada")),
            ("HTTP://Proxy.Example/", "http://proxy.example:80", None),
            ("https://proxy.example/a?b#c", "https://proxy.example:443", None),
            ("https://proxy.example:8443", "https://proxy.example:8443", None),
            ("socks5://127.0.0.1", "socks5://127.0.0.1:1080", None),
            ("socks5h://corp%5Cada:p%231@jump.example:1081", "socks5://jump.example:1081", Some("corp\\ada")),
            ("http://[2001:DB8::1]:3128", "http://[2001:db8::1]:3128", None),
            ("http://[fe80::1%25eth0]", "http://[fe80::1%eth0]:80", None),
            ("http://ada:a@b@proxy.example:", "http://proxy.example:80", Some("ada")),
            ("http://@proxy.example:3128", "http://proxy.example:3128", None),
            ("http://bücher.example:3128", "http://xn--bcher-kva.example:3128", None),
            ("http://proxy_1:3128", "http://proxy_1:3128", None),
        ] {
            let proxy = ProxyUrl::parse(text).unwrap();
            let found = proxy.login().map(|login| login.name().into_owned());
            assert_eq!((proxy.address().as_str(), found.as_deref()), (address, name), "{text}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_its_password() {
        for (text, error) in [
            ("ftp://ada:hunter2@proxy:21", ProxyUrlError::UnknownScheme("ftp".to_owned())),
            ("socks4://proxy:1080", ProxyUrlError::UnknownScheme("socks4".to_owned())),
            ("http://ada:hun#ter2@proxy:3128", ProxyUrlError::Malformed),
            ("http://ada:hun/ter2@proxy:3128", ProxyUrlError::Malformed),
            ("http://ada:hunter2@", ProxyUrlError::Malformed),
            ("http://corp\\ada:hunter2@proxy", ProxyUrlError::Malformed),
            ("http://ada:hunter2%@proxy", ProxyUrlError::Malformed),
            ("http://proxy:0", ProxyUrlError::Malformed),
            ("http://proxy:99999", ProxyUrlError::Malformed),
            ("http://proxy: 3128", ProxyUrlError::Malformed),
            (" http://proxy:3128", ProxyUrlError::Malformed),
            ("http://2001:db8::1", ProxyUrlError::Malformed),
            ("http://[proxy]:3128", ProxyUrlError::Malformed),
            ("http:proxy:3128", ProxyUrlError::Malformed),
            ("", ProxyUrlError::Malformed),
        ] {
            let found = ProxyUrl::parse(text).unwrap_err();
            assert_eq!(found, error, "{text}");
            assert!(!found.to_string().contains("hunter2"), "{found}");
        }
    }

    #[test]
    fn a_proxy_is_printed_without_its_login() {
        let proxy = ProxyUrl::parse("http://ada:hunter2@proxy:3128").unwrap();
        let printed = format!("{proxy} {proxy:?} {}", proxy.address());
        assert!(!printed.contains("hunter2") && !printed.contains("ada"), "{printed}");
        assert_eq!(proxy.with_secret(), "http://ada:hunter2@proxy:3128");
        let other = proxy.with_login(ProxyLogin::new("corp\\bob", "a:@#"));
        assert_eq!(other.with_secret(), "http://corp%5Cbob:a%3A%40%23@proxy:3128");
        assert_eq!(ProxyUrl::parse(&other.with_secret()), Ok(other));
    }
}
