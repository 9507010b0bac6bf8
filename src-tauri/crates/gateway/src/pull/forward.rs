//! Step 4b. Goes to the registry with a permit, and brings its answer to the engine as it comes.

mod answer;
mod hub_word;
mod legs;
mod location;
mod mount;
mod outcome;
mod relayed;

use policy::{
    Answered, Permit,
    render::{Trouble, trouble},
};
use tokio::io::AsyncWriteExt;

use super::{After, Asked, PullRequest, Subject, Way, deny, notify};
use crate::{
    gate::Gate,
    http::{Body, Connection},
    ports::Decided,
    upstream::{Exchange, Problem},
};
use legs::Leg;

const ERROR_LIMIT: usize = 64 * 1024;

/// Forwards one permitted request.
pub(super) async fn forward(
    gate: &Gate,
    permit: Permit,
    request: &PullRequest,
    asked: &Asked,
    decided: Option<Decided>,
    engine: &mut Connection,
) -> After {
    if request.subject == Subject::Ping && legs::answers_ping_itself(gate, request) {
        let body = b"{}".to_vec();
        return deny::send(request, engine, &deny::Own { status: 200, reason: "OK", body, extra: "" }).await;
    }
    if request.body != Body::Empty && !invite_body(request, engine).await {
        return After::Close;
    }
    let mut last = None;
    let legs = legs::legs(gate, request);
    let count = legs.len();
    for (index, leg) in legs.iter().enumerate() {
        let is_last = index + 1 == count;
        match ask(gate, request, leg, engine).await {
            Ok(exchange) if is_last && exchange.reply.status == 401 && request.way != Way::Proxy => {
                return unauthorized(gate, request, decided, exchange, engine).await;
            }
            Ok(exchange) if is_last && hub_word::may_be(request, &exchange.reply) => {
                let word = hub_word::learn(gate, request, leg, engine).await;
                let Some(word) = word else {
                    return answer::deliver(gate, &permit, request, asked, decided, leg, exchange, engine)
                        .await;
                };
                return hub_word::pass_on(gate, request, decided, word, engine).await;
            }
            Ok(exchange) if is_last || exchange.reply.is_success() || exchange.reply.is_redirect() => {
                return answer::deliver(gate, &permit, request, asked, decided, leg, exchange, engine).await;
            }
            Ok(exchange) => {
                tracing::info!(place = %leg.destination.host, status = exchange.reply.status, "a mirror has it not")
            }
            Err(problem) => {
                tracing::info!(%problem, "no answer from upstream");
                last = Some(problem);
            }
        }
    }
    let problem =
        last.unwrap_or_else(|| Problem::unreachable(&request.destination.host, "there is no place to ask"));
    not_us(gate, request, decided, &problem, engine).await
}

async fn ask(
    gate: &Gate,
    request: &PullRequest,
    leg: &Leg,
    engine: &mut Connection,
) -> Result<Exchange, Problem> {
    if leg.answers_challenges() {
        relayed::ask(gate, request, leg, engine).await
    } else {
        leg.ask(gate, request, None, engine).await
    }
}

/// Clients that wait for a go-ahead before they send a body get it.
async fn invite_body(request: &PullRequest, engine: &mut Connection) -> bool {
    if !request.request.fields.lists("expect", "100-continue") {
        return true;
    }
    engine.stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.is_ok()
        && engine.stream.flush().await.is_ok()
}

/// The engine knows the registry as an address on this machine, so it is told which one wants another login.
async fn unauthorized(
    gate: &Gate,
    request: &PullRequest,
    decided: Option<Decided>,
    exchange: Exchange,
    engine: &mut Connection,
) -> After {
    let registry = request.destination.registry().map(|registry| registry.to_string()).unwrap_or_default();
    let message = exchange.read(ERROR_LIMIT).await.ok().and_then(|body| outcome::message(&body));
    let message = message.unwrap_or_default();
    let words = trouble(&Trouble::Refused { host: &registry, status: 401, message: &message });
    notify::tell_outcome(gate, decided, None, Answered::Refused { status: 401, message });
    let body = deny::oci_body("UNAUTHORIZED", &words.sentence);
    let extra = "WWW-Authenticate: Basic realm=\"registry login\"\r\n";
    deny::send(request, engine, &deny::Own { status: 401, reason: &words.phrase, body, extra }).await
}

/// Says that the registry, its certificate or the network is at fault, and not the policy.
async fn not_us(
    gate: &Gate,
    request: &PullRequest,
    decided: Option<Decided>,
    problem: &Problem,
    engine: &mut Connection,
) -> After {
    let (words, answered) = outcome::of_problem(problem);
    notify::tell_outcome(gate, decided, None, answered);
    let body = deny::oci_body("UNKNOWN", &words.sentence);
    deny::send(request, engine, &deny::Own { status: 502, reason: &words.phrase, body, extra: "" }).await
}
