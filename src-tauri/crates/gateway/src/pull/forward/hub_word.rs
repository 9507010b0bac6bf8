//! Docker Hub's own no to a HEAD, which has no words: the same question as a GET has them, and so the engine gets them.

use policy::UpstreamResult;
use policy_text::render::{UpstreamFailure, describe_failure, is_hub_denial};

use super::{ERROR_LIMIT, Forwarding, fetch, legs::Leg};
use crate::{
    http::{Connection, Reply},
    pull::{After, PullRequest, Subject, deny, notify},
    upstream::words,
};

/// Whether an answer may be Docker Hub's own denial without its words.
pub(super) fn may_be(request: &PullRequest, reply: &Reply) -> bool {
    let Subject::Content { repository, object } = &request.subject else { return false };
    let manifest = repository.registry().is_docker_hub() && object.is_manifest();
    manifest && request.request.is_head() && reply.status == 403
}

/// Docker Hub's words, if it is one.
pub(super) async fn learn(forwarding: &Forwarding<'_>, leg: &Leg, engine: &mut Connection) -> Option<String> {
    let mut question = forwarding.request.clone();
    question.request.method = "GET".to_owned();
    let question = Forwarding { request: &question, ..*forwarding };
    let exchange = fetch(&question, leg, engine).await.ok()?.exchange;
    let status = exchange.reply.status;
    let word = words::message(words::is_json(&exchange.reply), &exchange.read(ERROR_LIMIT).await.ok()?)?;
    is_hub_denial(status, &word).then_some(word)
}

/// Says that it is Docker Hub's doing, in its words.
pub(super) async fn pass_on(forwarding: &Forwarding<'_>, word: String, engine: &mut Connection) -> After {
    let Forwarding { gate, request, decided, .. } = *forwarding;
    let words = describe_failure(&UpstreamFailure::HubDenied { message: &word });
    notify::tell_outcome(gate, decided, None, UpstreamResult::HubDenied { message: word });
    let body = deny::oci_body("DENIED", &words.sentence);
    deny::send(request, engine, &deny::Own { status: 403, reason: &words.phrase, body, extra: "" }).await
}
