//! Whether ports below 1024 are root's on this machine, as the fronts' are: otherwise anybody could listen there while
//! the service manager does not.

use wire::Severity;

use super::{conditions::Conditions, listeners::Addresses};

const CODE: &str = "ports-unprivileged";
/// See ip_unprivileged_port_start in the kernel's `networking/ip-sysctl`.
const SETTING: &str = "/proc/sys/net/ipv4/ip_unprivileged_port_start";

/// Tells it as long as it is so.
pub(super) fn look(addresses: Addresses, conditions: &Conditions) {
    let first = std::fs::read_to_string(SETTING).unwrap_or_default();
    let (mirror, proxy) = (addresses.mirror.port(), addresses.proxy.port());
    match sentence(&first, [mirror, proxy]) {
        Some(sentence) => {
            let action = "Set `net.ipv4.ip_unprivileged_port_start` above 859, as root by `sysctl` and in `/etc/sysctl.d`";
            conditions.raise(CODE, Severity::Notice, sentence, Some(action));
        }
        None => conditions.clear(CODE),
    }
}

/// Ports from 1024 on are nobody's on any machine: a service that was started by hand has such.
fn sentence(first: &str, ports: [u16; 2]) -> Option<String> {
    let first: u16 = first.trim().parse().ok()?;
    let is_open = ports.iter().any(|port| (first..1024).contains(port));
    is_open.then(|| {
        format!(
            "Every user of this machine may listen on ports from {first} on, Pullgate's among them: while its sockets are stopped, somebody else could take their place"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_that_anybody_may_take_are_told() {
        assert_eq!(sentence("1024\n", [858, 859]), None);
        assert_eq!(sentence("860\n", [858, 859]), None);
        assert_eq!(sentence("", [858, 859]), None);
        assert_eq!(sentence("0\n", [40858, 40859]), None);
        assert!(sentence("859\n", [858, 859]).unwrap().contains("from 859 on"));
        assert!(sentence("0\n", [858, 859]).is_some());
    }
}
