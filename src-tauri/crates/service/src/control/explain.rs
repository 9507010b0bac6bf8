//! What would happen to an image: decided exactly as the gateway does, and nobody is asked.

use host::peer::Peer;
use image_ref::Reference;
use ipc::{Code, Failure};
use policy_text::render;
use wire::{ExplainReport, Response};

use super::Handles;
use crate::{images::of_pull, time};

/// Explains one image.
pub(super) fn explain(handles: &Handles, peer: Peer, image: &str) -> Response {
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
    let situation = handles.publisher.context().of_asker(Some(engine_of(handles, peer)));
    let Some(mut finding) = of_pull(&situation, &reference, time::now()) else {
        return Response::Error(Failure::new(Code::Failed, "nothing is judged for this image"));
    };
    finding.request_url = render::request_url_without_id(&finding);
    let sentences = render::explanation(&finding).lines().map(str::to_owned).collect();
    Response::Explain(Box::new(ExplainReport { image: reference.to_string(), finding, sentences }))
}

/// Who would ask for the asker's image: their engine most likely runs as root, where what holds for their groups alone
/// may not hold. Another person's groups never do.
fn engine_of(handles: &Handles, peer: Peer) -> u32 {
    let theirs = handles.session.owner() == Some(peer.uid) || peer.uid == 0;
    if theirs { 0 } else { peer.uid }
}
