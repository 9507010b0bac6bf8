//! The two kinds of authority and the names each may speak for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{CidrSubnet, GeneralSubtree, NameConstraints};

use crate::name::Name;

/// Names by which containers and guest machines reach the host, and the host itself.
const OWN_HOSTS: [&str; 4] =
    ["localhost", "host.docker.internal", "host.containers.internal", "host.lima.internal"];

/// Addresses of this machine: itself, and as seen from Lima's guest.
const OWN_NETWORKS: [(IpAddr, u8); 3] = [
    (IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8),
    (IpAddr::V6(Ipv6Addr::LOCALHOST), 128),
    (IpAddr::V4(Ipv4Addr::new(192, 168, 5, 2)), 32),
];

/// What an authority is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The mirror front: its certificate itself limits it to names of this machine.
    Mirror,
    /// Interception: any registry, trusted only by the engines that are routed.
    Intercept,
}

impl Kind {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Mirror => "mirror",
            Self::Intercept => "interception",
        }
    }

    pub(crate) fn name_constraints(self) -> Option<NameConstraints> {
        match self {
            Self::Intercept => None,
            Self::Mirror => {
                let hosts = OWN_HOSTS.iter().map(|host| GeneralSubtree::DnsName((*host).to_owned()));
                let networks = OWN_NETWORKS.iter().map(|(address, length)| {
                    GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(*address, *length))
                });
                let permitted_subtrees = hosts.chain(networks).collect();
                Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() })
            }
        }
    }

    /// The same limits as those in the certificate, so that no leaf is made that every client refuses.
    pub(crate) fn permits(self, name: &Name) -> bool {
        match (self, name) {
            (Self::Intercept, _) => true,
            (Self::Mirror, Name::Host(host)) => OWN_HOSTS.iter().any(|own| is_within(host, own)),
            (Self::Mirror, Name::Address(IpAddr::V4(address))) => {
                address.is_loopback() || *address == Ipv4Addr::new(192, 168, 5, 2)
            }
            (Self::Mirror, Name::Address(IpAddr::V6(address))) => address.is_loopback(),
        }
    }
}

/// A host is within itself and within every parent domain.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
