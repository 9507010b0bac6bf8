//! The way out of the process that asks on the mirror front, which the steward reads.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use egress::{Egress, ProxyRules, ProxyUrl};
use gateway::{BoxFuture, Owner, ProcessEgress};
use steward_protocol::{StewardRequest, StewardResponse};

use super::OwnEgress;
use crate::{listeners::Addresses, steward_client::Steward};

/// How long an answer holds for one connection.
const KEEP: Duration = Duration::from_secs(30);
/// Connections that are open at a time.
const MOST: usize = 256;

/// Ways of processes as the steward reads them.
pub(crate) struct StewardProcessEgress {
    steward: Steward,
    own_egress: Arc<OwnEgress>,
    addresses: Addresses,
    known: Mutex<HashMap<Owner, (Instant, Option<Egress>)>>,
}

impl StewardProcessEgress {
    pub(crate) fn new(steward: Steward, own_egress: Arc<OwnEgress>, addresses: Addresses) -> Self {
        Self { steward, own_egress, addresses, known: Mutex::default() }
    }

    async fn read(&self, owner: Owner) -> Option<Egress> {
        // The enrollment's is everybody's.
        if self.own_egress.learned.known().is_some_and(|known| known.enrolled.is_some()) {
            return None;
        }
        if let Some(way) = self.recent(owner) {
            return way;
        }
        let Owner { uid, socket } = owner;
        let way = match self.steward.ask(StewardRequest::ProcessEgress { uid, socket }).await {
            Ok(StewardResponse::ProcessEgress { egress }) => egress,
            Ok(_) => None,
            Err(error) => {
                tracing::info!(%error, uid, "how a process goes out is not known");
                None
            }
        };
        let own = [self.addresses.proxy, self.addresses.mirror];
        let way = way.filter(|way| !leads_here(way, &own));
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() < MOST {
            known.insert(owner, (Instant::now(), way.clone()));
        }
        way
    }

    fn recent(&self, owner: Owner) -> Option<Option<Egress>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (since, _)| since.elapsed() < KEEP);
        known.get(&owner).map(|(_, way)| way.clone())
    }
}

impl ProcessEgress for StewardProcessEgress {
    fn egress(&self, owner: Owner) -> BoxFuture<'_, Option<Egress>> {
        Box::pin(self.read(owner))
    }
}

/// Whether a proxy of this way is the gateway itself, which asks nobody to ask it.
fn leads_here(way: &Egress, own: &[SocketAddr]) -> bool {
    let rules = ProxyRules::new(&way.settings).unwrap_or_default();
    let here = |proxy: &ProxyUrl| {
        let address: Option<IpAddr> = proxy.host.parse().ok();
        let is_local = proxy.host == "localhost"
            || proxy.host.ends_with(".localhost")
            || address
                .is_some_and(|address| address.to_canonical().is_loopback() || address.is_unspecified());
        is_local && own.iter().any(|own| own.port() == proxy.port)
    };
    rules.proxies().any(here)
}

#[cfg(test)]
mod tests {
    use egress::ProxySettings;

    use super::*;

    #[test]
    fn the_gateway_is_nobodys_proxy() {
        let own: [SocketAddr; 2] = [([127, 0, 0, 1], 859).into(), ([127, 0, 0, 1], 858).into()];
        let leads = |https: &str| {
            let settings = ProxySettings { https: Some(https.to_owned()), ..ProxySettings::default() };
            leads_here(&Egress { settings, ..Egress::default() }, &own)
        };
        for here in ["http://127.0.0.1:859", "http://localhost:858", "socks5://[::1]:859", "0.0.0.0:859"] {
            assert!(leads(here), "{here}");
        }
        for elsewhere in ["http://127.0.0.1:3128", "http://proxy:859", "", "ftp://127.0.0.1:859"] {
            assert!(!leads(elsewhere), "{elsewhere}");
        }
    }
}
