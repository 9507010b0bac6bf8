//! A name a leaf certificate can carry: a host name without wildcards, or an address.

use std::fmt;
use std::net::IpAddr;

use rcgen::SanType;

use crate::CaError;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Name {
    /// In lower case, without a trailing dot.
    Host(String),
    Address(IpAddr),
}

impl Name {
    pub(crate) fn parse(text: &str) -> Result<Self, CaError> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        match problem(text) {
            None => Ok(Self::Host(text.to_ascii_lowercase())),
            Some(problem) => Err(CaError::BadName { name: text.to_owned(), problem }),
        }
    }

    pub(crate) fn alternative(&self) -> Result<SanType, CaError> {
        Ok(match self {
            Self::Host(host) => SanType::DnsName(host.as_str().try_into()?),
            Self::Address(address) => SanType::IpAddress(*address),
        })
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => host.fmt(formatter),
            Self::Address(address) => address.fmt(formatter),
        }
    }
}

fn problem(host: &str) -> Option<&'static str> {
    if host.is_empty() || host.len() > 253 {
        return Some("a host name has 1 to 253 characters");
    }
    if host.contains('*') {
        return Some("wildcards are not signed");
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if !host.bytes().all(allowed) {
        return Some("only letters, digits, `-`, `_` and `.` are allowed");
    }
    let bad =
        |label: &str| label.is_empty() || label.len() > 63 || label.starts_with('-') || label.ends_with('-');
    if host.split('.').any(bad) {
        return Some("each part between dots has 1 to 63 characters and no `-` at either end");
    }
    let last = host.rsplit('.').next().unwrap_or(host);
    if last.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("it ends like an address and is none");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_addresses_are_taken() {
        let host = |text: &str| Name::Host(text.to_owned());
        let address = |text: &str| Name::Address(text.parse().unwrap());
        for (text, expected) in [
            ("Registry-1.Docker.io", host("registry-1.docker.io")),
            ("localhost", host("localhost")),
            ("a_b.internal", host("a_b.internal")),
            ("127.0.0.1", address("127.0.0.1")),
            ("::1", address("::1")),
        ] {
            assert_eq!(Name::parse(text).unwrap(), expected);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        let long = format!("{}.io", "a".repeat(64));
        for text in [
            "",
            ".",
            "a..b",
            "a.",
            ".a",
            "-a.io",
            "a-.io",
            "*.docker.io",
            "*",
            "a b",
            "a\0b",
            "bücher.de",
            "[::1]",
            "127.0.0.1:80",
            "1.2.3",
            "300.0.0.1",
            "a/b",
            "a@b",
            &long,
            &"a.".repeat(127),
        ] {
            assert!(
                matches!(Name::parse(text), Err(CaError::BadName { name, .. }) if name == text),
                "{text}"
            );
        }
    }
}
