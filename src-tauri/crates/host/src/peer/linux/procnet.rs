//! `/proc/net/tcp` and `tcp6`: the table of all connections, for sandboxes without netlink. See proc_net_tcp(5).

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::super::Owner;

const LISTEN: &str = "0A";

pub(super) fn owner(client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    let files = if client.is_ipv4() { &["tcp", "tcp6"][..] } else { &["tcp6"] };
    files.iter().find_map(|name| {
        let table = BufReader::new(File::open(format!("/proc/net/{name}")).ok()?);
        table.lines().map_while(Result::ok).find_map(|line| owner_in(&line, client, server))
    })
}

/// Where the connection with this socket leads.
pub(super) fn remote(owner: Owner) -> Option<SocketAddr> {
    ["tcp", "tcp6"].iter().find_map(|name| {
        let table = BufReader::new(File::open(format!("/proc/net/{name}")).ok()?);
        table.lines().map_while(Result::ok).find_map(|line| {
            let remote = address(line.split_ascii_whitespace().nth(2)?)?;
            let local = address(line.split_ascii_whitespace().nth(1)?)?;
            (owner_in(&line, local, remote)? == owner).then_some(remote)
        })
    })
}

/// A line without an inode is a socket that nobody holds; its user reads 0.
fn owner_in(line: &str, client: SocketAddr, server: SocketAddr) -> Option<Owner> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    let (local, remote, state) = (fields.next()?, fields.next()?, fields.next()?);
    let uid = fields.nth(3)?.parse().ok()?;
    let socket: u64 = fields.nth(1)?.parse().ok()?;
    let ours = address(local)? == client && address(remote)? == server;
    (ours && state != LISTEN && socket != 0).then_some(Owner { uid, socket })
}

/// `0100007F:1F90`: groups of four bytes in the machine's order, then the port.
fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let group = |index: usize| {
        let digits = host.get(index * 8..index * 8 + 8)?;
        u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
    };
    let ip = match host.len() {
        8 => IpAddr::V4(Ipv4Addr::from(group(0)?)),
        32 => {
            let mut bytes = [0; 16];
            for index in 0..4 {
                bytes[index * 4..index * 4 + 4].copy_from_slice(&group(index)?);
            }
            IpAddr::V6(Ipv6Addr::from(bytes)).to_canonical()
        }
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_line_of_the_table_names_its_owner() {
        let line = "  12: 0100007F:C350 0100007F:035B 01 00000000:00000000 00:00000000 00000000  1000        0 481516 1 0 20 4 30 10 -1";
        let (client, server) = ("127.0.0.1:50000".parse().unwrap(), "127.0.0.1:859".parse().unwrap());
        assert_eq!(owner_in(line, client, server), Some(Owner { uid: 1000, socket: 481516 }));
        assert_eq!(owner_in(line, server, client), None);
        assert_eq!(owner_in(&line.replace("481516", "0"), client, server), None);
        assert_eq!(owner_in(&line.replace(" 01 ", " 0A "), client, server), None);
        assert_eq!(owner_in("  sl  local_address rem_address   st tx_queue", client, server), None);
        assert_eq!(owner_in("", client, server), None);
    }

    #[test]
    fn an_ipv6_line_names_its_owner() {
        let line = "   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:035A 01 00000000:00000000 00:00000000 00000000  1001        0 99 1 0 20 4 30 10 -1";
        let (client, server) = ("[::1]:50000".parse().unwrap(), "[::1]:858".parse().unwrap());
        assert_eq!(owner_in(line, client, server), Some(Owner { uid: 1001, socket: 99 }));
    }

    #[test]
    fn the_table_and_the_direct_question_agree() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).unwrap();
            let server = listener.local_addr().unwrap();
            let me = rustix::process::geteuid().as_raw();
            let held = TcpStream::connect(server).unwrap();
            let from = held.local_addr().unwrap();
            let found = owner(from, server).unwrap();
            assert_eq!(found.uid, me);
            assert_eq!(super::super::diag::owner(from, server).unwrap(), Some(found));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_of_any_shape_breaks_the_reader(line in "[ 0-9A-F:x-]{0,200}|\\PC{0,100}") {
            let nobody = "127.0.0.1:1".parse().unwrap();
            proptest::prop_assert_eq!(owner_in(&line, nobody, nobody), None);
        }
    }
}
