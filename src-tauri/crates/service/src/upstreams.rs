//! What the gateway knows of the way to registries: the machine's own settings, read by the steward, and the
//! enrollment's stand-ins.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use egress::{Egress, ProxySettings, ProxySource};
use engines::{AuthorityFile, EngineEgress, EngineId, Family, FamilyTrust, UpstreamFacts};
use gateway::{
    Authority, ClientCertificate, EngineFamily, EngineTrust, Gate, Readers, RegistryTrust, StandIn, Upstreams,
};
use policy::Engine;
use steward_protocol::{StewardRequest, StewardResponse};
use tokio::sync::{
    Mutex,
    broadcast::{Receiver, error::RecvError},
    watch,
};
use wire::Severity;

use super::{
    conditions::Conditions,
    egress_state::EgressState,
    enrolled::Enrolled,
    host_events::HostEvent,
    in_force::InForce,
    leaf_certificates,
    own_egress::{Known, OwnEgress},
    steward_client::{Steward, StewardError},
};

/// Folders and files whose change means that the facts are to be read again.
pub(super) const WATCHED: [&str; 6] = [
    "/etc/docker/certs.d",
    "/etc/containers",
    "/etc/containerd",
    "/etc/docker/daemon.json",
    "/etc/environment",
    "/etc/ssl/certs",
];

pub(super) const CODE: &str = "upstream-unknown";
/// A certificate of an engine's configuration cannot be read.
const DAMAGED: &str = "certificate-unreadable";
const CA_CODE: &str = "stand-in-unusable";
const NETWORK_CA_CODE: &str = "network-ca-unusable";
const LOGIN_CODE: &str = "proxy-login-unreadable";
const CA_LIMIT: u64 = 1024 * 1024;

/// What the enrollment alone says.
pub(super) fn of_enrollment(enrolled: &Enrolled, conditions: &Conditions) -> Upstreams {
    Upstreams { stand_ins: stand_ins(enrolled, conditions), ..Upstreams::default() }
}

/// Leaves behind what the gateway learned of a network that is gone: connections that wait, and who speaks no TLS.
pub(super) async fn begin_anew(mut events: Receiver<HostEvent>, gate: Arc<Gate>) {
    loop {
        match events.recv().await {
            Ok(HostEvent::NetworkUp | HostEvent::Woke) | Err(RecvError::Lagged(_)) => gate.network_changed(),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Tells the gateway, and the service's own requests, how this machine reaches registries.
pub(super) struct UpstreamMonitor {
    pub(super) steward: Steward,
    pub(super) conditions: Arc<Conditions>,
    pub(super) in_force: watch::Receiver<InForce>,
    pub(super) own_egress: Arc<OwnEgress>,
    pub(super) egress_state: Arc<EgressState>,
    pub(super) gate: Arc<Gate>,
    /// Held while the machine is asked: what was read earlier must not be put in the place of what was read later.
    pub(super) reading: Mutex<()>,
}

impl UpstreamMonitor {
    /// Asks again whenever a file changed that says how registries are reached.
    pub(super) async fn run(self: Arc<Self>, mut files: watch::Receiver<()>) {
        while files.changed().await.is_ok() {
            self.refresh().await;
        }
    }

    /// Asks the steward and gives the gateway what it says.
    pub(super) async fn refresh(&self) {
        let turn = self.reading.lock().await;
        match self.facts().await {
            Ok(facts) => {
                self.conditions.clear(CODE);
                // It was told when the steward could not be asked, and the steward answers.
                self.conditions.clear(leaf_certificates::CODE);
                tell_damaged(&self.conditions, &facts);
                let enrolled_egress = self.enrolled().await;
                let enrolled = self.in_force.borrow().enrolled.clone();
                let known = Known {
                    enrolled: enrolled_egress,
                    machine: facts.machine.clone(),
                    engines: facts.engines.clone(),
                    authorities: network_ca(&enrolled, &self.conditions).into_iter().collect(),
                };
                let upstreams = to_gateway(facts, &known, stand_ins(&enrolled, &self.conditions));
                self.egress_state.changed(upstreams.engine_egress.values().chain([&upstreams.egress]));
                self.gate.set_upstreams(upstreams);
                let is_new = self.own_egress.learned.learn(known);
                drop(turn);
                if is_new {
                    self.own_egress.answers().await;
                }
            }
            Err(error) => {
                let sentence =
                    format!("Private certificates and the proxy of this machine are not known: {error}");
                self.conditions.raise(CODE, Severity::Attention, sentence, Some("Run `pullgate doctor`"));
                self.own_egress.learned.give_up();
            }
        }
    }

    async fn facts(&self) -> Result<UpstreamFacts, StewardError> {
        let StewardResponse::UpstreamFacts { facts } =
            self.steward.ask(StewardRequest::UpstreamFacts).await?
        else {
            return Err(StewardError::Unexpected);
        };
        Ok(*facts)
    }

    /// The enrollment's proxy, with the login that only root can read.
    async fn enrolled(&self) -> Option<Egress> {
        let proxy =
            self.in_force.borrow().enrolled.good().and_then(|enrollment| enrollment.network.proxy.clone());
        let Some(proxy) = proxy else {
            self.conditions.clear(LOGIN_CODE);
            return None;
        };
        let asked = match proxy.login {
            Some(_) => self.steward.ask(StewardRequest::EnrolledProxy).await,
            None => Ok(StewardResponse::EnrolledProxy { url: None }),
        };
        let url = match asked {
            Ok(StewardResponse::EnrolledProxy { url }) => {
                self.conditions.clear(LOGIN_CODE);
                url.map(|url| url.expose().to_owned())
            }
            Ok(_) => None,
            Err(error) => {
                let why = match error {
                    StewardError::Refused(failure) => failure.message,
                    other @ (StewardError::Absent { .. }
                    | StewardError::Link(_)
                    | StewardError::Silent(_)
                    | StewardError::Unexpected) => other.to_string(),
                };
                let sentence = format!("The proxy `{}` is asked without a login: {why}", proxy.url.address());
                let action = "Put `name:password` into the file, for root alone (`chmod 600`)";
                self.conditions.raise(LOGIN_CODE, Severity::Critical, sentence, Some(action));
                None
            }
        };
        let url = url.unwrap_or_else(|| proxy.url.address());
        let settings = ProxySettings { http: Some(url.clone()), https: Some(url), no_proxy: proxy.no_proxy };
        Some(Egress { settings, source: ProxySource::Enrollment })
    }
}

/// A file that is left out is told at once: what it was for may be asked for much later.
fn tell_damaged(conditions: &Conditions, facts: &UpstreamFacts) {
    let hosts = facts
        .trust
        .values()
        .flat_map(|trust| trust.hosts.values().flat_map(|host| &host.ca).chain(&trust.ca));
    let flaws =
        hosts.filter_map(|file| Some((file, trust::Pool::default().add_pem(&file.pem).into_iter().next()?)));
    let mut sentences: Vec<String> =
        flaws.map(|(file, flaw)| format!("`{}` is not used: {flaw}", file.path.display())).collect();
    sentences.sort();
    sentences.dedup();
    match sentences.first() {
        None => conditions.clear(DAMAGED),
        Some(first) => {
            let more =
                if sentences.len() > 1 { format!(" ({} more)", sentences.len() - 1) } else { String::new() };
            let sentence = format!("{first}{more}");
            conditions.raise(DAMAGED, Severity::Attention, sentence, Some("Correct that file or remove it"));
        }
    }
}

/// What the enrollment trusts for everything.
fn network_ca(enrolled: &Enrolled, conditions: &Conditions) -> Option<Authority> {
    let path = enrolled.good().and_then(|enrollment| enrollment.network.ca.clone());
    conditions.clear(NETWORK_CA_CODE);
    authority(conditions, &path?, NETWORK_CA_CODE, "of the enrollment's `network.ca`")
}

fn to_gateway(facts: UpstreamFacts, known: &Known, stand_ins: BTreeMap<String, StandIn>) -> Upstreams {
    let (egress, engine_egress) = match &known.enrolled {
        Some(enrolled) => (enrolled.clone(), BTreeMap::new()),
        None => (known.machine.clone(), of_engines(&known.engines)),
    };
    Upstreams {
        stand_ins,
        egress,
        engine_egress,
        proxy_authorities: known.authorities.iter().map(|authority| authority.pem.clone()).collect(),
        mirrors: facts.mirrors,
        engines: facts
            .trust
            .into_iter()
            .map(|(family, trust)| (family_of(family), trust_of(trust)))
            .collect(),
        lookasides: facts.lookasides,
        ..Upstreams::default()
    }
}

fn family_of(family: Family) -> EngineFamily {
    match family {
        Family::Docker => EngineFamily::Docker,
        Family::Podman => EngineFamily::Podman,
        Family::Containerd => EngineFamily::Containerd,
    }
}

fn trust_of(trust: FamilyTrust) -> EngineTrust {
    let authorities = |files: Vec<AuthorityFile>| {
        let of = |file: AuthorityFile| Authority { pem: file.pem, source: file.path.display().to_string() };
        files.into_iter().map(of).collect()
    };
    let registries = trust.hosts.into_iter().map(|(host, trust)| {
        let clients = trust.clients.into_iter().map(|pair| ClientCertificate {
            certificate: pair.certificate_pem,
            key: pair.key_pem,
            source: pair.path.display().to_string(),
            readers: readers_of(pair.readers),
        });
        (host, RegistryTrust { authorities: authorities(trust.ca), clients: clients.collect() })
    });
    EngineTrust {
        registries: registries.collect(),
        authorities: authorities(trust.ca),
        insecure: trust.insecure,
        prefixes: trust.prefixes,
    }
}

fn readers_of(readers: engines::Readers) -> Readers {
    if readers.everybody { Readers::Everybody } else { Readers::Users(readers.users) }
}

/// Engines as the gateway knows who asks. Of two that look the same, containerd counts before the one in K3s.
fn of_engines(engines: &[EngineEgress]) -> BTreeMap<Engine, Egress> {
    let mut ways = BTreeMap::new();
    for it in engines {
        let asker = match it.engine {
            EngineId::Docker => Engine::Docker,
            EngineId::Podman if it.is_crio => Engine::Kubernetes,
            EngineId::Podman => Engine::Podman,
            EngineId::Buildkit => Engine::BuildKit,
            EngineId::Containerd | EngineId::K3s | EngineId::Rke2 => Engine::Containerd,
            EngineId::DockerDesktop
            | EngineId::RancherDesktop
            | EngineId::Colima
            | EngineId::Lima
            | EngineId::Orbstack
            | EngineId::PodmanMachine => continue,
        };
        ways.entry(asker).or_insert_with(|| it.egress.clone());
    }
    ways
}

fn stand_ins(enrolled: &Enrolled, conditions: &Conditions) -> BTreeMap<String, StandIn> {
    let listed = enrolled.good().map(|enrollment| enrollment.stand_ins.clone()).unwrap_or_default();
    conditions.clear(CA_CODE);
    listed
        .into_iter()
        .map(|(registry, stand_in)| {
            let ca = stand_in.ca.and_then(|path| authority(conditions, &path, CA_CODE, "of a stand-in"));
            (registry, StandIn { url: stand_in.url, ca })
        })
        .collect()
}

fn authority(conditions: &Conditions, path: &Path, code: &str, whose: &str) -> Option<Authority> {
    let text = host::files::read_root_owned(path, CA_LIMIT)
        .map_err(|error| error.to_string())
        .and_then(|bytes| {
            String::from_utf8(bytes).map_err(|_| "it is not a text of PEM certificates".to_owned())
        })
        .and_then(|pem| match trust::Pool::default().add_pem(&pem).first() {
            None => Ok(pem),
            Some(flaw) => Err(flaw.to_string()),
        });
    match text {
        Ok(pem) => Some(Authority { pem, source: path.display().to_string() }),
        Err(why) => {
            let sentence = format!("The certificate `{}` {whose} cannot be used: {why}", path.display());
            conditions.raise(code, Severity::Critical, sentence, Some("Correct the enrollment"));
            None
        }
    }
}
