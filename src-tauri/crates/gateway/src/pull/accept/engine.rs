//! Which program asks, by its own word: evidence for the wording and the journal, never for the judgment.

use policy::Engine;

use crate::{http::Request, upstream::EngineFamily};

/// The header that the gateway's own `hosts.toml` entries add.
const OWN_HEADER: &str = "x-pullgate-engine";

/// Whose settings hold for a request on the mirror front: containerd says who it is, by a header of our entries or in
/// its query.
pub(crate) fn family(request: &Request, query: &str) -> EngineFamily {
    let says_so = request.fields.get(OWN_HEADER) == Some("containerd");
    let has_namespace = query.trim_start_matches('?').split('&').any(|part| part.starts_with("ns="));
    if says_so || has_namespace { EngineFamily::Containerd } else { EngineFamily::Podman }
}

pub(crate) fn engine(request: &Request) -> Engine {
    let agent = request.user_agent().to_ascii_lowercase();
    let named = [
        ("docker/", Engine::Docker),
        ("buildkit/", Engine::BuildKit),
        ("podman/", Engine::Podman),
        ("buildah/", Engine::Buildah),
        ("skopeo/", Engine::Skopeo),
        // The containers/image library's own name, which Podman does not change.
        ("containers/", Engine::Podman),
        ("cri-o/", Engine::Kubernetes),
        ("nerdctl/", Engine::Nerdctl),
        ("containerd/", Engine::Containerd),
    ];
    let found = named.into_iter().find(|(start, _)| agent.starts_with(start)).map(|(_, engine)| engine);
    match request.fields.get(OWN_HEADER) {
        Some("containerd") => found.unwrap_or(Engine::Containerd),
        Some(_) | None => found.unwrap_or(Engine::Unknown),
    }
}
