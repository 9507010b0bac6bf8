//! A registry that is away does not keep an engine from asking for its image.
//!
//! Docker's classic store asks `/v2/` for how to log in, and then a token service for a token, before it names the image
//! that it wants. Where neither answers, a blocked image would be told as a network's fault, and an allowed one would be
//! no pull in the journal. So the gateway answers in their place: it sends the engine to itself for a token that is worth
//! nothing, and the request that brings it is judged, or told what was wrong. The token never leaves the machine, and
//! nobody is told that a login was good.

use std::time::Duration;

use http1::{Body, Connection, Reply};
use policy_text::render::UnreachableCause;

use super::outcome;
use crate::{
    gate::Gate,
    pull::{
        request::{Addressing, PullRequest, Subject},
        respond::{self, After, Response},
    },
    upstream::{Destination, Problem, Scheme, Timeouts},
};

/// The address of the gateway's own token service, on the host of the registry that it stands in for.
const PATH: &str = "/.pullgate/token";
const TOKEN: &str = "pullgate-registry-did-not-answer";

/// Docker gives up a question to `/v2/` after 15 s: a connection has two of them, an answer ten.
const PING: Timeouts = Timeouts { open: Some(Duration::from_secs(2)), answer: Duration::from_secs(10) };
/// For a registry that was slow before.
const PING_OF_SLOW: Timeouts =
    Timeouts { open: Some(Duration::from_secs(10)), answer: Duration::from_secs(4) };
/// What a registry has that was just found silent.
const ONCE_MORE: Timeouts = Timeouts { open: Some(Duration::from_secs(5)), answer: Timeouts::DEFAULT.answer };

/// How long this request waits for the registry.
pub(super) fn timeouts(gate: &Gate, request: &PullRequest) -> Timeouts {
    let may = may_stand_in(gate, request);
    if may && gate.registries.is_slow(&registry(gate, request)) {
        PING_OF_SLOW
    } else if may {
        PING
    } else if has_our_token(request) {
        ONCE_MORE
    } else {
        Timeouts::DEFAULT
    }
}

/// Whether the request only asks how to log in, or for a token to pull by, so that the image is still to be named.
pub(super) fn may_stand_in(gate: &Gate, request: &PullRequest) -> bool {
    if request.addressing != Addressing::Proxy || !request.request.is_read() || request.body != Body::Empty {
        return false;
    }
    match request.subject {
        Subject::Ping => true,
        Subject::Plain => {
            asks_for_repository(request)
                && gate.registries.of_tokens(&request.destination, &request.path).is_some()
        }
        Subject::Content { .. } | Subject::Unlisted { .. } | Subject::Catalog | Subject::Token => false,
    }
}

/// A registry with trouble of its own cannot say how to log in.
pub(super) fn is_trouble_of_ping(request: &PullRequest, reply: &Reply) -> bool {
    request.subject == Subject::Ping && request.addressing == Addressing::Proxy && reply.status >= 500
}

pub(super) fn trouble_of_ping(request: &PullRequest, reply: &Reply) -> Problem {
    Problem::unreachable(&request.destination.host, format!("it answered {}", reply.status))
}

/// Answers in the place of a registry or token service that gave no answer.
pub(super) async fn stand_in(
    gate: &Gate,
    request: &PullRequest,
    problem: Problem,
    engine: &mut Connection,
) -> After {
    gate.registries.gave_no_answer(&registry(gate, request), problem);
    if request.subject == Subject::Plain {
        return token(request, engine).await;
    }
    let scheme = match request.destination.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    let host = request.destination.authority();
    let extra =
        format!("WWW-Authenticate: Bearer realm=\"{scheme}://{host}{PATH}\",service=\"pullgate\"\r\n");
    let body = respond::error_body("UNAUTHORIZED", "name the image: the registry does not answer");
    let response = Response { extra: &extra, ..Response::new(401, "Unauthorized", body) };
    respond::send(request, engine, &response).await
}

/// Whether a token of ours is asked for.
pub(super) fn is_for_us(request: &PullRequest) -> bool {
    let path = request.path.split('?').next().unwrap_or_default();
    request.addressing == Addressing::Proxy && request.subject == Subject::Plain && path == PATH
}

/// Gives the token to whoever wants to pull. Who only logs in is told that nobody can say whether the login is good.
pub(super) async fn answer_token(gate: &Gate, request: &PullRequest, engine: &mut Connection) -> After {
    // An identity token comes in a body, which nobody needs here.
    if asks_for_repository(request) || request.body != Body::Empty {
        return token(request, engine).await;
    }
    let problem = gate.registries.unanswered(&request.destination).unwrap_or_else(|| too_late(request));
    let (words, _) = outcome::of_problem(&problem);
    let body = respond::error_body("UNAVAILABLE", &words.sentence);
    respond::send(request, engine, &Response::new(503, &words.phrase, body)).await
}

async fn token(request: &PullRequest, engine: &mut Connection) -> After {
    let token = serde_json::json!({ "token": TOKEN, "access_token": TOKEN, "expires_in": 60 });
    let body = serde_json::to_vec(&token).unwrap_or_default();
    respond::send(request, engine, &Response::ok(body)).await
}

/// Whether a request brings the token that is worth nothing.
pub(super) fn has_our_token(request: &PullRequest) -> bool {
    let token = request.request.fields.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    request.addressing == Addressing::Proxy && token == Some(TOKEN)
}

/// Whether a registry that gave no answer is there now and wants the login that was not sent.
pub(super) fn is_late(request: &PullRequest, reply: &Reply) -> bool {
    has_our_token(request) && matches!(reply.status, 401 | 403)
}

/// What is told then: a token service that is away stays the cause.
pub(super) fn late(gate: &Gate, request: &PullRequest) -> Problem {
    let known = gate.registries.unanswered(&request.destination);
    gate.registries.answered_late(&request.destination);
    known.filter(|problem| !problem.is_of(&request.destination.host)).unwrap_or_else(|| too_late(request))
}

fn too_late(request: &PullRequest) -> Problem {
    Problem::unreachable(&request.destination.host, UnreachableCause::TooLate.in_short())
}

/// The registry that a request is about.
fn registry(gate: &Gate, request: &PullRequest) -> Destination {
    let of_tokens = gate.registries.of_tokens(&request.destination, &request.path);
    of_tokens.unwrap_or_else(|| request.destination.clone())
}

fn asks_for_repository(request: &PullRequest) -> bool {
    let query = request.path.split_once('?').map_or("", |(_, query)| query);
    query
        .split('&')
        .any(|pair| pair.starts_with("scope=repository%3A") || pair.starts_with("scope=repository:"))
}
