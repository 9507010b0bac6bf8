//! Step 1. Whatever front a request came in by, it becomes one [`PullRequest`].

mod engine;
mod intercept;
mod mirror;
mod path;
mod proxy;
mod requests;

use image_ref::Repository;
use policy::{Engine, Front};

use crate::{
    http::{Body, Request},
    upstream::Destination,
};

pub(crate) use mirror::mirror;
pub(crate) use path::Object;
pub(crate) use proxy::proxy;

/// One request of an engine, read and understood.
#[derive(Debug)]
pub(crate) struct PullRequest {
    pub(crate) engine: Engine,
    /// The owner of the asking process.
    pub(crate) uid: Option<u32>,
    pub(crate) subject: Subject,
    pub(crate) way: Way,
    /// Where it goes.
    pub(crate) destination: Destination,
    /// Path and query as they go upstream.
    pub(crate) path: String,
    pub(crate) request: Request,
    pub(crate) body: Body,
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
}

/// How the engine speaks to the gateway, which decides who answers challenges and how locations are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// As a proxy: everything but the judgement is between engine and registry.
    Proxy,
    /// As a mirror, with the registry in the path.
    MirrorPath { registry: String },
    /// As a mirror, with the registry in `ns`.
    MirrorNamespace { registry: String },
}

impl Way {
    pub(crate) fn front(&self) -> Front {
        match self {
            Self::Proxy => Front::Proxy,
            Self::MirrorPath { .. } | Self::MirrorNamespace { .. } => Front::Mirror,
        }
    }
}

impl PullRequest {
    /// Whether the request would change something at the registry.
    pub(crate) fn is_push(&self) -> bool {
        let upload =
            matches!(self.subject, Subject::Content { object: Object::Uploads | Object::Upload(_), .. });
        upload || !self.request.is_read()
    }
}
