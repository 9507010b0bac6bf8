//! Where the gateway itself is the registry's client: it answers challenges for the engine, with the login of the
//! person whose process asked, and of nobody else.

use std::sync::atomic::Ordering;

use http1::{Body, Connection};
use policy::LoginSearch;

use super::{candidates::Candidate, forwarding::Forwarding};
use crate::{
    gate::Gate,
    ports::{Login, LoginAnswer, LoginQuestion},
    pull::{
        local_token,
        request::{PullRequest, Subject},
    },
    upstream::{Challenge, Destination, Exchange, NOBODY_ASKS, Problem, ToChallenge, TokenRequest},
};

/// An answer, and what came of the search for a login, where the gateway looked for one.
pub(super) struct Answer {
    pub(super) exchange: Exchange,
    pub(super) login: Option<LoginSearch>,
    /// What the token service said where it refused.
    pub(super) message: Option<String>,
}

impl Answer {
    /// An answer to the engine's own request.
    fn of_engine(exchange: Exchange) -> Self {
        Self { exchange, login: None, message: None }
    }
}

/// Fetches the answer of one place.
pub(super) async fn fetch(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    engine: &mut Connection,
) -> Result<Answer, Problem> {
    let answer = if candidate.answers_challenges() {
        fetch_as_client(forwarding, candidate, engine).await
    } else {
        candidate.send(forwarding, None, engine).await.map(Answer::of_engine)
    };
    let gate = forwarding.gate;
    if answer.is_ok() && gate.egress_blocked.load(Ordering::Relaxed) {
        let still = gate.ports.egress_monitor.worked(&forwarding.context.network.route.source);
        gate.egress_blocked.store(still, Ordering::Relaxed);
    }
    answer
}

/// Fetches as the registry's client; a challenge is answered once.
async fn fetch_as_client(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    engine: &mut Connection,
) -> Result<Answer, Problem> {
    let Forwarding { gate, request, context, .. } = *forwarding;
    let scope = scope(request, &candidate.path);
    // The login first: a token that was given to nobody is not the one for somebody.
    let (login, search) = if candidate.is_personal() {
        let (login, search) = login(gate, request).await;
        (login, Some(search))
    } else {
        (None, None)
    };
    let answer = |exchange, message| Answer { exchange, login: search.clone(), message };
    let token = TokenRequest {
        network: &context.network,
        registry: &candidate.destination,
        scope: &scope,
        login: login.as_ref(),
    };
    let known = gate.tokens.in_hand(token);
    let first = candidate.send(forwarding, known.as_deref(), engine).await?;
    let challenge = challenge(&first);
    let (401, Body::Empty, Some(challenge)) = (first.reply.status, request.body, challenge) else {
        return Ok(answer(first, None));
    };
    let names = |place: &Destination| context.names(place);
    let fetching = gate.tokens.answer(token, &challenge, &names);
    let fetched = tokio::select! {
        biased;
        fetched = fetching => fetched?,
        () = engine.ended() => return Err(Problem::unreachable(&candidate.destination.host, NOBODY_ASKS)),
    };
    match fetched {
        ToChallenge::Authorization(value) => {
            Ok(answer(candidate.send(forwarding, Some(&value), engine).await?, None))
        }
        ToChallenge::Nothing(message) => Ok(answer(first, message)),
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

/// The login for a request; beside it what a refusal of the registry would mean.
async fn login(gate: &Gate, request: &PullRequest) -> (Option<Login>, LoginSearch) {
    if let Some(login) = sent_login(request) {
        return (Some(login), LoginSearch::Rejected);
    }
    match stored_login(gate, request).await {
        LoginAnswer::Found(login) => (Some(login), LoginSearch::Rejected),
        LoginAnswer::Missing => (None, LoginSearch::Missing),
        LoginAnswer::Failed(why) => (None, LoginSearch::Failed { why }),
    }
}

/// A login that came with the request, as containerd sends the pull secret it was given.
fn sent_login(request: &PullRequest) -> Option<Login> {
    let value = request.request.fields.get("authorization")?;
    if let Some(token) = value.strip_prefix("Bearer ") {
        return local_token::login(token);
    }
    Login::from_basic(value)
}

async fn stored_login(gate: &Gate, request: &PullRequest) -> LoginAnswer {
    let (Subject::Content { repository, .. }, Some(owner)) = (&request.subject, request.owner) else {
        return LoginAnswer::Missing;
    };
    let (engine, push) = (request.engine, request.is_push());
    gate.ports.logins.login(LoginQuestion { owner, repository, engine, push }).await
}
