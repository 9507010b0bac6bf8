//! What comes by CONNECT and is no image's passes unread: the interception is there for what policy has to read, and a
//! program that trusts its own authority only, or speaks something else than HTTP/1.1, would break on it.
//!
//! | passes unread | by whose word |
//! |---|---|
//! | git of a build, to any host | the kernel's: the process runs this machine's git and an engine of root started it |
//! | a blob that a pull was redirected to, of a registry that the policy names | the registry's, for that host and port, for the engines of the user who was sent there, and 20 minutes |
//! | logs and telemetry | the engine's configuration, and the kernel's that the engine itself asks |
//! | what offers protocols without HTTP/1.1 (gRPC) | the engine's: none of its clients of registries does |
//!
//! The last three never to a host that is a registry: one that the policy names, that has answered as one, or that does so
//! when the gateway asks it. A redirect opens nothing where the host does not answer that question.

use std::sync::Arc;

use http1::{Connection, Request, tunnel};
use tokio::io::AsyncWriteExt;

use super::intercept::intercept;
use crate::{
    gate::Gate,
    ports::{Owner, PassThrough},
    pull::{context::RequestContext, request::engine_of, respond},
    registries::ProbeOutcome,
    tls::peek,
    upstream::{Destination, Network, probe_v2},
};

/// What becomes of a connection.
enum ConnectMode {
    Intercept,
    /// It is read, unless the client turns out to be none of a registry.
    InterceptUnlessForeign,
    PassThrough,
    Refuse(&'static str),
}

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";
const NOT_GIT: &str = "git passes this proxy only where an engine of this machine started it";

/// Leads a connection on its way.
pub(super) async fn handle(
    gate: &Arc<Gate>,
    connection: Connection,
    request: &Request,
    place: Destination,
    owner: Option<Owner>,
) {
    let context = RequestContext::of_connection(gate, owner, engine_of(request));
    match choose(gate, &context, request, &place, owner).await {
        ConnectMode::PassThrough => pass(gate, &context.network, connection, &place, owner).await,
        ConnectMode::Intercept => read(gate, connection, place, owner, None).await,
        ConnectMode::InterceptUnlessForeign => {
            read(gate, connection, place, owner, Some(&context.network)).await
        }
        ConnectMode::Refuse(why) => refuse(connection, &place, why).await,
    }
}

async fn choose(
    gate: &Gate,
    context: &RequestContext,
    request: &Request,
    place: &Destination,
    owner: Option<Owner>,
) -> ConnectMode {
    let is_registry = is_registry(gate, context, place);
    // Its own word opens nothing: it only tells which question is worth asking.
    let may_be_git = request.user_agent().starts_with("git/");
    let is_sent_there =
        owner.is_some_and(|owner| gate.redirects.may_tunnel(owner.uid, place, host::clock::boottime()));
    if !is_registry && is_sent_there && says_otherwise(gate, &context.network, place).await {
        return ConnectMode::PassThrough;
    }
    if !may_be_git && (is_registry || gate.registries.is_token_service(place)) {
        return ConnectMode::Intercept;
    }
    match pass_through(gate, place, owner).await {
        Some(PassThrough::Git) => ConnectMode::PassThrough,
        Some(PassThrough::Logs)
            if !is_registry && !answers_as_registry(gate, &context.network, place).await =>
        {
            ConnectMode::PassThrough
        }
        Some(PassThrough::Logs) => ConnectMode::Intercept,
        None if may_be_git => ConnectMode::Refuse(NOT_GIT),
        None => ConnectMode::InterceptUnlessForeign,
    }
}

/// What root can see of an asking process of its own; what others run is theirs.
async fn pass_through(gate: &Gate, place: &Destination, owner: Option<Owner>) -> Option<PassThrough> {
    let owner = owner.filter(|owner| owner.uid == 0)?;
    gate.ports.pass_through.pass_through(owner, &place.host, place.port).await
}

/// Whether a host is known to be a registry: it answered as one, or the policy names it.
fn is_registry(gate: &Gate, context: &RequestContext, place: &Destination) -> bool {
    let is_hub = || place.registry().is_some_and(|registry| registry.is_docker_hub());
    gate.registries.knows(place) || is_hub() || context.names(place)
}

/// Whether a host that nothing is known of says that it is a registry.
async fn answers_as_registry(gate: &Gate, network: &Network, place: &Destination) -> bool {
    if gate.registries.probe_outcome(place).is_none() {
        probe(gate, network, place).await;
    }
    gate.registries.knows(place)
}

/// Whether a host answers, and as something else than a registry. A registry that gives no answer is one, too.
async fn says_otherwise(gate: &Gate, network: &Network, place: &Destination) -> bool {
    if gate.registries.probe_outcome(place) != Some(ProbeOutcome::UpstreamResult) {
        probe(gate, network, place).await;
    }
    !gate.registries.knows(place)
        && gate.registries.probe_outcome(place) == Some(ProbeOutcome::UpstreamResult)
}

async fn probe(gate: &Gate, network: &Network, place: &Destination) {
    let outcome = match probe_v2(network, place).await {
        Ok(reply) => {
            gate.registries.learn(place, &reply);
            ProbeOutcome::UpstreamResult
        }
        Err(problem) => {
            tracing::debug!(%problem, "a host does not say whether it is a registry");
            ProbeOutcome::Silent
        }
    };
    if !gate.registries.knows(place) {
        gate.registries.learn_probe(place, outcome);
    }
}

async fn read(
    gate: &Arc<Gate>,
    mut connection: Connection,
    place: Destination,
    owner: Option<Owner>,
    unless_foreign: Option<&Network>,
) {
    // Inside the connection it would be too late for words.
    if let Err(error) = gate.ports.certificates.intercept(&place.host).await {
        return respond::no_certificate(&mut connection, &error.to_string()).await;
    }
    if connection.stream.write_all(ESTABLISHED).await.is_err() {
        return;
    }
    let Some(network) = unless_foreign else {
        return intercept(gate, connection, place, owner).await;
    };
    let (wanted, connection) = match peek(connection).await {
        Ok(read) => read,
        Err(error) => return tracing::info!(host = %place.host, %error, "TLS with an engine failed"),
    };
    if wanted.speaks_http1 || answers_as_registry(gate, network, &place).await {
        return intercept(gate, connection, place, owner).await;
    }
    match network.tunnel(&place).await {
        Ok(stream) => carry(gate, connection, Connection::new(stream), &place, owner).await,
        Err(problem) => tracing::info!(%problem, "a tunnel could not be opened"),
    }
}

async fn refuse(mut connection: Connection, place: &Destination, why: &str) {
    tracing::info!(host = %place.host, "a tunnel was refused: {why}");
    respond::no_tunnel(&mut connection, 403, why).await;
}

/// A tunnel. Where there is no way, the engine is told so while it can still be told.
async fn pass(
    gate: &Gate,
    network: &Network,
    mut connection: Connection,
    place: &Destination,
    owner: Option<Owner>,
) {
    let stream = match network.tunnel(place).await {
        Ok(stream) => stream,
        Err(problem) => {
            tracing::info!(%problem, "a tunnel could not be opened");
            return respond::no_tunnel(&mut connection, 502, &problem.words()).await;
        }
    };
    if connection.stream.write_all(ESTABLISHED).await.is_ok() {
        carry(gate, connection, Connection::new(stream), place, owner).await;
    }
}

/// The name inside must be the name outside. What passes ends where its user may not use this front any longer.
async fn carry(
    gate: &Gate,
    connection: Connection,
    far: Connection,
    place: &Destination,
    owner: Option<Owner>,
) {
    let Ok((wanted, connection)) = peek(connection).await else { return };
    let is_address = place.host.parse::<std::net::IpAddr>().is_ok();
    if !wanted.name.map_or(is_address, |name| name == place.host) {
        tracing::warn!(host = %place.host, "a tunnel was closed: the server name inside differs");
        return;
    }
    tokio::select! {
        ended = tunnel(connection, far) => {
            if let Err(error) = ended {
                tracing::debug!(%error, host = %place.host, "a tunnel ended");
            }
        }
        () = gate.no_proxy_any_longer(owner) => {
            tracing::info!(host = %place.host, "a tunnel was closed: its user may not use the proxy front any longer");
        }
    }
}
