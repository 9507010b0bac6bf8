//! Which certificates are believed at the registry's end.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use rustls::ClientConfig;
use trust::{Identities, Pool, TlsError};

use super::{Authority, Destination, RegistryTrust, Upstreams};

const PROTOCOLS: [&str; 1] = ["http/1.1"];

/// The TLS configurations of connections to registries, made once each.
pub(crate) struct Trust {
    /// The system's certificates, and those of the engine for every host.
    pool: Pool,
    standard: Mutex<Option<TlsTrust>>,
    special: Mutex<HashMap<String, TlsTrust>>,
    unverified: Mutex<HashMap<String, Arc<ClientConfig>>>,
}

/// A configuration, and what on this machine could not be used for it.
#[derive(Clone)]
pub(crate) struct TlsTrust {
    pub(crate) config: Arc<ClientConfig>,
    /// The first file that could not be used, and why; what failed may have failed for it.
    pub(crate) damaged: Option<String>,
}

impl Trust {
    /// Believes the system's certificates, and these for every host; a damaged one is left out, as engines do.
    pub(crate) fn new(mut system: Pool, authorities: &[Authority]) -> Self {
        for authority in authorities {
            add(&mut system, authority);
        }
        Self {
            pool: system,
            standard: Mutex::default(),
            special: Mutex::default(),
            unverified: Mutex::default(),
        }
    }

    /// The configuration for a host, with the machine's own trust for it added to the system's.
    pub(crate) fn for_host(
        &self,
        upstreams: &Upstreams,
        destination: &Destination,
    ) -> Result<TlsTrust, TlsError> {
        match listed(upstreams, destination) {
            Some(trust) => {
                let mut special = self.special.lock().unwrap_or_else(PoisonError::into_inner);
                let key = destination.host_port();
                if let Some(known) = special.get(&key) {
                    return Ok(known.clone());
                }
                let made = tls_trust(self.pool.clone(), trust)?;
                special.insert(key, made.clone());
                Ok(made)
            }
            None => {
                let mut standard = self.standard.lock().unwrap_or_else(PoisonError::into_inner);
                let made = match standard.take() {
                    Some(known) => known,
                    None => tls_trust(self.pool.clone(), &RegistryTrust::default())?,
                };
                Ok(standard.insert(made).clone())
            }
        }
    }

    /// For registries that the machine lists as insecure: any certificate, and ours if they ask for one.
    pub(crate) fn unverified(
        &self,
        upstreams: &Upstreams,
        destination: &Destination,
    ) -> Result<Arc<ClientConfig>, TlsError> {
        let trust = listed(upstreams, destination);
        let key = trust.map(|_| destination.host_port()).unwrap_or_default();
        let mut unverified = self.unverified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = unverified.get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut config = trust::unverified(&PROTOCOLS)?;
        if let Some(trust) = trust {
            config.client_auth_cert_resolver = Arc::new(identities(trust).0);
        }
        Ok(Arc::clone(unverified.entry(key).or_insert(Arc::new(config))))
    }
}

/// The machine's own trust for a host.
pub(crate) fn listed<'a>(upstreams: &'a Upstreams, destination: &Destination) -> Option<&'a RegistryTrust> {
    let registries = &upstreams.registries;
    registries.get(&destination.host_port()).or_else(|| registries.get(&destination.authority()))
}

fn tls_trust(mut pool: Pool, trust: &RegistryTrust) -> Result<TlsTrust, TlsError> {
    let mut damaged = None;
    for authority in &trust.authorities {
        damaged = damaged.or(add(&mut pool, authority));
    }
    let (identities, unusable) = identities(trust);
    let config = Arc::new(trust::config(pool, identities, &PROTOCOLS)?);
    Ok(TlsTrust { config, damaged: damaged.or(unusable) })
}

fn add(pool: &mut Pool, authority: &Authority) -> Option<String> {
    let flaw = pool.add_pem(&authority.pem).into_iter().next()?;
    tracing::warn!(file = authority.source, %flaw, "certificates on this machine are left out");
    Some(format!("`{}`: {flaw}", authority.source))
}

fn identities(trust: &RegistryTrust) -> (Identities, Option<String>) {
    let (mut identities, mut damaged) = (Identities::default(), None);
    for client in &trust.clients {
        if let Err(why) = identities.add_pem(&client.certificate, &client.key) {
            damaged = damaged.or(Some(format!("`{}`: {why}", client.source)));
        }
    }
    (identities, damaged)
}
