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
    addresses: HashMap<(Destination, String), Sent>,
    /// Hosts that answered for a registry: never tunneled to.
    registries: HashSet<Destination>,
}

/// What was sent to one address, and how often.
struct Sent {
    until: Instant,
    asked: Asked,
    times: u32,
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
        known.addresses.retain(|_, sent| sent.until > Instant::now());
        if known.addresses.len() < AT_MOST {
            let times = known.addresses.remove(&(place.clone(), path.clone())).map_or(0, |sent| sent.times);
            let sent = Sent { until: Instant::now() + LIFE, asked, times: times.saturating_add(1) };
            known.addresses.insert((place, path), sent);
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

    /// What a request stands for that was sent here by another registry. Each redirect is good for one request, so
    /// that asking there directly stays what it is.
    pub(crate) fn sent_here(&self, place: &Destination, path: &str) -> Option<Asked> {
        let key = (place.clone(), path.to_owned());
        let mut known = self.lock();
        let sent = known.addresses.get_mut(&key).filter(|sent| sent.until > Instant::now())?;
        sent.times -= 1;
        let (asked, spent) = (sent.asked.clone(), sent.times == 0);
        if spent {
            known.addresses.remove(&key);
        }
        Some(asked)
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

    #[test]
    fn an_address_serves_as_many_requests_as_were_sent_there() {
        let known = Redirects::default();
        let ask = || known.sent_here(&place("b.example"), "/v2/x/manifests/1");
        for _ in 0..2 {
            known.learn_address(place("b.example"), "/v2/x/manifests/1".into(), Asked::Ping);
        }
        assert_eq!([ask(), ask(), ask()], [Some(Asked::Ping), Some(Asked::Ping), None]);
    }
}
