//! Where permitted content was redirected to: hosts that may be tunneled to, and exact addresses inside other
//! registries that may be fetched.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{pull::Asked, upstream::Destination};

/// What redirects taught.
#[derive(Default)]
pub(crate) struct Redirects(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// Content hosts, by exact host and port.
    hosts: HashMap<Destination, Instant>,
    /// Exact path and query inside another registry's `/v2/`.
    addresses: HashMap<(Destination, String), (Instant, Asked)>,
    /// Hosts that answered for a registry: never tunneled to.
    registries: HashSet<Destination>,
}

/// As long as signed addresses commonly live; an open tunnel outlives it.
const LIFE: Duration = Duration::from_secs(20 * 60);
const AT_MOST: usize = 4096;

impl Redirects {
    /// A permitted blob was redirected to this host.
    pub(crate) fn learn_host(&self, host: Destination) {
        let mut known = self.lock();
        known.hosts.retain(|_, until| *until > Instant::now());
        if known.hosts.len() < AT_MOST {
            known.hosts.insert(host, Instant::now() + LIFE);
        }
    }

    /// A permitted request was redirected into another registry; what it asked for is judged again when it comes.
    pub(crate) fn learn_address(&self, place: Destination, path: String, asked: Asked) {
        let mut known = self.lock();
        known.addresses.retain(|_, (until, _)| *until > Instant::now());
        if known.addresses.len() < AT_MOST {
            known.addresses.insert((place, path), (Instant::now() + LIFE, asked));
        }
    }

    /// The host was asked for registry content, so nothing to it may hide in a tunnel.
    pub(crate) fn is_registry(&self, host: &Destination) {
        let mut known = self.lock();
        if !known.registries.contains(host) && known.registries.len() < AT_MOST {
            known.registries.insert(host.clone());
        }
        known.hosts.remove(host);
    }

    pub(crate) fn may_tunnel(&self, host: &Destination) -> bool {
        let known = self.lock();
        known.hosts.get(host).is_some_and(|until| *until > Instant::now()) && !known.registries.contains(host)
    }

    pub(crate) fn knows_registry(&self, host: &Destination) -> bool {
        self.lock().registries.contains(host)
    }

    /// What a request stands for that was sent here by another registry.
    pub(crate) fn sent_here(&self, place: &Destination, path: &str) -> Option<Asked> {
        let key = (place.clone(), path.to_owned());
        self.lock()
            .addresses
            .get(&key)
            .filter(|(until, _)| *until > Instant::now())
            .map(|(_, asked)| asked.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Scheme;

    fn place(host: &str) -> Destination {
        Destination::from_authority(Scheme::Https, host).unwrap()
    }

    #[test]
    fn a_registry_is_never_tunneled_to_even_when_a_redirect_names_it() {
        let known = Redirects::default();
        known.learn_host(place("cdn.example"));
        assert!(known.may_tunnel(&place("cdn.example")));
        assert!(!known.may_tunnel(&place("cdn.example:8443")), "exact port");
        known.is_registry(&place("cdn.example"));
        known.learn_host(place("cdn.example"));
        assert!(!known.may_tunnel(&place("cdn.example")));
    }

    #[test]
    fn an_address_in_another_registry_is_exact() {
        let known = Redirects::default();
        known.learn_address(place("b.example"), "/v2/x/blobs/1?sig=2".into(), Asked::Ping);
        assert_eq!(known.sent_here(&place("b.example"), "/v2/x/blobs/1?sig=2"), Some(Asked::Ping));
        assert_eq!(known.sent_here(&place("b.example"), "/v2/x/blobs/1"), None);
        assert_eq!(known.sent_here(&place("c.example"), "/v2/x/blobs/1?sig=2"), None);
    }
}
