//! Which hosts are registries, by their own answers; where they send clients for tokens; and which of them gave no
//! answer a moment ago.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use host::clock::boottime;
use http1::Reply;

use crate::{
    expiring_map::ExpiringMap,
    upstream::{Challenge, Destination, Problem},
};

/// What registries' answers taught.
pub(crate) struct Registries(Mutex<Known>);

struct Known {
    /// Hosts that answered as registries: nothing to them passes unread but git.
    registries: ExpiringMap<Destination, ()>,
    /// Where tokens are given, by place and path, and for which registry.
    token_services: ExpiringMap<(Destination, String), Destination>,
    /// Hosts that were asked whether they are registries and gave no answer of one.
    others: ExpiringMap<Destination, ProbeOutcome>,
    /// Registries that gave no answer when an engine asked how to log in.
    unanswered: ExpiringMap<Destination, Problem>,
    /// Registries that were there after all, only later than expected.
    slow: ExpiringMap<Destination, ()>,
}

/// What came of asking a host whether it is a registry, where it did not say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProbeOutcome {
    /// An answer of something else.
    UpstreamResult,
    /// No answer in HTTP.
    Silent,
}

const AT_MOST: usize = 4096;
/// A host may become a registry, but not while a program speaks to it all the time.
const OTHER: Duration = Duration::from_secs(3600);
/// Longer than a pull takes to get from its login to its first manifest.
const UNANSWERED: Duration = Duration::from_secs(60);
const SLOW: Duration = Duration::from_secs(3600);

impl Default for Registries {
    fn default() -> Self {
        Self(Mutex::new(Known {
            registries: ExpiringMap::with_limit(AT_MOST),
            token_services: ExpiringMap::with_limit(AT_MOST),
            others: ExpiringMap::with_limit(AT_MOST),
            unanswered: ExpiringMap::with_limit(AT_MOST),
            slow: ExpiringMap::with_limit(AT_MOST),
        }))
    }
}

impl Registries {
    /// Learns from an answer below `/v2/`.
    pub(crate) fn learn(&self, host: &Destination, reply: &Reply) {
        if !is_of_registry(reply) {
            return;
        }
        let mut known = self.lock();
        known.registries.insert(host.clone(), (), Duration::MAX);
        known.others.remove(host);
        for value in reply.fields.all("www-authenticate").filter(|_| reply.status == 401) {
            if let Some(Challenge::Bearer { realm, .. }) = Challenge::parse(value)
                && let Some((place, path)) = Destination::from_url(&realm)
            {
                let path = path.split('?').next().unwrap_or_default().to_owned();
                known.token_services.insert((place, path), host.clone(), Duration::MAX);
            }
        }
    }

    /// Whether the host has answered as a registry.
    pub(crate) fn knows(&self, host: &Destination) -> bool {
        self.lock().registries.contains(host, boottime())
    }

    /// Whether a registry sends its clients there for tokens.
    pub(crate) fn is_token_service(&self, host: &Destination) -> bool {
        self.lock().token_services.keys(boottime()).any(|(place, _)| place == host)
    }

    /// The registry that sends its clients to this address for tokens.
    pub(crate) fn of_tokens(&self, host: &Destination, path: &str) -> Option<Destination> {
        let path = path.split('?').next().unwrap_or_default().to_owned();
        self.lock().token_services.get(&(host.clone(), path), boottime()).cloned()
    }

    /// What came of asking the host lately, where it is no registry.
    pub(crate) fn probe_outcome(&self, host: &Destination) -> Option<ProbeOutcome> {
        self.lock().others.get(host, boottime()).copied()
    }

    /// The host was asked, and did not say that it is a registry.
    pub(crate) fn learn_probe(&self, host: &Destination, other: ProbeOutcome) {
        let until = boottime().saturating_add(OTHER);
        self.lock().others.insert(host.clone(), other, until);
    }

    /// The registry gave no answer to an engine that asked how to log in.
    pub(crate) fn gave_no_answer(&self, host: &Destination, problem: Problem) {
        let until = boottime().saturating_add(UNANSWERED);
        self.lock().unanswered.insert(host.clone(), problem, until);
    }

    /// Why the registry gave no answer a moment ago.
    pub(crate) fn unanswered(&self, host: &Destination) -> Option<Problem> {
        self.lock().unanswered.get(host, boottime()).cloned()
    }

    /// The registry is there: it takes its time, and is given more from here on.
    pub(crate) fn answered_late(&self, host: &Destination) {
        let mut known = self.lock();
        known.unanswered.remove(host);
        known.slow.insert(host.clone(), (), boottime().saturating_add(SLOW));
    }

    /// Whether it was late lately.
    pub(crate) fn is_slow(&self, host: &Destination) -> bool {
        self.lock().slow.contains(host, boottime())
    }

    /// On another network other answers may come.
    pub(crate) fn reset(&self) {
        let mut known = self.lock();
        known.others.clear();
        known.unanswered.clear();
        known.slow.clear();
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether an answer below `/v2/` is that of a registry. What another server says to an address that it does not know
/// is none, and neither is the page that some of them show for every address.
fn is_of_registry(reply: &Reply) -> bool {
    let has = |name: &str, part: &str| {
        reply.fields.all(name).any(|value| value.to_ascii_lowercase().contains(part))
    };
    let says_so = has("docker-distribution-api-version", "registry") || has("docker-content-digest", ":");
    let wants_token = reply.status == 401 && has("www-authenticate", "bearer");
    let of_images = has("content-type", "vnd.docker.") || has("content-type", "vnd.oci.");
    let in_json = has("content-type", "application/json") && matches!(reply.status, 200 | 401);
    says_so || wants_token || of_images || in_json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::Scheme;

    fn place(host: &str) -> Destination {
        Destination::from_authority(Scheme::Https, host).unwrap()
    }

    fn reply(text: &str) -> Reply {
        Reply::parse(format!("HTTP/1.1 {text}\r\n\r\n").as_bytes()).unwrap()
    }

    #[test]
    fn a_host_is_a_registry_by_its_answer_alone() {
        for (text, is_registry) in [
            ("200 OK\r\nDocker-Distribution-Api-Version: registry/2.0", true),
            ("200 OK\r\nContent-Type: application/json; charset=utf-8", true),
            ("401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://a.example/token\"", true),
            ("401 Unauthorized\r\nContent-Type: application/json\r\nWWW-Authenticate: Basic realm=x", true),
            ("404 Not Found\r\nDocker-Distribution-Api-Version: registry/2.0", true),
            ("200 OK\r\nContent-Type: application/vnd.oci.image.index.v1+json", true),
            ("200 OK\r\nContent-Type: text/html", false),
            ("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"Splunk\"", false),
            ("404 Not Found\r\nContent-Type: application/json", false),
            ("302 Found\r\nLocation: /login", false),
        ] {
            let known = Registries::default();
            known.learn(&place("git.example"), &reply(text));
            assert_eq!(known.knows(&place("git.example")), is_registry, "{text}");
        }
    }

    #[test]
    fn where_a_registry_sends_its_clients_for_tokens_is_known() {
        let known = Registries::default();
        let challenge =
            "401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"https://auth.example/token?a=b\"";
        known.learn(&place("registry.example"), &reply(challenge));
        assert!(known.is_token_service(&place("auth.example")));
        let found = known.of_tokens(&place("auth.example"), "/token?scope=x");
        assert_eq!(found, Some(place("registry.example")));
        assert_eq!(known.of_tokens(&place("auth.example"), "/other"), None);
    }

    #[test]
    fn what_a_network_taught_does_not_outlive_it() {
        let known = Registries::default();
        let host = place("registry.example");
        known.learn_probe(&host, ProbeOutcome::UpstreamResult);
        known.gave_no_answer(&host, Problem::unreachable("registry.example", "silence"));
        assert!(known.probe_outcome(&host).is_some() && known.unanswered(&host).is_some());
        known.reset();
        assert!(known.probe_outcome(&host).is_none() && known.unanswered(&host).is_none());
    }
}
