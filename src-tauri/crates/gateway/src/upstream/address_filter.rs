//! Where the gateway connects to.
//!
//! It stands on the machine and lends its place in the network to whoever asks by it. Names that engines ask for may lead
//! into private ranges, since the registries of companies are there. Places that a registry names, its token service and
//! where it keeps its blobs, may do so only where the registry itself is there, and be on this machine only where it is. Nothing leads to link-local addresses,
//! where clouds hand out the machine's own credentials, or back to the gateway.

use std::{
    collections::BTreeSet,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Mutex, PoisonError},
};

use super::Destination;

/// The addresses that the gateway itself listens at.
#[derive(Debug, Default)]
pub(crate) struct Fronts(Mutex<BTreeSet<SocketAddr>>);

/// Why an address is not connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockedAddress {
    /// It is of the link or of a cloud's own services.
    LinkLocal,
    /// The gateway itself listens there.
    Itself,
    /// A registry that is elsewhere led into a private range.
    PrivateReferral,
}

/// Names and addresses at which clouds hand out credentials, besides the link-local ranges: Amazon, Alibaba, Azure,
/// Oracle, Google.
const METADATA: [&str; 2] = ["metadata.google.internal", "metadata.goog"];
const METADATA_IPV4: [Ipv4Addr; 3] =
    [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16), Ipv4Addr::new(192, 0, 0, 192)];
const METADATA_IPV6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254),
    Ipv6Addr::new(0xfd20, 0x00ce, 0, 0, 0, 0, 0, 0x0254),
];

impl Fronts {
    /// The gateway listens here from now on.
    pub(crate) fn add(&self, address: SocketAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(address);
    }

    /// Whether this leads to the gateway. Everything of the loopback range does, whatever of it a front listens at.
    pub(crate) fn has(&self, address: IpAddr, port: u16) -> bool {
        let address = plain(address);
        let is_here = address.is_loopback() || address.is_unspecified();
        let fronts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        fronts.iter().any(|front| front.port() == port && (is_here || plain(front.ip()) == address))
    }

    /// Whether a place leads to the gateway, by what it is called.
    pub(crate) fn names(&self, place: &Destination) -> bool {
        let is_named = place.host == "localhost" || place.host.ends_with(".localhost");
        let address = place.host.parse().ok().or(is_named.then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        address.is_some_and(|address| self.has(address, place.port))
    }
}

impl BlockedAddress {
    /// Why nothing connects to an address.
    pub(crate) fn address(address: IpAddr, port: u16, fronts: &Fronts) -> Option<Self> {
        if is_link_local(address) {
            Some(Self::LinkLocal)
        } else if fronts.has(address, port) {
            Some(Self::Itself)
        } else {
            None
        }
    }

    /// Why nothing connects to a place, by what it is called; its addresses may say more.
    pub(crate) fn place(place: &Destination, fronts: &Fronts) -> Option<Self> {
        if METADATA.contains(&place.host.as_str()) {
            return Some(Self::LinkLocal);
        }
        if fronts.names(place) {
            return Some(Self::Itself);
        }
        place.host.parse().ok().and_then(|address| Self::address(address, place.port, fronts))
    }

    /// For people, without an end.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::LinkLocal => {
                "it leads to a link-local address or to a service of the cloud itself, which nothing here connects to"
            }
            Self::Itself => "it leads to Pullgate itself",
            Self::PrivateReferral => "a registry that is not in this private network led there",
        }
    }
}

/// Who reaches an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zone {
    /// This machine alone.
    Here,
    /// Its own network (RFC 1918, RFC 6598, RFC 4193).
    Inside,
    Outside,
}

impl Zone {
    pub(crate) fn of(address: IpAddr) -> Self {
        let address = plain(address);
        if address.is_loopback() || address.is_unspecified() {
            return Self::Here;
        }
        let is_inside = match address {
            IpAddr::V4(address) => {
                let [first, second, ..] = address.octets();
                address.is_private() || (first == 100 && (64..128).contains(&second))
            }
            IpAddr::V6(address) => address.is_unique_local(),
        };
        if is_inside { Self::Inside } else { Self::Outside }
    }
}

/// Whether only this machine or its own network reaches an address.
pub(crate) fn is_inside(address: IpAddr) -> bool {
    Zone::of(address) != Zone::Outside
}

fn is_link_local(address: IpAddr) -> bool {
    match plain(address) {
        IpAddr::V4(address) => address.is_link_local() || METADATA_IPV4.contains(&address),
        IpAddr::V6(address) => address.is_unicast_link_local() || METADATA_IPV6.contains(&address),
    }
}

/// The IPv4 address inside an IPv6 address that stands for one: mapped (RFC 4291), by NAT64 (RFC 6052) or by 6to4
/// (RFC 3056).
fn plain(address: IpAddr) -> IpAddr {
    let address = address.to_canonical();
    let IpAddr::V6(v6) = address else { return address };
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => inner(high, low),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Scheme;

    fn blocked(place: &str) -> Option<BlockedAddress> {
        let fronts = Fronts::default();
        fronts.add("127.0.0.1:859".parse().unwrap());
        BlockedAddress::place(&Destination::from_authority(Scheme::Http, place).unwrap(), &fronts)
    }

    #[test]
    fn nothing_connects_to_where_clouds_hand_out_credentials() {
        for place in [
            "169.254.169.254",
            "169.254.170.2:80",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[2002:a9fe:a9fe::1]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "[fd20:ce::254]",
            "100.100.100.200",
            "168.63.129.16",
            "192.0.0.192",
            "metadata.google.internal",
            "Metadata.Google.Internal.",
            "metadata.goog:80",
        ] {
            assert_eq!(blocked(place), Some(BlockedAddress::LinkLocal), "{place}");
        }
    }

    #[test]
    fn nothing_connects_back_to_the_gateway_however_it_is_spelled() {
        for host in [
            "127.0.0.1",
            "127.9.9.9",
            "localhost",
            "a.localhost.",
            "0.0.0.0",
            "[::]",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
        ] {
            assert_eq!(blocked(&format!("{host}:859")), Some(BlockedAddress::Itself), "{host}");
            assert_eq!(blocked(&format!("{host}:5000")), None, "{host}");
        }
    }

    #[test]
    fn registries_of_companies_are_in_private_ranges() {
        for (address, inside) in [
            ("10.1.2.3", true),
            ("172.16.0.1", true),
            ("192.168.1.1", true),
            ("100.64.0.1", true),
            ("::ffff:10.0.0.1", true),
            ("64:ff9b::a00:1", true),
            ("fc00::1", true),
            ("100.128.0.1", false),
            ("172.32.0.1", false),
            ("203.0.113.1", false),
            ("2001:db8::1", false),
        ] {
            let zone = if inside { Zone::Inside } else { Zone::Outside };
            assert_eq!(Zone::of(address.parse().unwrap()), zone, "{address}");
            let place = if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            assert_eq!(blocked(&place), None, "{address}");
        }
    }
}
