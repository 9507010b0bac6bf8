//! The proxy front: a forward proxy for engines. Tunnels are opened up, with two narrow exceptions.

use std::{net::SocketAddr, sync::Arc};

use policy::Held;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use super::{
    PullRequest, Subject, Way, engine,
    intercept::intercept,
    path::{Shape, shape},
    refuse_disguise,
    requests::{self, Ends},
};
use crate::{
    gate::Gate,
    http::{Body, Connection, Request, Target, tunnel},
    ports::Owner,
    pull::{self, After, deny},
    stream::Stream,
    tls::peek_server_name,
    upstream::{Destination, Scheme},
};

/// Serves one connection of an engine that uses the gateway as its proxy.
pub(crate) async fn proxy(gate: Arc<Gate>, socket: TcpStream, client: SocketAddr) {
    let ends = Ends { client, server: socket.local_addr().ok() };
    let mut connection = Connection::new(Stream::Plain(socket));
    let mut known_owner = None;
    while let Some((request, body)) = requests::next(&mut connection).await {
        let after = match &request.target {
            Target::Authority(authority) => {
                let authority = authority.clone();
                return connect(&gate, connection, &request, &authority, ends).await;
            }
            Target::Absolute { authority, path } => {
                let place = Destination::from_authority(Scheme::Http, authority);
                let (path, owner) = (path.clone(), *known_owner.get_or_insert_with(|| ends.owner(&gate)));
                match place
                    .ok_or_else(|| "the host of the request is not `host:port`".to_owned())
                    .and_then(|place| understand(request, body, place, &path, owner))
                {
                    Ok(request) => pull::answer(&gate, request, &mut connection).await,
                    Err(why) => refuse(&mut connection, &why).await,
                }
            }
            Target::Origin(_) => {
                refuse(
                    &mut connection,
                    "this is a proxy for container engines; it serves no pages of its own",
                )
                .await
            }
        };
        if after != After::KeepOpen {
            return requests::end(connection, after).await;
        }
    }
    deny::close(connection).await;
}

/// Makes a pull request of what came for a known destination.
pub(super) fn understand(
    request: Request,
    body: Body,
    destination: Destination,
    target: &str,
    owner: Option<Owner>,
) -> Result<PullRequest, String> {
    let (path, query) = split_query(target);
    let found = shape(path).map_err(|error| error.to_string())?;
    let (subject, path) = match found {
        Shape::Ping => (Subject::Ping, target.to_owned()),
        Shape::Catalog => (Subject::Catalog, target.to_owned()),
        Shape::Other => (Subject::Plain, target.to_owned()),
        Shape::Content { name, object } => {
            let registry = destination.registry().ok_or("the host is not the name of a registry")?;
            let repository =
                image_ref::Repository::new(registry, &name).map_err(|error| format!("`{name}`: {error}"))?;
            let path = format!("{}{query}", object.path(repository.path()));
            (Subject::Content { repository, object }, path)
        }
    };
    refuse_disguise(&subject, &request)?;
    let engine = engine::engine(&request);
    Ok(PullRequest { engine, owner, subject, way: Way::Proxy, destination, path, request, body })
}

/// The path, and the query with its question mark.
pub(super) fn split_query(target: &str) -> (&str, &str) {
    target.find('?').map_or((target, ""), |at| target.split_at(at))
}

async fn refuse(connection: &mut Connection, why: &str) -> After {
    deny::malformed(connection, why).await;
    After::Close
}

async fn connect(
    gate: &Arc<Gate>,
    mut connection: Connection,
    request: &Request,
    authority: &str,
    ends: Ends,
) {
    let host_agrees = request.host().eq_ignore_ascii_case(authority)
        || Destination::from_authority(Scheme::Https, request.host())
            == Destination::from_authority(Scheme::Https, authority);
    let place = Destination::from_authority(Scheme::Https, authority).filter(|_| host_agrees);
    let Some(place) = place else {
        return deny::malformed(&mut connection, "`Host` and the address of CONNECT differ").await;
    };
    if ends.server.is_some_and(|own| is_own(&place, own)) {
        return deny::malformed(&mut connection, "the gateway does not connect to itself").await;
    }
    let is_git = request.user_agent().starts_with("git/");
    let passes = (is_git || gate.redirects.may_tunnel(&place)) && !is_registry(gate, &place);
    // Inside the connection it would be too late for words.
    if !passes && let Err(error) = gate.ports.leaves.intercept(&place.host).await {
        return deny::no_certificate(&mut connection, &error.to_string()).await;
    }
    let established = b"HTTP/1.1 200 Connection established\r\n\r\n";
    if connection.stream.write_all(established).await.is_err() {
        return;
    }
    if passes {
        return pass_through(gate, connection, &place).await;
    }
    intercept(gate, connection, place, ends).await;
}

/// Whether a host is known to be a registry: it was asked as one, or the policy names it.
fn is_registry(gate: &Gate, place: &Destination) -> bool {
    let named = |registry: &image_ref::Registry| match &gate.situation().held {
        Held::Current(policy) => policy.registries().iter().any(|pattern| pattern.matches(registry)),
        Held::Absent | Held::Unusable { .. } => false,
    };
    gate.redirects.knows_registry(place)
        || place.registry().is_some_and(|registry| registry.is_docker_hub() || named(&registry))
}

fn is_own(place: &Destination, own: SocketAddr) -> bool {
    let is_here = |host: std::net::IpAddr| {
        let host = host.to_canonical();
        host.is_loopback() || host.is_unspecified() || host == own.ip()
    };
    let here = place.host == "localhost" || place.host.parse().is_ok_and(is_here);
    here && place.port == own.port()
}

/// A tunnel, for content that is checked by its digest or is none: the name inside must be the name outside.
async fn pass_through(gate: &Gate, connection: Connection, place: &Destination) {
    let Ok((name, connection)) = peek_server_name(connection).await else { return };
    let is_address = place.host.parse::<std::net::IpAddr>().is_ok();
    let agrees = name.map_or(is_address, |name| name == place.host);
    if !agrees {
        tracing::warn!(host = %place.host, "a tunnel was closed: the server name inside differs");
        return;
    }
    match gate.network().tunnel(place).await {
        Ok(stream) => {
            if let Err(error) = tunnel(connection, Connection::new(stream)).await {
                tracing::debug!(%error, host = %place.host, "a tunnel ended");
            }
        }
        Err(problem) => tracing::info!(%problem, "a tunnel could not be opened"),
    }
}
