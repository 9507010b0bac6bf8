//! What a registry or a cache refuses by rules of its own (Harbor, Nexus, Artifactory, Chainguard, a firewall), told as
//! theirs: in the same words for HEAD and GET, and with the name of whoever said so.

mod product;

use policy::UpstreamResult;
use policy_text::render::{UpstreamFailure, describe_failure, oci_code};

use super::{ERROR_LIMIT, Forwarding, fetch, legs::Leg};
use crate::{
    http::{Connection, Reply},
    pull::{After, PullRequest, Subject, accept::Object, deny, notify},
    upstream::{Exchange, words},
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
    leg: &Leg,
    exchange: Exchange,
    engine: &mut Connection,
) -> After {
    let Forwarding { gate, request, decided, .. } = *forwarding;
    let reply = exchange.reply.clone();
    let body = said(forwarding, leg, exchange, engine).await;
    let host = leg.destination.authority();
    let message = words::message(words::is_json(&reply), &body).unwrap_or_default();
    let product = product::of(&host, &reply, words::code(&body).as_deref(), &message);
    let told =
        UpstreamFailure::DeniedElsewhere { host: &host, product, status: reply.status, message: &message };
    let words = describe_failure(&told);
    let product = product.map(str::to_owned);
    let answered = UpstreamResult::DeniedElsewhere { host, product, status: reply.status, message };
    notify::tell_outcome(gate, decided, None, answered);
    let body = deny::oci_body(oci_code(request.engine, policy::Action::Pull), &words.sentence);
    let own = deny::Own { status: reply.status, reason: &words.phrase, body, extra: "" };
    deny::send(request, engine, &own).await
}

/// The body of a refusal; an answer to HEAD has none, and the same question as a GET has it. Of a blob the answer to a
/// GET could be the blob.
async fn said(
    forwarding: &Forwarding<'_>,
    leg: &Leg,
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
    match fetch(&Forwarding { request: &question, ..*forwarding }, leg, engine).await {
        Ok(answer) if answer.exchange.reply.status == status => {
            answer.exchange.read(ERROR_LIMIT).await.unwrap_or_default()
        }
        Ok(_) | Err(_) => Vec::new(),
    }
}
