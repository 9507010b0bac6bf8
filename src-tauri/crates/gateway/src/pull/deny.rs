//! Step 4a. Says no: status 403 with the sentence both as reason phrase and as OCI error, alike for HEAD and GET.

use http1::Connection;
use policy::Verdict;
use policy_text::render;

use super::{
    request::PullRequest,
    respond::{self, After, Response},
};

/// Answers a denied request.
pub(super) async fn deny(request: &PullRequest, verdict: &Verdict, engine: &mut Connection) -> After {
    let reason = render::reason_phrase(verdict);
    let body = serde_json::to_vec(&render::oci_error(verdict)).unwrap_or_default();
    respond::send(request, engine, &Response::new(403, &reason, body)).await
}
