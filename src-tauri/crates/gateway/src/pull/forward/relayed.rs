//! Where the gateway itself is the registry's client: it answers challenges for the engine, with the login of the
//! person whose process asked, and of nobody else.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::legs::Leg;
use crate::{
    gate::Gate,
    http::{Body, Connection},
    ports::Login,
    pull::{PullRequest, Subject},
    upstream::{Challenge, Exchange, Problem},
};

/// Asks; a challenge is answered once.
pub(super) async fn ask(
    gate: &Gate,
    request: &PullRequest,
    leg: &Leg,
    engine: &mut Connection,
) -> Result<Exchange, Problem> {
    let scope = scope(request, &leg.path);
    // The login first: a token that was given to nobody is not the one for somebody.
    let login = if leg.is_personal() { login(gate, request).await } else { None };
    let known = gate.tokens.in_hand(&leg.destination, &scope, login.as_ref());
    let first = leg.ask(gate, request, known.as_deref(), engine).await?;
    let challenge = challenge(&first);
    let (401, Body::Empty, Some(challenge)) = (first.reply.status, request.body, challenge) else {
        return Ok(first);
    };
    let network = gate.network();
    let answer = gate.tokens.answer(&network, &leg.destination, &challenge, &scope, login.as_ref()).await?;
    match answer {
        Some(authorization) => leg.ask(gate, request, Some(&authorization), engine).await,
        None => Ok(first),
    }
}

/// What the registry wants, tokens before passwords.
fn challenge(exchange: &Exchange) -> Option<Challenge> {
    let mut found: Vec<Challenge> =
        exchange.reply.fields.all("www-authenticate").filter_map(Challenge::parse).collect();
    found.sort_by_key(|challenge| *challenge == Challenge::Basic);
    found.into_iter().next()
}

/// The scope of the request in the registry's own names.
fn scope(request: &PullRequest, path: &str) -> String {
    let actions = if request.is_push() { "pull,push" } else { "pull" };
    let name = path.strip_prefix("/v2/").and_then(|rest| {
        let kinds = ["/manifests/", "/blobs/", "/tags/", "/referrers/"];
        kinds.iter().filter_map(|kind| rest.rfind(kind)).max().map(|at| &rest[..at])
    });
    format!("repository:{}:{actions}", name.unwrap_or_default())
}

async fn login(gate: &Gate, request: &PullRequest) -> Option<Login> {
    match sent_login(request) {
        None => stored_login(gate, request).await,
        sent => sent,
    }
}

/// A login that came with the request, as containerd sends the pull secret it was given.
fn sent_login(request: &PullRequest) -> Option<Login> {
    let value = request.request.fields.get("authorization")?.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (user, secret) = text.split_once(':')?;
    Some(Login { user: user.to_owned(), secret: secret.to_owned() })
}

async fn stored_login(gate: &Gate, request: &PullRequest) -> Option<Login> {
    let Subject::Content { repository, .. } = &request.subject else { return None };
    gate.ports.logins.login(request.owner?, repository.registry().as_str()).await
}
