//! Which program asks, by its own word: evidence for the wording and the journal, never for the judgement.

use policy::Engine;

use crate::http::Request;

/// The header that the gateway's own `hosts.toml` entries add.
const OWN_HEADER: &str = "x-pullgate-engine";

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
