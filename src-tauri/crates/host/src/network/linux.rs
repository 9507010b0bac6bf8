//! Linux tells by netlink (rtnetlink(7)): everybody may listen. Each container that starts moves links and addresses of
//! its own; what counts is an address that others can reach, and a way out.

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, netlink::SocketAddrNetlink, socket_with};

/// The groups of rtnetlink(7) for addresses and routes of both families, one bit each.
const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;
/// The length of the header of each message, and where its length and type stand.
const HEADER: usize = 16;
const NEW_ADDRESS: u16 = 20;
const NEW_ROUTE: u16 = 24;
/// The scope of addresses that others can reach.
const UNIVERSE: u8 = 0;

/// A socket that hears of changes and does not wait.
pub(super) fn open() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // Protocol 0 of this family is `NETLINK_ROUTE`.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    Ok(socket)
}

/// Whether one of these messages tells of an address that others can reach, or of a way out.
pub(super) fn tells(mut messages: &[u8]) -> bool {
    while let Some((kind, content, rest)) = next(messages) {
        // `ifaddrmsg` has the scope as its fourth byte, `rtmsg` the length of the destination as its second: none is
        // a default route.
        let counts = match kind {
            NEW_ADDRESS => content.get(3) == Some(&UNIVERSE),
            NEW_ROUTE => content.get(1) == Some(&0),
            _ => false,
        };
        if counts {
            return true;
        }
        messages = rest;
    }
    false
}

/// The first message: its type, its content, and what follows.
fn next(messages: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let (length, rest) = messages.split_first_chunk::<4>()?;
    let (kind, _) = rest.split_first_chunk::<2>()?;
    let length = usize::try_from(u32::from_ne_bytes(*length)).ok()?;
    let content = messages.get(HEADER..length)?;
    let following = messages.get(length.next_multiple_of(4)..).unwrap_or_default();
    Some((u16::from_ne_bytes(*kind), content, following))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEADER + content.len()).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend(content);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn an_address_that_others_can_reach_and_a_way_out_are_told() {
        let link_local = message(NEW_ADDRESS, &[10, 64, 0, 253, 7, 0, 0, 0]);
        let address = message(NEW_ADDRESS, &[2, 24, 0, 0, 7, 0, 0, 0]);
        let neighbors = message(NEW_ROUTE, &[2, 24, 0, 0, 254, 2, 253, 1]);
        let way_out = message(NEW_ROUTE, &[2, 0, 0, 0, 254, 3, 0, 1]);
        let gone = message(NEW_ADDRESS + 1, &[2, 24, 0, 0, 7, 0, 0, 0]);
        assert!(!tells(&[link_local.clone(), neighbors.clone(), gone].concat()));
        assert!(tells(&[link_local.clone(), address].concat()));
        assert!(tells(&[neighbors, link_local, way_out].concat()));
    }

    #[test]
    fn what_is_cut_off_tells_nothing() {
        let address = message(NEW_ADDRESS, &[2, 24, 0, 0, 7, 0, 0, 0]);
        for length in 0..HEADER + 4 {
            assert!(!tells(&address[..length]), "{length} bytes");
        }
        assert!(!tells(&[0; 64]));
    }
}
