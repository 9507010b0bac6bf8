//! One request from arrival to answer: which host it is for, and a line in the record whatever comes of it.

use std::convert::Infallible;

use acceptance::internet::{Asked, Kind};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HOST, USER_AGENT};
use hyper::{Request, StatusCode};

use crate::body::{Answer, redirect, text};
use crate::sites::{Registry, Role, SITES, find};
use crate::world::World;
use crate::{content, files, git, hub, registry, tokens, web};

/// Through which door a request came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    Secure,
    Plain,
}

pub(crate) async fn answer(
    world: &World,
    door: Door,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    let mut asked = describe(world, &request);
    let answer = dispatch(world, door, &asked.host, request).await;
    asked.status = answer.status().as_u16();
    world.recorder.record(asked);
    Ok(answer)
}

async fn dispatch(world: &World, door: Door, host: &str, request: Request<Incoming>) -> Answer {
    let Some(site) = find(host) else {
        return text(StatusCode::MISDIRECTED_REQUEST, &format!("{host} does not live here"));
    };
    let plain = matches!(site.role, Role::Files) || site.name.ends_with(":5000");
    if door == Door::Plain && !plain {
        return redirect(&format!("https://{host}{}", request.uri()));
    }
    match site.role {
        Role::Registry(registry) => match realm_path(registry, site.name) {
            Some(path) if path == request.uri().path() => token(world, registry, site.name, request).await,
            Some(_) | None => registry::serve(world, registry, request).await,
        },
        Role::Tokens => match owner(site.name) {
            Some(registry) => token(world, registry, site.name, request).await,
            None => text(StatusCode::NOT_FOUND, "no registry trusts this token server"),
        },
        Role::Content => content::serve(world, request).await,
        Role::Redirector { to } => {
            let rest = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
            match rest.strip_prefix("/v2/") {
                Some("") => text(StatusCode::OK, "{}"),
                Some(rest) => redirect(&format!("https://{to}/{rest}")),
                None => text(StatusCode::NOT_FOUND, "only registries' paths are redirected"),
            }
        }
        Role::Files => files::serve(request.uri().path()),
        Role::Git => git::serve(request).await,
        Role::Hub => hub::serve(world, site.name, request).await,
        Role::Web { behind } => web::serve(world, site.name, behind, request).await,
    }
}

/// Answers a token question, or misbehaves as ordered for this page of the host.
async fn token(world: &World, registry: Registry, host: &str, request: Request<Incoming>) -> Answer {
    if let Some(special) = web::special(&world.manners.of_page(host, request.uri().path())).await {
        return special;
    }
    let (parts, body) = request.into_parts();
    let form = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let form = String::from_utf8_lossy(&form);
    tokens::serve(world, registry, parts.uri.query().unwrap_or_default(), &parts.headers, &form)
}

/// The path of a registry's token server, if it lives on this very host.
fn realm_path(registry: Registry, host: &str) -> Option<&'static str> {
    registry.realm()?.strip_prefix("https://")?.strip_prefix(host)
}

/// The registry whose tokens a host issues.
fn owner(host: &str) -> Option<Registry> {
    SITES.iter().find_map(|site| match site.role {
        Role::Registry(registry) => realm_path(registry, host).map(|_| registry),
        Role::Tokens
        | Role::Content
        | Role::Redirector { .. }
        | Role::Files
        | Role::Git
        | Role::Hub
        | Role::Web { .. } => None,
    })
}

fn describe(world: &World, request: &Request<Incoming>) -> Asked {
    let uri = request.uri();
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let host = uri.authority().map_or(header(HOST), |authority| authority.as_str());
    let (kind, repository) = subject(host, uri.path(), uri.query().unwrap_or_default());
    Asked {
        at: world.recorder.now(),
        host: find(host).map_or(host, |site| site.name).to_owned(),
        method: request.method().to_string(),
        path: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        agent: header(USER_AGENT).to_owned(),
        authorized: request.headers().contains_key(AUTHORIZATION),
        status: 0,
        kind,
        repository,
    }
}

fn subject(host: &str, path: &str, query: &str) -> (Kind, Option<String>) {
    let Some(site) = find(host) else { return (Kind::Other, None) };
    let clear = clear(path);
    match site.role {
        Role::Registry(registry) if realm_path(registry, site.name) == Some(path) => (Kind::Token, None),
        Role::Registry(_) if path == "/v2/" || path == "/v2" => (Kind::Ping, None),
        Role::Registry(Registry { name: registry, .. }) => match registry::place(&clear) {
            Some(place) => (place.kind, Some(format!("{registry}/{}", place.name))),
            None => (Kind::Other, None),
        },
        Role::Redirector { .. } => match registry::place(&clear) {
            Some(place) => (place.kind, Some(format!("{}/{}", site.name, place.name))),
            None => (Kind::Other, None),
        },
        Role::Tokens => (Kind::Token, None),
        Role::Content => {
            (content::KIND, content::repository(path, query).map(|(_, repository, _)| repository))
        }
        Role::Files | Role::Git | Role::Hub | Role::Web { .. } => (Kind::Other, None),
    }
}

/// A path without disguise, so that a request counts for its repository however it is spelled.
fn clear(path: &str) -> String {
    let decoded = tokens::decode(path);
    let steps: Vec<&str> = decoded.split('/').filter(|step| !step.is_empty() && *step != ".").collect();
    format!("/{}", steps.join("/"))
}
