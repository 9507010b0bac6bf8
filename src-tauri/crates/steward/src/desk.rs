//! One request, one answer.

use std::path::Path;

use credentials::Question;
use engines::{EngineId, MayRestart, Originals};
use enrollment::Provider;
use host::peer;
use secret::Secret;
use serde::Serialize;
use serde_json::Value;
use tokio::task::spawn_blocking;
use wire::{Bytes, Code, Failure, RepairOf, StewardRequest, StewardResponse};

use super::{
    authorities::Authorities, client_secret, egress::Proxies, engine_work::EngineWork, login::Reader,
    organization, passage, storages::Storages,
};

/// Everything a request needs.
pub(super) struct Desk {
    authorities: Authorities,
    engines: EngineWork,
    logins: Reader,
    storages: Storages,
    proxies: Proxies,
}

impl Desk {
    /// The desk of the running machine, with its state in this folder.
    pub(super) fn of_this_machine(state: &Path) -> Self {
        Self {
            authorities: Authorities::at(state.join("ca"), organization::name, host::clock::now),
            engines: EngineWork::new(
                engines::Linux,
                Originals::at(state.join("originals")),
                host::clock::boottime,
            ),
            logins: Reader::default(),
            storages: Storages::default(),
            proxies: Proxies::default(),
        }
    }

    #[cfg(test)]
    pub(super) fn new(
        authorities: Authorities,
        engines: EngineWork,
        logins: Reader,
        storages: Storages,
    ) -> Self {
        Self { authorities, engines, logins, storages, proxies: Proxies::default() }
    }

    /// Answers a request; what goes wrong is an answer too.
    pub(super) async fn answer(&self, request: StewardRequest) -> StewardResponse {
        self.do_it(request).await.unwrap_or_else(|failure| {
            tracing::warn!("not done: {failure}");
            StewardResponse::Error(failure)
        })
    }

    #[expect(clippy::too_many_lines, reason = "one request after the other")]
    async fn do_it(&self, request: StewardRequest) -> Result<StewardResponse, Failure> {
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
            Ask::Find => {
                let found = self.engines.find().await?;
                Answer::Found { engines: found.iter().map(json).collect::<Result<_, _>>()? }
            }
            Ask::Plan { engine, wish } => {
                let bundles = self.authorities.bundles().map_err(failed)?;
                Answer::Planned { plan: json(&self.engines.plan(known(&engine)?, wish, bundles).await?)? }
            }
            Ask::Apply { engine, wish } => {
                let bundles = self.authorities.bundles().map_err(failed)?;
                Answer::Applied { applied: json(&self.engines.apply(known(&engine)?, wish, bundles).await?)? }
            }
            Ask::Verify { engine, wish } => {
                let bundles = self.authorities.bundles().map_err(failed)?;
                Answer::Verified {
                    verified: json(&self.engines.verify(known(&engine)?, wish, bundles).await?)?,
                }
            }
            Ask::PlanRestore { engine, may_stop_containers } => {
                let plan = self.engines.plan_restore(known(&engine)?, may_stop_containers).await?;
                Answer::Planned { plan: json(&plan)? }
            }
            Ask::Restore { engine, may_stop_containers } => {
                let changes = self.engines.restore(known(&engine)?, may_stop_containers).await?;
                Answer::Applied { applied: json(&changes)? }
            }
            Ask::Repair { engines, wish, quick } => {
                let bundles = self.authorities.bundles().map_err(failed)?;
                let asked = engines.into_iter().map(repair_of).collect::<Result<_, _>>()?;
                let (found, repaired) = self.engines.repair(asked, wish, bundles, quick).await?;
                Answer::Repaired {
                    found: found.iter().map(json).collect::<Result<_, _>>()?,
                    engines: repaired.iter().map(json).collect::<Result<_, _>>()?,
                }
            }
            Ask::ReadLogin { uid, pid, socket, registry, repository, finder, push } => {
                self.may_read_login(uid, socket, &registry, repository.as_deref()).await?;
                let name = [Some(registry), repository].into_iter().flatten().collect::<Vec<_>>().join("/");
                let question = Question { name, finder, push, process: pid };
                let found = self.logins.read(uid, socket, question).await?;
                Answer::Login { login: found.login, failure: found.failure }
            }
            Ask::ClientSecret => Answer::ClientSecret { secret: client_secret::read().await? },
            Ask::UpstreamFacts => {
                Answer::UpstreamFacts { facts: json(&self.engines.upstream_facts().await?)? }
            }
            Ask::Passage { uid, socket, host, port } => {
                let looking = spawn_blocking(move || passage::look(peer::Owner { uid, socket }, &host, port));
                Answer::Passage { passage: looking.await.map_err(failed)? }
            }
            Ask::EnrolledProxy => Answer::EnrolledProxy { url: self.proxies.enrolled().await? },
            Ask::ProcessEgress { uid, socket } => {
                let egress = self.proxies.of_process(peer::Owner { uid, socket }).await?;
                let text = egress.as_ref().map(serde_json::to_string).transpose().map_err(failed)?;
                Answer::ProcessEgress { egress: text.map(Secret::new) }
            }
            Ask::Inventory { engine } => {
                let engine = known(&engine)?;
                let is_podman = engine == EngineId::Podman;
                let theirs = if is_podman { self.storages.read().await } else { Vec::new() };
                let stores = self.engines.inventory(engine, theirs).await?;
                Answer::Inventory { stores: stores.iter().map(json).collect::<Result<_, _>>()? }
            }
        })
    }
}

/// Ports of the gateway's two fronts, which engines are led to.
pub(super) const FRONTS: [u16; 2] = [858, 859];

impl Desk {
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
                let path = self.proxies.enrollment.clone();
                is_for_hub && spawn_blocking(move || signs_in_by_hub(&path)).await.map_err(failed)?
            }
        };
        let why = "a login is read for somebody whose connection to the gateway is open, and this is not";
        if may { Ok(()) } else { Err(Failure::new(Code::BadRequest, why)) }
    }
}

fn leads_to_gateway(uid: u32, socket: u64) -> bool {
    let remote = peer::remote(peer::Owner { uid, socket });
    remote.is_some_and(|remote| remote.ip().is_loopback() && FRONTS.contains(&remote.port()))
}

fn signs_in_by_hub(enrollment: &Path) -> bool {
    let identity = enrollment::read(enrollment).ok().and_then(|enrollment| enrollment.identity);
    identity.is_some_and(|identity| matches!(identity.provider, Provider::DockerHub(_)))
}

fn known(engine: &str) -> Result<EngineId, Failure> {
    let known = engine.parse::<EngineId>();
    let words = || EngineId::ALL.map(EngineId::as_str).join("`, `");
    known.map_err(|_| Failure::new(Code::BadRequest, format!("the engine must be one of `{}`", words())))
}

fn repair_of(asked: RepairOf) -> Result<(EngineId, MayRestart), Failure> {
    let restart = serde_json::from_value(asked.restart);
    let unknown = |_| Failure::new(Code::BadRequest, "the restart must be `no`, `idle` or `anyway`");
    Ok((known(&asked.engine)?, restart.map_err(unknown)?))
}

fn json(value: &impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(value).map_err(failed)
}

pub(super) fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::new(Code::Failed, error.to_string())
}
