//! What a registry or a cache refuses by rules of its own (Harbor, Nexus, Artifactory, Chainguard, a firewall), told as
//! theirs: in the same words for HEAD and GET, and with the name of whoever said so.

use http1::{Connection, Reply};
use policy::UpstreamResult;
use policy_text::render::{UpstreamFailure, describe_failure, oci_code};

use super::{
    candidates::Candidate,
    forwarding::{ERROR_LIMIT, Forwarding},
    product,
    registry_client::fetch,
};
use crate::{
    pull::{
        notify,
        path::Object,
        request::{PullRequest, Subject},
        respond::{self, After, Response},
    },
    upstream::{Exchange, error_message},
};

/// Whether an answer to a look at content may be somebody's own rule: neither a question for a login, nor something
/// that is not there, nor trouble, which all have words of their own.
pub(super) fn may_be(request: &PullRequest, reply: &Reply) -> bool {
    let looks = matches!(
        &request.subject,
        Subject::Content {
            object: Object::ManifestByTag(_) | Object::ManifestByDigest(_) | Object::Blob(_),
            ..
        }
    );
    let status = matches!(reply.status, 402 | 403 | 406 | 409 | 410 | 412 | 418 | 422 | 423 | 424 | 451);
    looks && request.request.is_read() && status
}

/// Passes a refusal on under the name of whoever it is from.
pub(super) async fn pass_on(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    exchange: Exchange,
    engine: &mut Connection,
) -> After {
    let Forwarding { gate, request, decision, .. } = *forwarding;
    let reply = exchange.reply.clone();
    let body = said(forwarding, candidate, exchange, engine).await;
    let host = candidate.destination.authority();
    let message = error_message::message(error_message::is_json(&reply), &body).unwrap_or_default();
    let product = product::of(&host, &reply, error_message::code(&body).as_deref(), &message);
    let failure =
        UpstreamFailure::DeniedElsewhere { host: &host, product, status: reply.status, message: &message };
    let words = describe_failure(&failure);
    let product = product.map(str::to_owned);
    let answered = UpstreamResult::DeniedElsewhere { host, product, status: reply.status, message };
    notify::emit_outcome(gate, decision, None, answered);
    let body = respond::error_body(oci_code(request.engine, policy::Action::Pull), &words.sentence);
    let response = Response::new(reply.status, &words.phrase, body);
    respond::send(request, engine, &response).await
}

/// The body of a refusal; an answer to HEAD has none, and the same question as a GET has it. Of a blob the answer to a
/// GET could be the blob.
async fn said(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    exchange: Exchange,
    engine: &mut Connection,
) -> Vec<u8> {
    let request = forwarding.request;
    let status = exchange.reply.status;
    if !request.request.is_head() {
        return exchange.read(ERROR_LIMIT).await.unwrap_or_default();
    }
    if matches!(&request.subject, Subject::Content { object: Object::Blob(_), .. }) {
        return Vec::new();
    }
    let mut question = request.clone();
    question.request.method = "GET".to_owned();
    match fetch(&Forwarding { request: &question, ..*forwarding }, candidate, engine).await {
        Ok(answer) if answer.exchange.reply.status == status => {
            answer.exchange.read(ERROR_LIMIT).await.unwrap_or_default()
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}
