//! What a request asks for whose destination is known by its connection.

use http1::{Body, Request};

use crate::{
    ports::Owner,
    pull::{
        path::{Shape, shape},
        request::{Addressing, PullRequest, Subject, engine_of, refuse_disguise},
    },
    upstream::{Destination, EngineFamily},
};

/// Makes a pull request of what came for a known destination.
pub(super) fn parse(
    request: Request,
    body: Body,
    destination: Destination,
    target: &str,
    owner: Option<Owner>,
) -> Result<PullRequest, String> {
    let (path, query) = split_query(target);
    let found = shape(path).map_err(|error| error.to_string())?;
    let (subject, path) = match found {
        Shape::Ping => (Subject::Ping, target.to_owned()),
        Shape::Catalog => (Subject::Catalog, target.to_owned()),
        Shape::Other => (Subject::Plain, target.to_owned()),
        Shape::Content { name, object } => {
            let registry = destination.registry().ok_or("the host is not the name of a registry")?;
            let repository =
                image_ref::Repository::new(registry, &name).map_err(|error| format!("`{name}`: {error}"))?;
            let path = format!("{}{query}", object.path(repository.path()));
            (Subject::Content { repository, object }, path)
        }
    };
    refuse_disguise(&subject, &request)?;
    let engine = engine_of(&request);
    let (family, addressing) = (EngineFamily::Docker, Addressing::Proxy);
    let network = None;
    Ok(PullRequest { engine, family, owner, subject, addressing, destination, path, request, body, network })
}

/// The path, and the query with its question mark.
pub(super) fn split_query(target: &str) -> (&str, &str) {
    target.find('?').map_or((target, ""), |at| target.split_at(at))
}
