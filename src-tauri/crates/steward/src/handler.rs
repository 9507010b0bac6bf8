//! One request, one answer.

use std::path::Path;

use credentials::Question;
use engines::{DesiredRouting, EngineId, Originals};
use host::peer;
use ipc::{Bytes, Code, Failure};
use steward_protocol::{RoutingRequest, StewardRequest, StewardResponse};
use tokio::task::spawn_blocking;

use super::{
    authorities::{Authorities, Bundles},
    client_secret,
    egress::Proxies,
    engine_work::EngineWork,
    login::Reader,
    organization, passage,
    storages::Storages,
};
use crate::enrollment::ReadEnrollment;

/// Everything a request needs.
pub(super) struct Handler {
    authorities: Authorities,
    engines: EngineWork,
    logins: Reader,
    storages: Storages,
    proxies: Proxies,
}

impl Handler {
    /// The desk of the running machine, with its state in this folder.
    pub(super) fn of_this_machine(state: &Path, enrollment: ReadEnrollment) -> Self {
        Self {
            authorities: Authorities::at(
                state.join("ca"),
                move || organization::name(enrollment),
                host::clock::now,
            ),
            engines: EngineWork::new(
                engines::Linux,
                Originals::at(state.join("originals")),
                host::clock::boottime,
            ),
            logins: Reader::default(),
            storages: Storages::default(),
            proxies: Proxies::new(enrollment),
        }
    }

    #[cfg(test)]
    pub(super) fn new(
        authorities: Authorities,
        engines: EngineWork,
        logins: Reader,
        storages: Storages,
    ) -> Self {
        let proxies = Proxies::new(|| Err("this machine is not enrolled".to_owned()));
        Self { authorities, engines, logins, storages, proxies }
    }

    /// Answers a request; what goes wrong is an answer too.
    pub(super) async fn answer(&self, request: StewardRequest) -> StewardResponse {
        self.dispatch(request).await.unwrap_or_else(|failure| {
            tracing::warn!("not done: {failure}");
            StewardResponse::Error(failure)
        })
    }

    async fn dispatch(&self, request: StewardRequest) -> Result<StewardResponse, Failure> {
        use {StewardRequest as Ask, StewardResponse as Answer};
        Ok(match request {
            Ask::Authorities => {
                let bundles = self.authorities.bundles().map_err(failed)?;
                Answer::Authorities { mirror_pem: bundles.mirror, intercept_pem: bundles.intercept }
            }
            Ask::SignLeaf { authority, public_key_der, names } => {
                let chain = self.authorities.sign(authority, &public_key_der.0, &names).map_err(failed)?;
                Answer::Leaf { chain_der: chain.into_iter().map(Bytes).collect() }
            }
            Ask::Find => Answer::Found { engines: self.engines.find().await? },
            Ask::Plan { engine, routing } => {
                Answer::Planned { plan: self.engines.plan(engine, self.routing(routing)?).await? }
            }
            Ask::Apply { engine, routing } => {
                Answer::Applied { applied: self.engines.apply(engine, self.routing(routing)?).await? }
            }
            Ask::Verify { engine, routing } => Answer::Verified {
                verified: Box::new(self.engines.verify(engine, self.routing(routing)?).await?),
            },
            Ask::PlanRestore { engine, may_stop_containers } => {
                Answer::Planned { plan: self.engines.plan_restore(engine, may_stop_containers).await? }
            }
            Ask::Restore { engine, may_stop_containers } => {
                Answer::Applied { applied: self.engines.restore(engine, may_stop_containers).await? }
            }
            Ask::Repair { engines, routing, quick } => {
                let asked = engines.into_iter().map(|asked| (asked.engine, asked.restart)).collect();
                let (found, engines) = self.engines.repair(asked, self.routing(routing)?, quick).await?;
                Answer::Repaired { found, engines }
            }
            Ask::ReadLogin { uid, pid, socket, registry, repository, finder, push } => {
                self.may_read_login(uid, socket, &registry, repository.as_deref()).await?;
                let name = [Some(registry), repository].into_iter().flatten().collect::<Vec<_>>().join("/");
                let question = Question { name, finder, push, process: pid };
                let found = self.logins.read(uid, socket, question).await?;
                Answer::Login { login: found.login, failure: found.failure }
            }
            Ask::ClientSecret => {
                Answer::ClientSecret { secret: client_secret::read(self.proxies.enrollment).await? }
            }
            Ask::UpstreamFacts => {
                Answer::UpstreamFacts { facts: Box::new(self.engines.upstream_facts().await?) }
            }
            Ask::Passage { uid, socket, host, port } => {
                let looking = spawn_blocking(move || passage::look(peer::Owner { uid, socket }, &host, port));
                Answer::Passage { passage: looking.await.map_err(failed)? }
            }
            Ask::EnrolledProxy => Answer::EnrolledProxy { url: self.proxies.enrolled().await? },
            Ask::ProcessEgress { uid, socket } => {
                Answer::ProcessEgress { egress: self.proxies.of_process(peer::Owner { uid, socket }).await? }
            }
            Ask::Inventory { engine } => {
                let is_podman = engine == EngineId::Podman;
                let theirs = if is_podman { self.storages.read().await } else { Vec::new() };
                Answer::Inventory { stores: self.engines.inventory(engine, theirs).await? }
            }
        })
    }
}

/// Ports of the gateway's two fronts, which engines are led to.
const FRONTS: [u16; 2] = [858, 859];
/// Folder with the certificates that dockerd trusts for interception.
const TRUSTED_FOLDER: &str = "/etc/pullgate/ca";

impl Handler {
    fn routing(&self, asked: RoutingRequest) -> Result<DesiredRouting, Failure> {
        routing(asked, self.authorities.bundles().map_err(failed)?)
    }

    /// A login is read for a connection of the person's to the gateway that is there now, or for a sign-in by Docker Hub
    /// where the enrollment has that: not for whomever the service names.
    async fn may_read_login(
        &self,
        uid: u32,
        socket: Option<u64>,
        registry: &str,
        repository: Option<&str>,
    ) -> Result<(), Failure> {
        let may = match socket {
            Some(socket) => spawn_blocking(move || leads_to_gateway(uid, socket)).await.map_err(failed)?,
            None => {
                let is_for_hub = registry == "docker.io" && repository.is_none();
                let read = self.proxies.enrollment;
                is_for_hub && spawn_blocking(move || signs_in_by_hub(read)).await.map_err(failed)?
            }
        };
        let why = "a login is read for somebody whose connection to the gateway is open, and this is not";
        if may { Ok(()) } else { Err(Failure::new(Code::BadRequest, why)) }
    }
}

/// What is asked with the steward's own certificates; refused where it leads anywhere but to the gateway's fronts.
fn routing(asked: RoutingRequest, trust: Bundles) -> Result<DesiredRouting, Failure> {
    let routing = asked.trusting(trust.mirror, trust.intercept, TRUSTED_FOLDER);
    routing.check().map_err(|error| Failure::new(Code::BadRequest, error.to_string()))?;
    let port =
        |address: &str| -> Option<u16> { address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()) };
    if [port(&routing.mirror), port(&routing.proxy)] != FRONTS.map(Some) {
        let why = format!("engines are led to the gateway's fronts, ports {} and {}", FRONTS[0], FRONTS[1]);
        return Err(Failure::new(Code::BadRequest, why));
    }
    Ok(routing)
}

fn leads_to_gateway(uid: u32, socket: u64) -> bool {
    let remote = peer::remote(peer::Owner { uid, socket });
    remote.is_some_and(|remote| remote.ip().is_loopback() && FRONTS.contains(&remote.port()))
}

fn signs_in_by_hub(read: ReadEnrollment) -> bool {
    read().is_ok_and(|enrollment| enrollment.signs_in_by_hub)
}

pub(super) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Failed, error.to_string())
}

#[cfg(test)]
mod tests {
    //! Routing as the service asks for it.

    use super::*;
    use crate::sample::{Bench, routing_request};

    #[test]
    fn engines_trust_the_stewards_authorities() {
        let bench = Bench::new();
        let routing = routing(routing_request(), bench.trust()).unwrap();
        let trust = Bundles { mirror: routing.mirror_ca_pem, intercept: routing.intercept_ca_pem };
        assert_eq!((trust, routing.intercept_ca_dir), (bench.trust(), "/etc/pullgate/ca".into()));
    }

    #[test]
    fn routing_that_leads_off_the_machine_is_refused() {
        let bench = Bench::new();
        let asked = routing_request;
        for asked in [
            RoutingRequest { proxy: "http://192.0.2.1:859".into(), ..asked() },
            RoutingRequest { mirror: "registry.example:443".into(), ..asked() },
            // A port of somebody's own on this machine is no gateway.
            RoutingRequest { proxy: "http://127.0.0.1:3128".into(), ..asked() },
            RoutingRequest { mirror: "127.0.0.1:5000".into(), ..asked() },
            RoutingRequest { registries: vec!["quay.io\"\n[x]".into()], ..asked() },
        ] {
            let failure = routing(asked.clone(), bench.trust()).unwrap_err();
            assert_eq!(failure.code, Code::BadRequest, "{asked:?}: {failure}");
        }
    }
}
