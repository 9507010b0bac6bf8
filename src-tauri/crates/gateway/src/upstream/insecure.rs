//! Registries that the machine lists as insecure, as each engine reads its own list.
//!
//! Docker Engine takes the scheme off an entry, compares ranges with the addresses that a name resolves to, and has
//! the loopback ranges always in its list (`insecure-registries` of dockerd). What is made of containers/image asks
//! by the longest prefix of registries.conf that fits the image, and never resolves a name for it.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use host::clock::boottime;
use image_ref::Repository;
use ipnet::IpNet;
use tokio::time::timeout;

use super::{Destination, EngineFamily, lookup::lookup};

/// The list of one family of engines.
pub(crate) struct Insecure {
    family: EngineFamily,
    hosts: Vec<String>,
    ranges: Vec<IpNet>,
    prefixes: BTreeMap<String, bool>,
    /// Names whose addresses were looked up, so that a pull asks once.
    resolved: Mutex<HashMap<String, (Duration, bool)>>,
}

const RESOLVED_LIFE: Duration = Duration::from_secs(60);
const LOOKUP_TIME: Duration = Duration::from_secs(5);
const MOST_NAMES: usize = 256;

impl Insecure {
    pub(crate) fn new(family: EngineFamily, listed: Vec<String>, prefixes: BTreeMap<String, bool>) -> Self {
        let (mut hosts, mut ranges) = (Vec::new(), Vec::new());
        for entry in listed {
            let entry = entry.trim().to_ascii_lowercase();
            let bare = ["http://", "https://"].iter().find_map(|scheme| entry.strip_prefix(scheme));
            let bare = bare.unwrap_or(&entry).trim_end_matches('/');
            match bare.parse::<IpNet>() {
                Ok(range) => ranges.push(range),
                Err(_) => hosts.push(bare.to_owned()),
            }
        }
        Self { family, hosts, ranges, prefixes, resolved: Mutex::default() }
    }

    /// Whether the destination itself is listed: by its name, its address, or the prefix that led to it.
    pub(crate) fn names(&self, destination: &Destination) -> bool {
        let is_here = |address: IpAddr| address.to_canonical().is_loopback();
        let here = destination.host == "localhost" || destination.host.parse().is_ok_and(is_here);
        here || self.is_listed(destination)
    }

    /// Whether the person listed it; registries of this machine are treated so without being told.
    pub(crate) fn is_listed(&self, destination: &Destination) -> bool {
        let (host, host_port) = (destination.authority(), destination.host_port());
        destination.is_lenient
            || self.hosts.iter().any(|entry| *entry == host || *entry == host_port)
            || destination.host.parse().is_ok_and(|address| self.is_in_range(address))
    }

    /// Whether images of this repository are below a prefix that is insecure.
    pub(crate) fn is_below_prefix(&self, repository: &Repository) -> bool {
        let name = repository.to_string();
        let fitting = self.prefixes.iter().filter(|(prefix, _)| fits(prefix, &name));
        fitting.max_by_key(|(prefix, _)| prefix.len()).is_some_and(|(_, is_insecure)| *is_insecure)
    }

    /// Whether a name leads to an address of a listed range. Docker Engine alone looks.
    pub(crate) async fn holds_addresses_of(&self, destination: &Destination) -> bool {
        let is_hub = destination.registry().is_some_and(|registry| registry.is_docker_hub());
        if self.family != EngineFamily::Docker || is_hub {
            return false;
        }
        let host = destination.host.clone();
        if let Some(known) = self.known(&host) {
            return known;
        }
        let found = timeout(LOOKUP_TIME, lookup(&host, destination.port)).await;
        let found = found.is_ok_and(|found| {
            let holds = |address: IpAddr| address.to_canonical().is_loopback() || self.is_in_range(address);
            found.is_ok_and(|addresses| addresses.iter().any(|address| holds(address.ip())))
        }) || host.ends_with(".localhost");
        let mut resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        resolved.retain(|_, (until, _)| *until > boottime());
        if resolved.len() < MOST_NAMES {
            resolved.insert(host, (boottime().saturating_add(RESOLVED_LIFE), found));
        }
        found
    }

    fn known(&self, host: &str) -> Option<bool> {
        let resolved = self.resolved.lock().unwrap_or_else(PoisonError::into_inner);
        resolved.get(host).filter(|(until, _)| *until > boottime()).map(|(_, found)| *found)
    }

    fn is_in_range(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(&address.to_canonical()))
    }
}

/// Whether a prefix of registries.conf (containers-registries.conf(5)) fits a name such as `host:5000/team/app`.
fn fits(prefix: &str, name: &str) -> bool {
    let after = match prefix.strip_prefix('*') {
        Some(domain) => {
            let Some(at) = name.find(domain).filter(|at| !name[..*at].contains('/')) else { return false };
            &name[at + domain.len()..]
        }
        None => match name.strip_prefix(prefix) {
            Some(after) => after,
            None => return false,
        },
    };
    after.is_empty() || after.starts_with(['/', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Scheme;

    fn place(authority: &str) -> Destination {
        Destination::from_authority(Scheme::Https, authority).unwrap()
    }

    fn docker(listed: &[&str]) -> Insecure {
        let listed = listed.iter().map(ToString::to_string).collect();
        Insecure::new(EngineFamily::Docker, listed, BTreeMap::new())
    }

    #[test]
    fn the_scheme_of_an_entry_is_left_aside_as_dockerd_does() {
        let list = docker(&["http://203.0.113.20:5000", "HTTPS://Plain.lab.example:5000/"]);
        assert!(list.names(&place("203.0.113.20:5000")) && list.names(&place("plain.lab.example:5000")));
        assert!(!list.names(&place("203.0.113.20:5001")) && !list.names(&place("plain.lab.example")));
    }

    #[test]
    fn a_range_holds_addresses_and_loopback_is_always_in_the_list() {
        let list = docker(&["203.0.113.0/24", "2001:db8::/32"]);
        for inside in ["203.0.113.20:5000", "127.8.9.1:5000", "[::1]:5000", "localhost:5000", "[2001:db8::7]"]
        {
            assert!(list.names(&place(inside)), "{inside}");
        }
        for outside in ["203.0.114.20", "plain.lab.example:5000", "[2001:db9::1]"] {
            assert!(!list.names(&place(outside)), "{outside}");
        }
    }

    #[tokio::test]
    async fn a_name_of_this_machine_is_in_dockers_list_and_in_nobody_elses() {
        for (family, expected) in
            [(EngineFamily::Docker, true), (EngineFamily::Podman, false), (EngineFamily::Containerd, false)]
        {
            let list = Insecure::new(family, Vec::new(), BTreeMap::new());
            let found = list.holds_addresses_of(&place("k3d-myregistry.localhost:12345")).await;
            assert_eq!(found, expected, "{family:?}");
        }
    }

    #[tokio::test]
    async fn docker_hub_is_in_no_range() {
        assert!(!docker(&["0.0.0.0/0", "::/0"]).holds_addresses_of(&place("registry-1.docker.io")).await);
    }

    #[test]
    fn the_longest_prefix_that_fits_decides() {
        let prefixes = [
            ("*.lab.example", true),
            ("strict.lab.example", false),
            ("plain.example:5000/team", true),
            ("plain.example:5000/team/strict", false),
        ];
        let prefixes = prefixes.map(|(prefix, insecure)| (prefix.to_owned(), insecure));
        let list = Insecure::new(EngineFamily::Podman, Vec::new(), BTreeMap::from(prefixes));
        let below = |name: &str| list.is_below_prefix(&Repository::parse(name).unwrap());
        for inside in ["plain.lab.example:5000/x", "a.b.lab.example/x/y", "plain.example:5000/team/app"] {
            assert!(below(inside), "{inside}");
        }
        for outside in [
            "lab.example/x",
            "strict.lab.example/x",
            "other.example/x.lab.example",
            "plain.example:5000/teams/app",
            "plain.example:5000/other",
            "plain.example/team/app",
            "plain.example:5000/team/strict/app",
        ] {
            assert!(!below(outside), "{outside}");
        }
    }
}
