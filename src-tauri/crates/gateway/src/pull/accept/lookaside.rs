//! Signatures beside images, in a web folder that the person configured (registries.d of containers/image).
//!
//! The library makes a signature's address of the folder and the path of the image's location, which begins with the
//! registry's name on the mirror front. So its folder is one of the mirror front, which takes that name off again.

use std::sync::Arc;

use http1::{Body, Request};

use crate::{
    ports::Owner,
    pull::request::{Addressing, PullRequest, ResolvedNetwork, Subject, engine_of},
    upstream::Network,
};

/// `/lookaside/<name of the folder>/<registry>/<repository>@<digest>/signature-1`.
const PREFIX: &str = "/lookaside/";

pub(super) fn is_one(path: &str) -> bool {
    path.starts_with(PREFIX)
}

/// The request as the web folder has to get it.
pub(super) fn understand(
    network: Arc<Network>,
    request: Request,
    body: Body,
    target: &str,
    owner: Option<Owner>,
) -> Result<PullRequest, String> {
    if !request.is_read() || body != Body::Empty {
        return Err("signatures are only read here".into());
    }
    let (name, rest) =
        split(target).ok_or("a signature is asked for at `/lookaside/<folder>/<registry>/…`")?;
    let (destination, base) = network
        .lookaside(name)
        .ok_or_else(|| format!("no registries.d of this machine names the web folder `{name}`"))?;
    let (engine, family) = (engine_of(&request), network.family());
    let (subject, addressing) = (Subject::Plain, Addressing::MirrorPath { registry: String::new() });
    let path = format!("{base}/{rest}");
    let network = Some(ResolvedNetwork(network));
    Ok(PullRequest { engine, family, owner, subject, addressing, destination, path, request, body, network })
}

/// The folder's name, and the path below it without the registry; none where it would lead out of the folder.
fn split(target: &str) -> Option<(&str, &str)> {
    let (name, rest) = target.strip_prefix(PREFIX)?.split_once('/')?;
    let (_, rest) = rest.split_once('/')?;
    let is_plain = |segment: &str| {
        let lower = segment.to_ascii_lowercase();
        !segment.is_empty()
            && ![".", ".."].contains(&segment)
            && !["%2e", "%2f", "%5c", "\\", "?", "#"].iter().any(|bad| lower.contains(bad))
    };
    rest.split('/').all(is_plain).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_is_taken_off_the_path() {
        let target = "/lookaside/5f2a/registry.access.redhat.com/ubi9/ubi@sha256=ab/signature-1";
        assert_eq!(split(target), Some(("5f2a", "ubi9/ubi@sha256=ab/signature-1")));
    }

    #[test]
    fn nothing_outside_the_web_folder_is_asked_for() {
        for bad in [
            "a/r/../x",
            "a/r/x/..",
            "a/r/.%2e/x",
            "a/r/%2E%2E/x",
            "a/r//x",
            "a/r/x?y",
            "a/r/x%2f..",
            "a/r",
            "a",
            "",
        ] {
            assert_eq!(split(&format!("/lookaside/{bad}")), None, "{bad}");
        }
    }
}
