//! Who is connected to a daemon, as the kernel lists its sockets.

use std::path::Path;

use crate::Machine;
use crate::machine::text;

/// What the kernel calls a connection that stands, among sockets of files and among those of TCP.
const CONNECTED: &str = "03";
const ESTABLISHED: &str = "01";

/// Whether somebody is connected to one of the addresses, in the daemon's own network.
pub(super) fn are_connected(machine: &dyn Machine, pid: u32, addresses: &[String]) -> bool {
    let table = |name: &str| text(machine, Path::new(&format!("/proc/{pid}/net/{name}"))).unwrap_or_default();
    addresses.iter().any(|address| match address.split_once("://") {
        Some(("unix", path)) => table("unix").lines().any(|line| is_of_path(line, path)),
        Some(("tcp", place)) => {
            let port = place.rsplit(':').next().and_then(|port| port.parse::<u16>().ok());
            let tables = [table("tcp"), table("tcp6")];
            port.is_some_and(|port| {
                tables.iter().flat_map(|table| table.lines()).any(|line| is_of_port(line, port))
            })
        }
        Some(_) | None => false,
    })
}

/// `Num RefCount Protocol Flags Type St Inode Path`: what a daemon accepted has the path that it listens at.
fn is_of_path(line: &str, path: &str) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let same = |seen: &str| seen.trim_start_matches("/var") == path.trim_start_matches("/var");
    fields.get(5) == Some(&CONNECTED) && fields.get(7).is_some_and(|seen| same(seen))
}

/// `sl local_address rem_address st …`, with ports in hexadecimal digits.
fn is_of_port(line: &str, port: u16) -> bool {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let local = fields.get(1).and_then(|local| local.rsplit(':').next());
    fields.get(3) == Some(&ESTABLISHED) && local.and_then(|it| u16::from_str_radix(it, 16).ok()) == Some(port)
}
