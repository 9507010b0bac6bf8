//! What the gateway knows of the way to registries: the machine's own settings, read by the steward, and the
//! enrollment's stand-ins.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError},
};

use engines::UpstreamFacts;
use gateway::{ClientCertificate, CorporateProxy, RegistryTrust, StandIn, Upstreams};
use wire::{Severity, StewardRequest, StewardResponse};

use super::{
    core::Core,
    leaves,
    steward_client::{StewardError, read},
    way_out,
};

/// Folders and files whose change means that the facts are to be read again.
pub(super) const WATCHED: [&str; 4] =
    ["/etc/docker/certs.d", "/etc/containers/certs.d", "/etc/docker/daemon.json", "/etc/ssl/certs"];

pub(super) const CODE: &str = "upstream-unknown";
const CA_CODE: &str = "stand-in-unusable";
const CA_LIMIT: u64 = 1024 * 1024;

/// What the enrollment alone says.
pub(super) fn of_enrollment(core: &Core) -> Upstreams {
    Upstreams { stand_ins: stand_ins(core), ..Upstreams::default() }
}

/// Asks the steward and gives the gateway what it says.
pub(super) async fn refresh(core: Arc<Core>) {
    match facts(&core).await {
        Ok(facts) => {
            core.conditions.clear(CODE);
            // It was told when the steward could not be asked, and the steward answers.
            core.conditions.clear(leaves::CODE);
            core.proxy.send_replace(Some(way_out::proxy(&facts)));
            core.engines.reach(to_gateway(facts, stand_ins(&core)));
        }
        Err(error) => {
            let sentence =
                format!("Private certificates and the proxy of this machine are not known: {error}");
            core.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
            // Nobody waits any longer for a proxy that cannot be known.
            core.proxy.send_if_modified(|proxy| {
                let unknown = proxy.is_none();
                proxy.get_or_insert_default();
                unknown
            });
        }
    }
}

async fn facts(core: &Core) -> Result<UpstreamFacts, StewardError> {
    let StewardResponse::UpstreamFacts { facts } = core.steward.ask(StewardRequest::UpstreamFacts).await?
    else {
        return Err(StewardError::Unexpected);
    };
    read(facts)
}

fn to_gateway(facts: UpstreamFacts, stand_ins: BTreeMap<String, StandIn>) -> Upstreams {
    let proxies = facts.proxies;
    let proxy = (!proxies.is_empty()).then(|| CorporateProxy {
        http: proxies.http,
        https: proxies.https,
        no_proxy: proxies.no_proxy.unwrap_or_default(),
    });
    let registries = facts.hosts.into_iter().map(|(host, trust)| {
        let clients = trust
            .clients
            .into_iter()
            .map(|pair| ClientCertificate { certificate: pair.certificate_pem, key: pair.key_pem });
        (host, RegistryTrust { authorities: trust.ca_pem, clients: clients.collect() })
    });
    Upstreams {
        stand_ins,
        proxy,
        registries: registries.collect(),
        insecure: facts.insecure_registries,
        mirrors: facts.mirrors,
    }
}

fn stand_ins(core: &Core) -> BTreeMap<String, StandIn> {
    let enrolled = core.enrolled.read().unwrap_or_else(PoisonError::into_inner);
    let listed = enrolled.good().map(|enrollment| enrollment.stand_ins.clone()).unwrap_or_default();
    core.conditions.clear(CA_CODE);
    listed
        .into_iter()
        .map(|(registry, stand_in)| {
            let ca = stand_in.ca.and_then(|path| authority(core, &path));
            (registry, StandIn { url: stand_in.url, ca })
        })
        .collect()
}

fn authority(core: &Core, path: &Path) -> Option<String> {
    let text = host::files::read_root_owned(path, CA_LIMIT)
        .map_err(|error| error.to_string())
        .and_then(|bytes| String::from_utf8(bytes).map_err(|error| error.to_string()));
    match text {
        Ok(text) => Some(text),
        Err(why) => {
            let sentence =
                format!("The certificate `{}` of a stand-in cannot be used: {why}", path.display());
            core.conditions.raise(CA_CODE, Severity::Critical, sentence, Some("Correct the enrollment"));
            None
        }
    }
}
