//! Step 4b. Goes to the registry with a permit, and brings its answer to the engine as it comes.

mod answer;
mod candidates;
pub(super) mod forwarding;
mod hub_denial;
mod location;
mod mount;
mod outcome;
mod product;
mod refusal;
mod registry_client;
mod unanswered;

use std::sync::atomic::Ordering;

use http1::{Body, Connection};
use tokio::io::AsyncWriteExt;

use super::{
    local_token, notify,
    request::{Addressing, PullRequest, Subject},
    respond::{self, After, Response},
};
use crate::upstream::{Problem, error_message};
use candidates::Candidate;
use forwarding::{ERROR_LIMIT, Forwarding};
use registry_client::{Answer, fetch};

const MOST_REDIRECTS: usize = 5;

/// Forwards one permitted request.
pub(super) async fn forward(forwarding: Forwarding<'_>, engine: &mut Connection) -> After {
    let Forwarding { gate, request, .. } = forwarding;
    if request.subject == Subject::Ping && candidates::answers_ping_itself(&forwarding) {
        let body = b"{}".to_vec();
        return respond::send(request, engine, &Response::ok(body)).await;
    }
    if request.body != Body::Empty && !invite_body(request, engine).await {
        return After::Close;
    }
    if unanswered::is_for_us(request) {
        return unanswered::answer_token(gate, request, engine).await;
    }
    let mut last = None;
    let candidates = candidates::candidates(&forwarding);
    let count = candidates.len();
    for (index, candidate) in candidates.iter().enumerate() {
        let is_last = index + 1 == count;
        match fetch(&forwarding, candidate, engine).await {
            Ok(Answer { exchange, .. }) if unanswered::is_late(request, &exchange.reply) => {
                let problem = unanswered::late(gate, request);
                return not_us(&forwarding, &problem, engine).await;
            }
            Ok(Answer { exchange, .. }) if unanswered::is_trouble_of_ping(request, &exchange.reply) => {
                last = Some(unanswered::trouble_of_ping(request, &exchange.reply));
            }
            Ok(answer)
                if is_last
                    && let Some(there) =
                        location::to_follow(&forwarding, candidate, &answer.exchange.reply) =>
            {
                return followed(&forwarding, there, engine).await;
            }
            Ok(answer) if is_last => return last_word(&forwarding, candidate, answer, engine).await,
            Ok(Answer { exchange, .. }) if exchange.reply.is_success() || exchange.reply.is_redirect() => {
                return answer::deliver(&forwarding, candidate, exchange, engine).await;
            }
            Ok(Answer { exchange, .. }) => {
                tracing::info!(place = %candidate.destination.host, status = exchange.reply.status, "a mirror has it not")
            }
            // Nothing is known of the registry.
            Err(_) if engine.has_ended() => return ended(engine).await,
            Err(problem) => {
                tracing::info!(%problem, "no answer from upstream");
                last = Some(problem);
            }
        }
    }
    let problem =
        last.unwrap_or_else(|| Problem::unreachable(&request.destination.host, "there is no place to ask"));
    if unanswered::may_stand_in(gate, request) {
        return unanswered::stand_in(gate, request, problem, engine).await;
    }
    not_us(&forwarding, &problem, engine).await
}

/// Content of a registry with a trust of its own, from the place that it sends clients to. The engine would not
/// believe that place: it knows the registry as an address on this machine.
async fn followed(forwarding: &Forwarding<'_>, mut candidate: Candidate, engine: &mut Connection) -> After {
    for _ in 0..MOST_REDIRECTS {
        match candidate.send(forwarding, None, engine).await {
            Err(_) if engine.has_ended() => return After::Close,
            Err(problem) => return not_us(forwarding, &problem, engine).await,
            Ok(exchange) => match location::to_follow(forwarding, &candidate, &exchange.reply) {
                Some(further) => candidate = further,
                None => return answer::deliver(forwarding, &candidate, exchange, engine).await,
            },
        }
    }
    let problem = Problem::unreachable(&candidate.destination.host, "it is one of too many redirects");
    not_us(forwarding, &problem, engine).await
}

/// Brings the answer of the last place to the engine, in the words of whoever refused, if anybody did.
async fn last_word(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    answer: Answer,
    engine: &mut Connection,
) -> After {
    let (request, reply) = (forwarding.request, &answer.exchange.reply);
    if reply.status == 401 && request.addressing != Addressing::Proxy {
        return unauthorized(forwarding, answer, engine).await;
    }
    let is_hub = candidate.destination.registry().is_some_and(|registry| registry.is_docker_hub());
    if hub_denial::may_be(request, reply)
        && let Some(message) = hub_denial::fetch_message(forwarding, candidate, engine).await
    {
        return hub_denial::pass_on(forwarding, message, engine).await;
    }
    if !is_hub && refusal::may_be(request, reply) {
        return refusal::pass_on(forwarding, candidate, answer.exchange, engine).await;
    }
    answer::deliver(forwarding, candidate, answer.exchange, engine).await
}

/// The engine left, or what it sent is no proper body, and then it is told so.
async fn ended(engine: &mut Connection) -> After {
    if engine.is_malformed() {
        respond::bad_request(engine, "the chunked body is malformed").await;
    }
    After::Close
}

/// Clients that wait for a go-ahead before they send a body get it.
async fn invite_body(request: &PullRequest, engine: &mut Connection) -> bool {
    if !request.request.fields.lists("expect", "100-continue") {
        return true;
    }
    engine.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_ok()
        && engine.stream.flush().await.is_ok()
}

/// The engine knows the registry as an address on this machine, so it is told which one wants another login, and what
/// came of looking for one.
async fn unauthorized(forwarding: &Forwarding<'_>, answer: Answer, engine: &mut Connection) -> After {
    let Forwarding { gate, request, decision, .. } = *forwarding;
    let registry = request.destination.registry().map(|registry| registry.to_string()).unwrap_or_default();
    let is_json = error_message::is_json(&answer.exchange.reply);
    let said =
        answer.exchange.read(ERROR_LIMIT).await.ok().and_then(|body| error_message::message(is_json, &body));
    let message = answer.message.or(said).unwrap_or_default();
    let (words, answered) = outcome::of_unauthorized(request, &registry, message, answer.login);
    notify::emit_outcome(gate, decision, None, answered);
    let body = respond::error_body("UNAUTHORIZED", &words.sentence);
    let bearer = local_token::challenge(request, &words.phrase).unwrap_or_default();
    let extra = format!("{bearer}WWW-Authenticate: Basic realm=\"registry login\"\r\n");
    respond::send(request, engine, &Response { extra: &extra, ..Response::new(401, &words.phrase, body) })
        .await
}

/// Says that the registry, its token service, its certificate or the network is at fault, and not the policy.
async fn not_us(forwarding: &Forwarding<'_>, problem: &Problem, engine: &mut Connection) -> After {
    let Forwarding { gate, request, decision, .. } = *forwarding;
    let (words, answered) = outcome::of_problem(problem);
    if let Some(failure) = outcome::of_way_out(forwarding.context.network.route.source.clone(), problem) {
        gate.egress_blocked.store(true, Ordering::Relaxed);
        gate.ports.egress_monitor.failed(&failure);
    }
    notify::emit_outcome(gate, decision, None, answered);
    let (status, code) = outcome::status_of(problem);
    let body = respond::error_body(code, &words.sentence);
    let extra = match problem {
        Problem::Token { retry_after: Some(wait), .. } => format!("Retry-After: {wait}\r\n"),
        Problem::Token { .. }
        | Problem::Certificate { .. }
        | Problem::NoTls { .. }
        | Problem::Damaged { .. }
        | Problem::Unreachable { .. }
        | Problem::NoWayOut { .. }
        | Problem::Proxy(_) => String::new(),
    };
    respond::send(request, engine, &Response { extra: &extra, ..Response::new(status, &words.phrase, body) })
        .await
}
