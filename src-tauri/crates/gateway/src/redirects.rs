//! Where registries sent engines: hosts of content, and exact addresses inside other registries.
//!
//! Nothing of it is a permission. It only says what an engine was asking for when it was sent there, and is the engine's
//! own: `pull::redirected` and `pull::accept::connect` judge what it opens, when it is used.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use policy::Engine;

use crate::{expiring_map::ExpiringMap, operation::Operation, upstream::Destination};

/// What redirects taught.
pub(crate) struct Redirects(Mutex<Known>);

struct Known {
    by_user: ExpiringMap<u32, OfAsker>,
    /// Hosts that were asked for images, in vain or not: what comes from there by a redirect is read.
    image_hosts: ExpiringMap<Destination, ()>,
}

/// What redirects taught one user's engines.
struct OfAsker {
    /// Content hosts, by exact host and port.
    hosts: ExpiringMap<Destination, ()>,
    /// Exact path and query inside another registry's `/v2/`, for the engine that was sent.
    addresses: ExpiringMap<(Engine, Destination, String), Sent>,
}

/// What was sent to one address, and how often.
struct Sent {
    operation: Operation,
    times: u32,
}

/// As long as signed addresses commonly live; an open tunnel outlives it.
const LIFE: Duration = Duration::from_secs(20 * 60);
/// Of each user. An engine follows a redirect at once and asks for a dozen blobs at a time.
const ADDRESSES: usize = 256;
const HOSTS: usize = 64;
/// Users whose engines are sent anywhere.
const ASKERS: usize = 16;
/// Longer addresses are not remembered; signed ones have some 2 KiB.
const LONGEST: usize = 8 * 1024;
const IMAGE_HOSTS: usize = 4096;

impl Default for Redirects {
    fn default() -> Self {
        Self(Mutex::new(Known {
            by_user: ExpiringMap::with_limit(ASKERS),
            image_hosts: ExpiringMap::with_limit(IMAGE_HOSTS),
        }))
    }
}

impl Redirects {
    /// A blob that the policy lets this user's engines have is at this host.
    pub(crate) fn learn_host(&self, uid: u32, host: Destination, now: Duration) {
        self.lock().of(uid, now).hosts.insert(host, (), now.saturating_add(LIFE));
    }

    /// An engine was sent into another registry; what it asked for is judged again when it comes.
    pub(crate) fn learn_address(
        &self,
        (uid, engine): (u32, Engine),
        place: Destination,
        path: String,
        operation: Operation,
        now: Duration,
    ) {
        if path.len() > LONGEST {
            return;
        }
        let mut known = self.lock();
        let addresses = &mut known.of(uid, now).addresses;
        let key = (engine, place, path);
        let times = addresses.remove(&key).map_or(0, |sent| sent.times);
        let sent = Sent { operation, times: times.saturating_add(1) };
        addresses.insert(key, sent, now.saturating_add(LIFE));
    }

    /// Remembers that the host was asked for images, so that nothing to it passes unread because of a redirect. It need be
    /// no registry.
    pub(crate) fn learn_image_host(&self, host: &Destination) {
        // Until it is one of too many.
        self.lock().image_hosts.insert(host.clone(), (), Duration::MAX);
    }

    /// Whether a blob of this user's engines is there, and nobody ever asked for an image there.
    pub(crate) fn may_tunnel(&self, uid: u32, host: &Destination, now: Duration) -> bool {
        let known = self.lock();
        let is_sent = known.by_user.get(&uid, now).is_some_and(|of| of.hosts.contains(host, now));
        is_sent && !known.image_hosts.contains(host, now)
    }

    /// What a request stands for that was sent here by another registry. Each redirect is good for one request, so
    /// that asking there directly stays what it is.
    pub(crate) fn sent_here(
        &self,
        (uid, engine): (u32, Engine),
        place: &Destination,
        path: &str,
        now: Duration,
    ) -> Option<Operation> {
        let mut known = self.lock();
        let addresses = &mut known.by_user.get_mut(&uid, now)?.addresses;
        let key = (engine, place.clone(), path.to_owned());
        let sent = addresses.get_mut(&key, now)?;
        sent.times = sent.times.saturating_sub(1);
        let (operation, spent) = (sent.operation.clone(), sent.times == 0);
        if spent {
            addresses.remove(&key);
        }
        Some(operation)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn of(&mut self, uid: u32, now: Duration) -> &mut OfAsker {
        let of = self.by_user.remove(&uid);
        let of = of.unwrap_or_else(|| OfAsker {
            hosts: ExpiringMap::with_limit(HOSTS),
            addresses: ExpiringMap::with_limit(ADDRESSES),
        });
        self.by_user.insert_and_get(uid, of, now.saturating_add(LIFE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Scheme;

    const NOW: Duration = Duration::from_secs(1000);
    const DOCKER: (u32, Engine) = (0, Engine::Docker);

    fn place(host: &str) -> Destination {
        Destination::from_authority(Scheme::Https, host).unwrap()
    }

    fn learn(known: &Redirects, whose: (u32, Engine), path: &str) {
        known.learn_address(whose, place("b.example"), path.to_owned(), Operation::Ping, NOW);
    }

    #[test]
    fn what_was_asked_for_images_is_read_even_when_a_redirect_names_it() {
        let known = Redirects::default();
        known.learn_host(0, place("cdn.example"), NOW);
        assert!(known.may_tunnel(0, &place("cdn.example"), NOW));
        assert!(!known.may_tunnel(0, &place("cdn.example:8443"), NOW), "exact port");
        assert!(!known.may_tunnel(0, &place("cdn.example"), NOW + LIFE), "for 20 minutes");
        known.learn_image_host(&place("cdn.example"));
        known.learn_host(0, place("cdn.example"), NOW);
        assert!(!known.may_tunnel(0, &place("cdn.example"), NOW));
    }

    #[test]
    fn an_address_in_another_registry_is_exact() {
        let known = Redirects::default();
        learn(&known, DOCKER, "/v2/x/blobs/1?sig=2");
        let ask = |host: &str, path: &str| known.sent_here(DOCKER, &place(host), path, NOW);
        assert_eq!(ask("b.example", "/v2/x/blobs/1"), None);
        assert_eq!(ask("c.example", "/v2/x/blobs/1?sig=2"), None);
        assert_eq!(ask("b.example", "/v2/x/blobs/1?sig=2"), Some(Operation::Ping));
    }

    #[test]
    fn an_address_serves_as_many_requests_as_were_sent_there() {
        let known = Redirects::default();
        let ask = || known.sent_here(DOCKER, &place("b.example"), "/v2/x/manifests/1", NOW);
        for _ in 0..2 {
            learn(&known, DOCKER, "/v2/x/manifests/1");
        }
        assert_eq!([ask(), ask(), ask()], [Some(Operation::Ping), Some(Operation::Ping), None]);
    }

    #[test]
    fn what_one_user_or_engine_was_sent_to_is_nothing_to_another() {
        let known = Redirects::default();
        known.learn_host(1000, place("cdn.example"), NOW);
        assert!(!known.may_tunnel(1001, &place("cdn.example"), NOW));
        learn(&known, (1000, Engine::Podman), "/v2/x/manifests/1");
        for other in [(1001, Engine::Podman), (0, Engine::Podman), (1000, Engine::Docker)] {
            assert_eq!(known.sent_here(other, &place("b.example"), "/v2/x/manifests/1", NOW), None);
        }
    }

    #[test]
    fn a_user_who_is_sent_everywhere_takes_nothing_from_another() {
        let known = Redirects::default();
        learn(&known, DOCKER, "/v2/x/manifests/1");
        for number in 0..10 * ADDRESSES {
            learn(&known, (1000, Engine::Docker), &format!("/v2/x/manifests/{number}"));
        }
        let kept = known.lock().by_user.get(&1000, NOW).unwrap().addresses.keys(NOW).count();
        assert_eq!(kept, ADDRESSES);
        assert!(known.sent_here(DOCKER, &place("b.example"), "/v2/x/manifests/1", NOW).is_some());
    }
}
