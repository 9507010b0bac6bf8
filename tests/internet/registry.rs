//! A pretended registry: challenges, special manners, redirects of blobs; everything else is the warehouse's word.

use acceptance::internet::{Kind, Manner};
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use crate::body::{Answer, full, incoming, json as reply, oci_error, redirect};
use crate::manners::spoil;
use crate::sites::{Access, Registry};
use crate::tokens::{basic_challenge, challenge, person};
use crate::world::World;
use crate::{content, tags, web};

/// The parts of `/v2/<name>/<kind>/<rest>`.
pub(crate) struct Place<'a> {
    pub(crate) name: &'a str,
    pub(crate) kind: Kind,
    /// What follows the name, with its leading slash.
    pub(crate) rest: &'a str,
}

/// Reads a path of the distribution API; `None` if it names no repository.
pub(crate) fn place(path: &str) -> Option<Place<'_>> {
    const KINDS: [(&str, Kind); 5] = [
        ("/blobs/uploads", Kind::Upload),
        ("/manifests/", Kind::Manifest),
        ("/blobs/", Kind::Blob),
        ("/tags/list", Kind::Tags),
        ("/referrers/", Kind::Referrers),
    ];
    let path = path.strip_prefix("/v2/")?;
    KINDS.iter().find_map(|&(mark, kind)| {
        let at = path.rfind(mark)?;
        Some(Place { name: &path[..at], kind, rest: &path[at..] })
    })
}

pub(crate) async fn serve(world: &World, registry: Registry, request: Request<Incoming>) -> Answer {
    let path = request.uri().path().to_owned();
    if path == "/v2/" || path == "/v2" {
        return ping(world, registry, &request);
    }
    if path == "/v1/search" {
        return reply(StatusCode::OK, &json!({"num_results": 0, "results": []}));
    }
    let Some(place) = place(&path) else {
        return oci_error(StatusCode::NOT_FOUND, "UNSUPPORTED", "there is nothing here");
    };
    let repository = format!("{}/{}", registry.name, place.name);
    if let Some(refused) = authorize(world, registry, &place, &repository, &request) {
        return refused;
    }
    let manners = world.manners.of(&repository);
    if let Some(special) = special(&manners, &place).await {
        return special;
    }
    let redirects = place.kind == Kind::Blob && !manners.contains(&Manner::InlineBlobs);
    if let (true, Some(host)) = (redirects, registry.content) {
        return to_content(world, registry, host, &path, &repository).await;
    }
    let target = request.uri().path_and_query().map_or(path.clone(), ToString::to_string);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let (parts, body) = request.into_parts();
    let answer =
        world.warehouse.ask(registry.folder, &target, parts.method, parts.headers, incoming(body)).await;
    match place.kind {
        Kind::Blob => answer.map(|body| spoil(body, &manners)),
        Kind::Tags => tags::page(answer, &query).await,
        Kind::Ping
        | Kind::Manifest
        | Kind::Content
        | Kind::Referrers
        | Kind::Upload
        | Kind::Token
        | Kind::Other => answer,
    }
}

fn ping(world: &World, registry: Registry, request: &Request<Incoming>) -> Answer {
    match registry.access {
        Access::Tokens(realm) if world.tokens.of(request.headers()).is_none() => {
            challenge(registry, realm, None, false)
        }
        Access::Basic if person(request.headers()).is_none() => basic_challenge(registry),
        Access::Tokens(_) | Access::Basic | Access::Open => reply(StatusCode::OK, &json!({})),
    }
}

fn authorize(
    world: &World,
    registry: Registry,
    place: &Place<'_>,
    repository: &str,
    request: &Request<Incoming>,
) -> Option<Answer> {
    let realm = match registry.access {
        Access::Open => return None,
        Access::Basic => return person(request.headers()).is_none().then(|| basic_challenge(registry)),
        Access::Tokens(realm) => realm,
    };
    let reads = request.method() == Method::GET || request.method() == Method::HEAD;
    let action = if reads && place.kind != Kind::Upload { "pull" } else { "push" };
    let grants = world.tokens.of(request.headers());
    let fits = |grant: &(String, String)| grant.0 == repository && grant.1 == action;
    if grants.as_ref().is_some_and(|grants| grants.iter().any(fits)) {
        return None;
    }
    let actions = if action == "push" { "pull,push" } else { "pull" };
    let scope = format!("repository:{}:{actions}", place.name);
    Some(challenge(registry, realm, Some(&scope), grants.is_some()))
}

async fn special(manners: &[Manner], place: &Place<'_>) -> Option<Answer> {
    for manner in manners {
        match manner {
            Manner::Slow { .. } | Manner::Answers { .. } | Manner::Refuses { .. } => {
                if let Some(answer) = web::special(std::slice::from_ref(manner)).await {
                    return Some(answer);
                }
            }
            Manner::Redirects { to } => return Some(elsewhere(to, place)),
            Manner::RedirectsBlobs { to } if place.kind == Kind::Blob => return Some(elsewhere(to, place)),
            Manner::RedirectsBlobs { .. }
            | Manner::CutsBlobs { .. }
            | Manner::Drips { .. }
            | Manner::InlineBlobs => {}
        }
    }
    None
}

fn elsewhere(to: &str, place: &Place<'_>) -> Answer {
    let (host, repository) = to.split_once('/').unwrap_or((to, place.name));
    redirect(&format!("https://{host}/v2/{repository}{}", place.rest))
}

async fn to_content(world: &World, registry: Registry, host: &str, path: &str, repository: &str) -> Answer {
    let found =
        world.warehouse.ask(registry.folder, path, Method::HEAD, hyper::HeaderMap::new(), full("")).await;
    if !found.status().is_success() {
        return found;
    }
    let digest = path.rsplit('/').next().unwrap_or_default();
    redirect(&content::address(host, registry.folder, repository, digest))
}
