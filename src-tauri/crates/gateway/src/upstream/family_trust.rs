//! Whom one family of engines believes, and what was learned of registries by that.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::ClientConfig;
use trust::{Pool, TlsError};

use super::{
    Destination, EngineFamily, Problem, StandIn, Upstreams,
    address_filter::Fronts,
    insecure::Insecure,
    settings::RegistryTrust,
    trust::{Trust, listed},
};

/// Hosts that are believed as the registry that sent clients there.
const MOST_REFERRERS: usize = 256;

/// What holds for all engines, and for one family of them.
pub(crate) struct FamilyTrust {
    pub(super) family: EngineFamily,
    pub(super) settings: Upstreams,
    /// The files of client certificates that are not shown here.
    pub(super) withheld: Arc<BTreeSet<String>>,
    pub(super) insecure: Insecure,
    trust: Trust,
    /// Insecure registries that turned out to speak no TLS, by when that is forgotten, in the machine's own time.
    pub(super) plain: Mutex<HashMap<Destination, Duration>>,
    /// Token services and stores of blobs, with the registry that sent clients there.
    referrers: Mutex<HashMap<String, Destination>>,
    /// Where the gateway itself listens.
    pub(super) fronts: Arc<Fronts>,
}

impl FamilyTrust {
    /// Stand-ins bring their own trust, which is that of the host they name.
    pub(super) fn new(
        mut settings: Upstreams,
        withheld: Arc<BTreeSet<String>>,
        family: EngineFamily,
        system: Pool,
        fronts: Arc<Fronts>,
    ) -> Self {
        let own = settings.engines.remove(&family).unwrap_or_default();
        for (host, trust) in own.registries {
            let known: &mut RegistryTrust = settings.registries.entry(host).or_default();
            known.authorities.extend(trust.authorities);
            known.clients.extend(trust.clients);
        }
        let stand_ins: Vec<StandIn> = settings.stand_ins.values().cloned().collect();
        for (place, ca) in
            stand_ins.iter().filter_map(|one| Some((Destination::from_url(&one.url)?.0, one.ca.clone()?)))
        {
            let trust: &mut RegistryTrust = settings.registries.entry(place.host_port()).or_default();
            trust.authorities.push(ca);
        }
        let listed = settings.insecure.iter().chain(&own.insecure).cloned();
        let insecure = Insecure::new(family, listed.collect(), own.prefixes);
        let trust = Trust::new(system, &own.authorities);
        let (plain, referrers) = (Mutex::default(), Mutex::default());
        Self { family, settings, withheld, insecure, trust, plain, referrers, fronts }
    }

    /// Whether a destination is listed as insecure, or the registry that sent clients there.
    pub(super) fn is_insecure(&self, destination: &Destination) -> bool {
        let by = |of: Destination| self.insecure.names(&of);
        self.insecure.names(destination) || self.referrer_of(destination).is_some_and(by)
    }

    pub(super) fn has_own_trust(&self, registry: &Destination) -> bool {
        listed(&self.settings, registry).is_some() || self.insecure.is_listed(registry)
    }

    pub(super) fn extend_trust(&self, registry: &Destination, place: &Destination) {
        let same = (&registry.host, registry.port) == (&place.host, place.port);
        // Whoever runs a registry on this machine says nothing of other machines, and nobody says anything of Docker Hub.
        let is_hub = place.registry().is_some_and(|registry| registry.is_docker_hub());
        let leads_away = registry.is_local() && !place.is_local();
        if same || is_hub || leads_away || !self.has_own_trust(registry) {
            return;
        }
        let mut referrers = self.referrers.lock().unwrap_or_else(PoisonError::into_inner);
        if referrers.len() < MOST_REFERRERS {
            referrers.insert(place.host_port(), registry.clone());
        }
    }

    pub(super) fn reset(&self) {
        self.plain.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.referrers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The configuration of TLS for a destination, and a file that could not be used for it.
    pub(super) fn tls_config(
        &self,
        destination: &Destination,
        insecure: bool,
    ) -> Result<(Arc<ClientConfig>, Option<String>), Problem> {
        let of = match listed(&self.settings, destination) {
            Some(_) => destination.clone(),
            None => self.referrer_of(destination).unwrap_or_else(|| destination.clone()),
        };
        let unusable = |error: TlsError| Problem::unreachable(&destination.host, error.to_string());
        if insecure {
            return Ok((self.trust.unverified(&self.settings, &of).map_err(unusable)?, None));
        }
        let tls_trust = self.trust.for_host(&self.settings, &of).map_err(unusable)?;
        Ok((tls_trust.config, tls_trust.damaged))
    }

    fn referrer_of(&self, place: &Destination) -> Option<Destination> {
        let referrers = self.referrers.lock().unwrap_or_else(PoisonError::into_inner);
        referrers.get(&place.host_port()).cloned()
    }
}
