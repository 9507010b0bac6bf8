//! Docker Hub's own no to a HEAD, which has no words: the same question as a GET has them, and so the engine gets them.

use http1::{Connection, Reply};
use policy::UpstreamResult;
use policy_text::render::{UpstreamFailure, describe_failure, is_hub_denial};

use super::{
    candidates::Candidate,
    forwarding::{ERROR_LIMIT, Forwarding},
    registry_client::fetch,
};
use crate::{
    pull::{
        notify,
        request::{PullRequest, Subject},
        respond::{self, After, Response},
    },
    upstream::error_message,
};

/// Whether an answer may be Docker Hub's own denial without its words.
pub(super) fn may_be(request: &PullRequest, reply: &Reply) -> bool {
    let Subject::Content { repository, object } = &request.subject else { return false };
    let manifest = repository.registry().is_docker_hub() && object.is_manifest();
    manifest && request.request.is_head() && reply.status == 403
}

/// Docker Hub's words, if it is one.
pub(super) async fn fetch_message(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    engine: &mut Connection,
) -> Option<String> {
    let mut question = forwarding.request.clone();
    question.request.method = "GET".to_owned();
    let question = Forwarding { request: &question, ..*forwarding };
    let exchange = fetch(&question, candidate, engine).await.ok()?.exchange;
    let status = exchange.reply.status;
    let message = error_message::message(
        error_message::is_json(&exchange.reply),
        &exchange.read(ERROR_LIMIT).await.ok()?,
    )?;
    is_hub_denial(status, &message).then_some(message)
}

/// Says that it is Docker Hub's doing, in its words.
pub(super) async fn pass_on(forwarding: &Forwarding<'_>, message: String, engine: &mut Connection) -> After {
    let Forwarding { gate, request, decision, .. } = *forwarding;
    let words = describe_failure(&UpstreamFailure::HubDenied { message: &message });
    notify::emit_outcome(gate, decision, None, UpstreamResult::HubDenied { message });
    let body = respond::error_body("DENIED", &words.sentence);
    respond::send(request, engine, &Response::new(403, &words.phrase, body)).await
}
