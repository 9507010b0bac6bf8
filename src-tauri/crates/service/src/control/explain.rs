//! What would happen to an image: decided exactly as the gateway does, and nobody is asked.

use host::peer::Peer;
use image_ref::Reference;
use ipc::{Code, Failure};
use jiff::Timestamp;
use policy::{AccessRequest, Decision, DecisionContext, Finding, Target, decide};
use policy_text::render;
use wire::{ExplainReport, Response};

use crate::{core::Core, time};

/// Explains one image.
pub(super) fn explain(core: &Core, peer: Peer, image: &str) -> Response {
    let reference = match Reference::parse(image) {
        Ok(reference) => reference,
        Err(error) => {
            let failure =
                Failure::new(Code::BadRequest, format!("`{image}` is not an image reference: {error}"));
            return Response::Error(
                failure.with_hint("Write it as you would for `docker pull`, such as `nginx:1.27`"),
            );
        }
    };
    let situation = core.situation.borrow().of_asker(Some(engine_of(core, peer)));
    let Some(mut finding) = of_pull(&situation, &reference, time::now()) else {
        return Response::Error(Failure::new(Code::Failed, "nothing is judged for this image"));
    };
    finding.request_url = render::request_url_without_id(&finding);
    let sentences = render::explanation(&finding).lines().map(str::to_owned).collect();
    Response::Explain(Box::new(ExplainReport { image: reference.to_string(), finding, sentences }))
}

/// What a pull would come to; nothing for what no policy judges.
pub(crate) fn of_pull(situation: &DecisionContext, reference: &Reference, now: Timestamp) -> Option<Finding> {
    let tag = reference.tag_or_latest();
    let known_as: Vec<_> = reference.tag().cloned().into_iter().collect();
    let target = match reference.digest() {
        Some(digest) => Target::Digest { digest, known_as: &known_as },
        None => Target::Tag(&tag),
    };
    match decide(situation, &AccessRequest::Pull { repository: reference.repository(), target }, now) {
        Decision::Permitted(permit) => permit.finding().cloned(),
        Decision::Denied(denial) => Some(denial.finding().clone()),
    }
}

/// Who would ask for the asker's image: their engine most likely runs as root, where what holds for their groups alone
/// may not hold. Another person's groups never do.
fn engine_of(core: &Core, peer: Peer) -> u32 {
    let theirs = core.session.owner() == Some(peer.uid) || peer.uid == 0;
    if theirs { 0 } else { peer.uid }
}
