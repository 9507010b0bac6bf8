//! What macOS says of a socket of a process: `socket_fdinfo` of `<sys/proc_info.h>`, whose layout is fixed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The length of the structure.
pub(super) const LENGTH: usize = 792;

const NUMBER: usize = 160;
const KIND: usize = 256;
const TCP: i32 = 2;
/// `in_sockinfo`: the two ports, the version of the addresses, and the two addresses.
const REMOTE_PORT: usize = 264;
const LOCAL_PORT: usize = 268;
const VERSION: usize = 288;
const REMOTE: usize = 296;
const LOCAL: usize = 312;
const IPV4: u8 = 1;

/// A TCP socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TcpSocket {
    /// The kernel's number of it.
    pub(super) number: u64,
    pub(super) local: SocketAddr,
    pub(super) remote: SocketAddr,
}

/// Reads the structure; `None` for any other kind of socket.
pub(super) fn tcp_socket(info: &[u8]) -> Option<TcpSocket> {
    if i32::from_ne_bytes(at(info, KIND)?) != TCP {
        return None;
    }
    let [version] = at(info, VERSION)?;
    let end =
        |address, port| Some(SocketAddr::new(ip(at(info, address)?, version), self::port(at(info, port)?)));
    Some(TcpSocket {
        number: u64::from_ne_bytes(at(info, NUMBER)?),
        local: end(LOCAL, LOCAL_PORT)?,
        remote: end(REMOTE, REMOTE_PORT)?,
    })
}

/// An IPv4 address is the last of four words.
fn ip(bytes: [u8; 16], version: u8) -> IpAddr {
    let [.., a, b, c, d] = bytes;
    if version & IPV4 != 0 {
        Ipv4Addr::new(a, b, c, d).into()
    } else {
        IpAddr::from(Ipv6Addr::from(bytes)).to_canonical()
    }
}

/// In the network's order, in the first half of a number.
fn port(bytes: [u8; 4]) -> u16 {
    let [high, low, ..] = bytes;
    u16::from_be_bytes([high, low])
}

fn at<const N: usize>(info: &[u8], start: usize) -> Option<[u8; N]> {
    info.get(start..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(kind: i32, version: u8, remote: IpAddr, local: IpAddr) -> Vec<u8> {
        let mut info = vec![0; LENGTH];
        let bytes = |address: IpAddr| match address {
            IpAddr::V4(address) => [[0; 12].as_slice(), &address.octets()].concat(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        info[NUMBER..][..8].copy_from_slice(&7_u64.to_ne_bytes());
        info[KIND..][..4].copy_from_slice(&kind.to_ne_bytes());
        info[REMOTE_PORT..][..2].copy_from_slice(&859_u16.to_be_bytes());
        info[LOCAL_PORT..][..2].copy_from_slice(&50000_u16.to_be_bytes());
        info[VERSION] = version;
        info[REMOTE..][..16].copy_from_slice(&bytes(remote));
        info[LOCAL..][..16].copy_from_slice(&bytes(local));
        info
    }

    #[test]
    fn both_ends_of_a_connection_are_read() {
        let ends = |ip: &str| (ip.parse::<IpAddr>().unwrap(), SocketAddr::new(ip.parse().unwrap(), 859));
        for (version, ip) in [(1, "127.0.0.1"), (2, "::1")] {
            let (address, remote) = ends(ip);
            let expected = TcpSocket { number: 7, local: SocketAddr::new(address, 50000), remote };
            assert_eq!(tcp_socket(&info(TCP, version, address, address)), Some(expected));
        }
    }

    #[test]
    fn another_kind_of_socket_and_what_is_cut_off_are_nothing() {
        let address = IpAddr::from([127, 0, 0, 1]);
        assert_eq!(tcp_socket(&info(3, 1, address, address)), None);
        let whole = info(TCP, 1, address, address);
        assert!((0..LOCAL + 16).all(|length| tcp_socket(&whole[..length]).is_none()));
    }
}
