//! Mounts from other repositories. A mount brings content of another repository into this one, so it is judged as a
//! pull of that repository. Where it is denied the push goes on as a plain upload.

use image_ref::{Digest, Repository};

use super::forwarding::Forwarding;
use crate::{
    operation::Operation,
    pull::{
        classify, decide,
        path::{Object, decoded},
        request::Subject,
    },
};

/// The request's path and query, without a mount that is not permitted.
pub(super) fn without_forbidden(forwarding: &Forwarding<'_>) -> String {
    let request = forwarding.request;
    // A registry that cuts a path at `;` takes some sessions for a beginning.
    let Subject::Content { repository, object: Object::Uploads | Object::Upload(_) } = &request.subject
    else {
        return request.path.clone();
    };
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let (mount, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(|part| is_of_mount(part));
    if mount.is_empty() || is_permitted(forwarding, repository, &mount) {
        return request.path.clone();
    }
    if rest.is_empty() { path.to_owned() } else { format!("{path}?{}", rest.join("&")) }
}

/// Whether a registry could read this as a part of a mount, however it splits and decodes.
fn is_of_mount(part: &str) -> bool {
    part.split(';').any(|part| {
        let name = decoded(part.split('=').next().unwrap_or_default());
        name.is_none_or(|name| ["mount", "from"].iter().any(|known| name.eq_ignore_ascii_case(known)))
    })
}

/// Only one digest and one source, each plainly named, can be judged.
fn is_permitted(forwarding: &Forwarding<'_>, repository: &Repository, mount: &[&str]) -> bool {
    let value = |name: &str| mount.iter().find_map(|part| part.strip_prefix(name)).map(plain);
    let from = value("from=").and_then(|from| Repository::new(repository.registry().clone(), &from).ok());
    let digest = value("mount=").and_then(|digest| Digest::parse(&digest).ok());
    let (Some(from), Some(digest), 2) = (from, digest, mount.len()) else { return false };
    let target = classify::by_digest(forwarding.gate, &from, &digest, false);
    decide::may_mount(forwarding.context, &Operation::Pull { repository: from, target })
}

fn plain(value: &str) -> String {
    value.replace("%2F", "/").replace("%2f", "/").replace("%3A", ":").replace("%3a", ":")
}
