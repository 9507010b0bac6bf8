//! The mirror front: the distribution API on loopback, with the registry in the path or in `ns`.

use std::sync::Arc;

use http1::{Body, Connection, Request, Stream, Target};
use image_ref::{Registry, Repository};
use policy::{Engine, Front};
use tokio::net::TcpStream;

use super::{lookaside, parse::split_query, requests::serve};
use crate::{
    gate::Gate,
    ports::Owner,
    pull::{
        local_token,
        path::{Object, Shape, decoded, shape},
        request::{Addressing, PullRequest, ResolvedNetwork, Subject, engine_of, family_of, refuse_disguise},
    },
    tls::Hello,
    upstream::{ByFamily, Destination, EngineFamily, Network},
};

/// The first path segment that stands for every registry the policy does not name. It is no host name.
const UNLISTED: &str = "unlisted";

/// Serves one connection of an engine that uses the gateway as a registry.
pub(crate) async fn mirror(gate: Arc<Gate>, socket: TcpStream, owner: Option<Owner>) {
    // Who says nothing has nothing looked up.
    let hello = match Hello::read(Connection::new(Stream::Plain(socket))).await {
        Ok(hello) => hello,
        Err(error) => return tracing::info!(%error, "TLS with an engine failed on the mirror front"),
    };
    let accepted = async {
        let config = gate.ports.certificates.mirror().await.map_err(|error| error.to_string())?;
        hello.accept(config).await.map_err(|error| error.to_string())
    };
    // Both take a moment, and neither needs the other.
    let (accepted, own) = tokio::join!(accepted, gate.network_of(owner));
    let peer = Peer { owner, own };
    match accepted {
        Ok(connection) => {
            serve(&gate, connection, |request, body| understand(&gate, request, body, &peer)).await;
        }
        Err(why) => tracing::info!(why, "TLS with an engine failed on the mirror front"),
    }
}

/// Who is at the other end.
pub(super) struct Peer {
    pub(super) owner: Option<Owner>,
    /// The way out that the asking process has of its own.
    pub(super) own: Option<ByFamily>,
}

fn network(gate: &Gate, peer: &Peer, engine: Engine, family: EngineFamily) -> Arc<Network> {
    match &peer.own {
        Some(networks) => Arc::clone(networks.of(family)),
        None => gate.network(peer.owner, engine, Front::Mirror, family),
    }
}

fn understand(gate: &Gate, request: Request, body: Body, peer: &Peer) -> Result<PullRequest, String> {
    let Target::Origin(target) = request.target.clone() else {
        return Err("this is a registry, not a proxy".into());
    };
    let (path, query) = split_query(&target);
    let (engine, family) = (engine_of(&request), family_of(&request, query));
    if local_token::is_asked_for(&request.target) {
        let addressing = Addressing::MirrorPath { registry: String::new() };
        let destination = Destination::of_registry(&Registry::docker_hub());
        let (subject, path) = (Subject::Token, local_token::PATH.to_owned());
        let (owner, network) = (peer.owner, None);
        return Ok(PullRequest {
            engine,
            family,
            owner,
            subject,
            addressing,
            destination,
            path,
            request,
            body,
            network,
        });
    }
    if lookaside::is_one(path) {
        let network = network(gate, peer, engine, family);
        return lookaside::understand(network, request, body, &target, peer.owner);
    }
    let (subject, addressing, registry, upstream_path) =
        match shape(path).map_err(|error| error.to_string())? {
            Shape::Content { name, object } => content(&name, object, query)?,
            Shape::Ping | Shape::Other if is_ping(path) => {
                let addressing = Addressing::MirrorPath { registry: String::new() };
                (Subject::Ping, addressing, Registry::docker_hub(), "/v2/".to_owned())
            }
            Shape::Ping | Shape::Catalog | Shape::Other => {
                return Err("the mirror serves `/v2/<registry>/<repository>/…` and nothing else".into());
            }
        };
    refuse_disguise(&subject, &request)?;
    let network = network(gate, peer, engine, family);
    let home = Destination::of_registry(&registry);
    let home = match &subject {
        Subject::Content { repository, .. } => network.for_repository(home, repository),
        Subject::Unlisted { .. } | Subject::Ping | Subject::Catalog | Subject::Token | Subject::Plain => home,
    };
    let destination = network.effective(&home);
    let (owner, network) = (peer.owner, Some(ResolvedNetwork(network)));
    let path = upstream_path;
    Ok(PullRequest { engine, family, owner, subject, addressing, destination, path, request, body, network })
}

/// `/v2/`, also below a registry's path.
fn is_ping(path: &str) -> bool {
    let rest = path.strip_prefix("/v2").unwrap_or("-");
    rest.trim_matches('/').split('/').count() <= 1 && !rest.starts_with('-')
}

/// What a name and a query mean: about what, by which way, of which registry, and the path there.
pub(crate) fn content(
    name: &str,
    object: Object,
    query: &str,
) -> Result<(Subject, Addressing, Registry, String), String> {
    let (namespace, query) = match namespace(query) {
        Some((registry, rest)) => (Some(registry_of(&registry, "`ns`")?), rest),
        None => (None, query.to_owned()),
    };
    let first = name.split_once('/');
    match (namespace, first) {
        (_, Some((UNLISTED, rest))) => {
            let addressing = Addressing::MirrorPath { registry: UNLISTED.to_owned() };
            Ok((
                Subject::Unlisted { path: rest.to_owned() },
                addressing,
                Registry::docker_hub(),
                object.path(rest),
            ))
        }
        // containerd says the registry once more in `ns` where its own path says it already.
        (Some(registry), Some((first, _))) if registry_of(first, "").is_ok_and(|named| named == registry) => {
            content(name, object, &query)
        }
        (Some(registry), _) => {
            let addressing = Addressing::MirrorNamespace { registry: registry.to_string() };
            of_repository(registry, name, object, &query, addressing)
        }
        (None, Some((first, rest))) if is_host(first) => {
            let addressing = Addressing::MirrorPath { registry: first.to_owned() };
            of_repository(registry_of(first, &format!("`{first}`"))?, rest, object, &query, addressing)
        }
        (None, _) => Err(format!(
            "`{name}` does not say which registry is meant: `/v2/<registry>/<repository>/…` or `?ns=<registry>`"
        )),
    }
}

fn of_repository(
    registry: Registry,
    name: &str,
    object: Object,
    query: &str,
    addressing: Addressing,
) -> Result<(Subject, Addressing, Registry, String), String> {
    let repository = Repository::new(registry.clone(), name).map_err(|error| format!("`{name}`: {error}"))?;
    let path = format!("{}{query}", object.path(repository.path()));
    Ok((Subject::Content { repository, object }, addressing, registry, path))
}

/// Whether the first segment names a registry, as engines tell one from a namespace.
fn is_host(segment: &str) -> bool {
    segment.contains(['.', ':']) || segment.contains("__") || segment == "localhost"
}

/// A colon cannot stand in every engine's path, so a port may be set off by two underscores: `host__5000`.
fn registry_of(text: &str, place: &str) -> Result<Registry, String> {
    let spelled = match text.rsplit_once("__") {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => format!("{host}:{port}"),
        Some(_) | None => text.to_owned(),
    };
    Registry::parse(&spelled).map_err(|error| format!("{place}: {error}"))
}

/// Takes the one `ns` out of a query; one that is spelled in another way is another reader's, and refused.
fn namespace(query: &str) -> Option<(String, String)> {
    let mut found = None;
    let mut rest = Vec::new();
    for part in query.trim_start_matches('?').split('&').filter(|part| !part.is_empty()) {
        match part.strip_prefix("ns=") {
            Some(value) if found.is_none() => found = Some(value.replace("%3A", ":").replace("%3a", ":")),
            Some(_) => return Some((String::new(), String::new())),
            None if is_namespace(part) => return Some((String::new(), String::new())),
            None => rest.push(part),
        }
    }
    let rest = if rest.is_empty() { String::new() } else { format!("?{}", rest.join("&")) };
    found.map(|registry| (registry, rest))
}

fn is_namespace(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default();
    decoded(name).is_none_or(|name| name.trim().eq_ignore_ascii_case("ns"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_named_by_path_or_by_ns() {
        let (subject, addressing, registry, path) =
            content("docker.io/library/nginx", Object::Tags, "?n=5").unwrap();
        let repository = Repository::parse("nginx").unwrap();
        assert_eq!(subject, Subject::Content { repository: repository.clone(), object: Object::Tags });
        assert_eq!(addressing, Addressing::MirrorPath { registry: "docker.io".into() });
        assert_eq!((registry.is_docker_hub(), path.as_str()), (true, "/v2/library/nginx/tags/list?n=5"));
        let (subject, addressing, _, path) =
            content("library/nginx", Object::Tags, "?ns=docker.io&n=5").unwrap();
        assert_eq!(subject, Subject::Content { repository, object: Object::Tags });
        assert_eq!(addressing, Addressing::MirrorNamespace { registry: "docker.io".into() });
        assert_eq!(path, "/v2/library/nginx/tags/list?n=5");
        let (_, _, registry, _) = content("a/b", Object::Tags, "?ns=203.0.113.9%3A5000").unwrap();
        assert_eq!(registry.as_str(), "203.0.113.9:5000");
    }

    #[test]
    fn containerd_says_the_registry_in_path_and_ns() {
        let (subject, addressing, ..) =
            content("docker.io/library/nginx", Object::Tags, "?ns=docker.io").unwrap();
        let repository = Repository::parse("nginx").unwrap();
        assert_eq!(subject, Subject::Content { repository, object: Object::Tags });
        assert_eq!(addressing, Addressing::MirrorPath { registry: "docker.io".into() });
    }

    #[test]
    fn a_port_stands_behind_two_underscores() {
        let (subject, ..) = content("reg.example__5000/a", Object::Tags, "").unwrap();
        let repository = Repository::parse("reg.example:5000/a").unwrap();
        assert_eq!(subject, Subject::Content { repository, object: Object::Tags });
    }

    #[test]
    fn a_path_that_names_no_registry_or_two_is_refused() {
        for (name, query) in [
            ("nginx", ""),
            ("a/b", ""),
            ("a/b", "?ns=a&ns=b"),
            ("a/b", "?ns="),
            ("docker.io/a/b", "?n=1&%6es=quay.io"),
            ("a/b", "?ns=docker.io&NS=quay.io"),
            ("a_b/c", ""),
        ] {
            assert!(content(name, Object::Tags, query).is_err(), "{name}{query}");
        }
    }

    #[test]
    fn the_route_of_unlisted_registries_names_none() {
        let (subject, ..) = content("unlisted/a/b", Object::Tags, "").unwrap();
        assert_eq!(subject, Subject::Unlisted { path: "a/b".into() });
    }

    #[test]
    fn every_registry_answers_its_ping() {
        assert!(is_ping("/v2/") && is_ping("/v2") && is_ping("/v2/docker.io/") && is_ping("/v2/docker.io"));
        assert!(!is_ping("/v2/a/b") && !is_ping("/") && !is_ping("/v1/"));
    }
}
