//! A registry: the host, and where it matters the port, that images come from.
//!
//! Decides which spellings are one registry. A name that engines and resolvers could understand differently is
//! refused, never guessed.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::text::{excerpt, stray, textual};

const HUB: &str = "docker.io";
const HUB_ALIASES: [&str; 5] =
    [HUB, "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "registry.ipv6.docker.com"];
const HTTPS: u16 = 443;
const HTTP: u16 = 80;
const LONGEST_HOST: usize = 253;
const LONGEST_LABEL: usize = 63;

/// A registry in its normal form.
///
/// The host is in lower case without a trailing dot, an IPv6 address is in brackets, and port 443 is left out; a
/// host of one label other than `localhost` keeps it (`cache:443`), since without a dot or port engines would
/// read the name as a namespace on Docker Hub. Docker Hub's hosts are all `docker.io`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Registry {
    text: String,
    host: String,
    port: Option<u16>,
}

impl Registry {
    /// Reads `host` or `host:port`.
    pub fn parse(text: &str) -> Result<Self, RegistryError> {
        let (host, port) = split_port(text)?;
        let port = port.map(parse_port).transpose()?;
        if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            return Ok(Self::of_address(parse_ipv6(address)?, port));
        }
        Ok(Self::of_name(parse_name(host)?, port))
    }

    /// Docker Hub, the registry of names without a host.
    pub fn docker_hub() -> Self {
        Self { text: HUB.to_owned(), host: HUB.to_owned(), port: None }
    }

    /// Whether this is Docker Hub.
    pub fn is_docker_hub(&self) -> bool {
        self.text == HUB
    }

    /// The host alone, without port and brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where the normal form shows one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The registry as text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the name can only mean this machine: `localhost`, `*.localhost`, `127.0.0.0/8` or `::1`.
    pub fn is_loopback(&self) -> bool {
        let ipv6 = |address: Ipv6Addr| {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|mapped| mapped.is_loopback())
        };
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback())
            || self.host.parse().is_ok_and(ipv6)
    }

    fn of_name(host: String, port: Option<u16>) -> Self {
        let web_port = matches!(port, None | Some(HTTPS | HTTP));
        if web_port && HUB_ALIASES.contains(&host.as_str()) {
            return Self::docker_hub();
        }
        let bare = !host.contains('.') && host != "localhost";
        let port = if bare { port.or(Some(HTTPS)) } else { port.filter(|port| *port != HTTPS) };
        let text = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        Self { text, host, port }
    }

    fn of_address(address: Ipv6Addr, port: Option<u16>) -> Self {
        let host = plain_ipv6(address);
        let port = port.filter(|port| *port != HTTPS);
        let text = port.map_or_else(|| format!("[{host}]"), |port| format!("[{host}]:{port}"));
        Self { text, host, port }
    }
}

impl fmt::Display for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

textual!(Registry, RegistryError);

/// Why a text is not a registry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// There is no host.
    #[error("the registry's host is empty")]
    Empty,
    /// The host is longer than a host name can be.
    #[error("the registry's host has {length} characters; at most {LONGEST_HOST} are possible")]
    TooLong {
        /// How many characters it has.
        length: usize,
    },
    /// A character no host can have.
    #[error(
        "the registry's host has {character:?} at position {position}; a host has only letters, digits, `-` and `.`"
    )]
    Character {
        /// The character.
        character: char,
        /// Its place, counted from one.
        position: usize,
    },
    /// A part between two dots that is empty, too long, or has a hyphen at its edge.
    #[error(
        "the part `{label}` of the registry's host `{host}` must have 1 to {LONGEST_LABEL} characters and begin and end with a letter or digit"
    )]
    Label {
        /// The part.
        label: String,
        /// The host.
        host: String,
    },
    /// Numbers that programs read as different addresses.
    #[error("the registry's host `{host}` is not an IPv4 address in the usual notation, as in `192.0.2.1`")]
    Ipv4 {
        /// The host.
        host: String,
    },
    /// Not an IPv6 address, or one without brackets.
    #[error("the registry's host `{address}` is not an IPv6 address in brackets, as in `[2001:db8::1]`")]
    Ipv6 {
        /// The address as written.
        address: String,
    },
    /// Not a port number.
    #[error("the registry's port `{port}` is not a number from 1 to 65535")]
    Port {
        /// The port as written.
        port: String,
    },
}

fn split_port(text: &str) -> Result<(&str, Option<&str>), RegistryError> {
    let bracketed = text.starts_with('[');
    let host_end = if bracketed { text.find(']').map(|end| end + 1) } else { text.find(':') };
    let (host, rest) = match host_end {
        Some(end) => text.split_at(end),
        None if bracketed => return Err(RegistryError::Ipv6 { address: excerpt(text) }),
        None => (text, ""),
    };
    match rest.strip_prefix(':') {
        Some(port) if port.contains(':') => Err(RegistryError::Ipv6 { address: excerpt(text) }),
        Some(port) => Ok((host, Some(port))),
        None if rest.is_empty() => Ok((host, None)),
        None => Err(RegistryError::Ipv6 { address: excerpt(text) }),
    }
}

fn parse_port(text: &str) -> Result<u16, RegistryError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.filter(|port| *port != 0).ok_or_else(|| RegistryError::Port { port: excerpt(text) })
}

fn parse_ipv6(text: &str) -> Result<Ipv6Addr, RegistryError> {
    let plain = text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b':');
    let address = plain.then(|| text.parse().ok()).flatten();
    address.ok_or_else(|| RegistryError::Ipv6 { address: excerpt(text) })
}

/// An IPv6 address without the dotted form that engines refuse in brackets.
fn plain_ipv6(address: Ipv6Addr) -> String {
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] => format!("::ffff:{high:x}:{low:x}"),
        _ => address.to_string(),
    }
}

fn parse_name(text: &str) -> Result<String, RegistryError> {
    let host = text.strip_suffix('.').unwrap_or(text);
    if host.is_empty() {
        return Err(RegistryError::Empty);
    }
    if host.len() > LONGEST_HOST {
        return Err(RegistryError::TooLong { length: host.chars().count() });
    }
    if let Some((character, position)) = stray(host, |c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
    {
        return Err(RegistryError::Character { character, position });
    }
    let possible = |label: &str| {
        (1..=LONGEST_LABEL).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    if let Some(label) = host.split('.').find(|label| !possible(label)) {
        return Err(RegistryError::Label { label: excerpt(label), host: excerpt(host) });
    }
    if is_numeric(host) && text.parse::<Ipv4Addr>().is_err() {
        return Err(RegistryError::Ipv4 { host: excerpt(text) });
    }
    Ok(host.to_ascii_lowercase())
}

/// Whether resolvers may take the name for an address, as `127.1`, `0x7f000001` and `2130706433`.
fn is_numeric(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or(host);
    let hexadecimal = last.strip_prefix("0x").or(last.strip_prefix("0X"));
    match hexadecimal {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => last.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests;
