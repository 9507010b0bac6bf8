//! The tables of TCP connections with their processes, as Windows fills them (`MIB_TCPTABLE_OWNER_PID` and
//! `MIB_TCP6TABLE_OWNER_PID`): a count, then rows of 32-bit numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The process that holds the `client` end of a connection to `server`.
pub(super) fn holder(table: &[u8], client: SocketAddr, server: SocketAddr) -> Option<u32> {
    let row = if client.is_ipv4() { ROW4 } else { ROW6 };
    let count = usize::try_from(u32::from_ne_bytes(at(table, 0)?)).ok()?;
    let rows = table.get(4..)?.chunks_exact(row.length).take(count);
    let mut ends =
        rows.filter_map(|bytes| Some((row.end(bytes, row.local)?, row.end(bytes, row.remote)?, bytes)));
    let (_, _, found) = ends.find(|(local, remote, _)| (*local, *remote) == (client, server))?;
    Some(u32::from_ne_bytes(at(found, row.process)?)).filter(|process| *process != 0)
}

/// Where a row has what: the address and the port of either end, and the process.
struct Row {
    length: usize,
    local: (usize, usize),
    remote: (usize, usize),
    process: usize,
    wide: bool,
}

const ROW4: Row = Row { length: 24, local: (4, 8), remote: (12, 16), process: 20, wide: false };
const ROW6: Row = Row { length: 56, local: (0, 20), remote: (24, 44), process: 52, wide: true };

impl Row {
    fn end(&self, bytes: &[u8], (address, port): (usize, usize)) -> Option<SocketAddr> {
        let ip = if self.wide {
            IpAddr::from(Ipv6Addr::from(at::<16>(bytes, address)?)).to_canonical()
        } else {
            Ipv4Addr::from(at::<4>(bytes, address)?).into()
        };
        Some(SocketAddr::new(ip, u16::from_be_bytes(at(bytes, port)?)))
    }
}

fn at<const N: usize>(bytes: &[u8], start: usize) -> Option<[u8; N]> {
    bytes.get(start..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row4(local: ([u8; 4], u16), remote: ([u8; 4], u16), process: u32) -> Vec<u8> {
        let mut row = 5_u32.to_ne_bytes().to_vec();
        for (address, port) in [local, remote] {
            row.extend(address);
            row.extend(port.to_be_bytes());
            row.extend([0; 2]);
        }
        row.extend(process.to_ne_bytes());
        row
    }

    #[test]
    fn the_process_of_exactly_this_connection_is_found() {
        let here = [127, 0, 0, 1];
        let mut table = 3_u32.to_ne_bytes().to_vec();
        table.extend(row4((here, 859), (here, 50000), 4));
        table.extend(row4((here, 50000), (here, 859), 77));
        table.extend(row4((here, 50001), (here, 859), 0));
        let of = |client: &str| holder(&table, client.parse().unwrap(), "127.0.0.1:859".parse().unwrap());
        assert_eq!(
            (of("127.0.0.1:50000"), of("127.0.0.1:50001"), of("127.0.0.2:50000")),
            (Some(77), None, None)
        );
    }

    #[test]
    fn an_ipv6_connection_is_found() {
        let mut table = 1_u32.to_ne_bytes().to_vec();
        let mut row = vec![0; 56];
        for (address, port, number) in [(0, 20, 50000_u16), (24, 44, 858)] {
            row[address + 15] = 1;
            row[port..port + 2].copy_from_slice(&number.to_be_bytes());
        }
        row[52..].copy_from_slice(&9_u32.to_ne_bytes());
        table.extend(row);
        assert_eq!(holder(&table, "[::1]:50000".parse().unwrap(), "[::1]:858".parse().unwrap()), Some(9));
    }

    proptest::proptest! {
        #[test]
        fn no_table_of_any_shape_breaks_the_reader(table: Vec<u8>) {
            let ends = ("127.0.0.1:1".parse().unwrap(), "127.0.0.1:2".parse().unwrap());
            let _ = holder(&table, ends.0, ends.1);
        }
    }
}
