//! One request of an engine: what it is about, where it goes, and which program sent it.

use std::sync::Arc;

use http1::{Body, Request};
use image_ref::Repository;
use policy::{Engine, Front};

use super::path::Object;
use crate::{
    ports::Owner,
    upstream::{Destination, EngineFamily, Network},
};

/// One request of an engine, read and understood.
#[derive(Clone, Debug)]
pub(crate) struct PullRequest {
    pub(crate) engine: Engine,
    /// Whose settings of the machine hold for it.
    pub(crate) family: EngineFamily,
    /// Whose process asks.
    pub(crate) owner: Option<Owner>,
    pub(crate) subject: Subject,
    pub(crate) addressing: Addressing,
    /// Where it goes.
    pub(crate) destination: Destination,
    /// Path and query as they go upstream.
    pub(crate) path: String,
    pub(crate) request: Request,
    pub(crate) body: Body,
    /// The way to registries that its destination was found by, where one was needed for that.
    pub(crate) network: Option<ResolvedNetwork>,
}

/// The way to registries by which a request was understood.
#[derive(Clone)]
pub(crate) struct ResolvedNetwork(pub(crate) Arc<Network>);

impl std::fmt::Debug for ResolvedNetwork {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "ResolvedNetwork({})", self.0.route.source)
    }
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Content {
        repository: Repository,
        object: Object,
    },
    /// The mirror front's route of registries that no policy names; the engine does not say which it meant.
    Unlisted {
        path: String,
    },
    Ping,
    Catalog,
    Plain,
    /// The mirror front's own token service.
    Token,
}

/// How the engine speaks to the gateway, which decides who answers challenges and how locations are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// As a proxy: everything but the judgment is between engine and registry.
    Proxy,
    /// As a mirror, with the registry in the path.
    MirrorPath { registry: String },
    /// As a mirror, with the registry in `ns`.
    MirrorNamespace { registry: String },
}

impl Addressing {
    pub(crate) fn front(&self) -> Front {
        match self {
            Self::Proxy => Front::Proxy,
            Self::MirrorPath { .. } | Self::MirrorNamespace { .. } => Front::Mirror,
        }
    }
}

/// The methods of the distribution API; what another one brings is anybody's guess.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/// Refuses what a registry could understand as more than the path says.
pub(crate) fn refuse_disguise(subject: &Subject, request: &Request) -> Result<(), String> {
    let Subject::Content { object, .. } = subject else { return Ok(()) };
    if !METHODS.contains(&request.method.as_str()) {
        return Err(format!("the distribution API has no method `{}`", request.method));
    }
    // Registries read `mount` and `from` of a form as they read those of the query, and nobody judges a body.
    let may_mount = matches!(object, Object::Uploads | Object::Upload(_)) && request.method == "POST";
    let mut kinds = request.fields.raw("content-type").map(<[u8]>::to_ascii_lowercase);
    let is_form = |kind: Vec<u8>| {
        kind.starts_with(b"application/x-www-form-urlencoded") || kind.starts_with(b"multipart/")
    };
    if may_mount && kinds.any(is_form) {
        return Err("an upload does not begin with a form".into());
    }
    Ok(())
}

impl PullRequest {
    /// Whether the answer names content that comes later, and is read as it passes.
    pub(crate) fn is_read_in_passing(&self) -> bool {
        matches!(
            self.subject,
            Subject::Content {
                object: Object::ManifestByTag(_) | Object::ManifestByDigest(_) | Object::Referrers(_),
                ..
            }
        )
    }

    /// Whether the request would change something at the registry.
    pub(crate) fn is_push(&self) -> bool {
        let upload =
            matches!(self.subject, Subject::Content { object: Object::Uploads | Object::Upload(_), .. });
        upload || !self.request.is_read()
    }
}

/// The header that the gateway's own `hosts.toml` entries add.
const OWN_HEADER: &str = "x-pullgate-engine";

/// Whose settings hold for a request on the mirror front: containerd says who it is, by a header of our entries or in
/// its query.
pub(crate) fn family_of(request: &Request, query: &str) -> EngineFamily {
    let says_so = request.fields.get(OWN_HEADER) == Some("containerd");
    let has_namespace = query.trim_start_matches('?').split('&').any(|part| part.starts_with("ns="));
    if says_so || has_namespace { EngineFamily::Containerd } else { EngineFamily::Podman }
}

/// Which program asks, by its own word: evidence for the wording and the journal, never for the judgment.
pub(crate) fn engine_of(request: &Request) -> Engine {
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
