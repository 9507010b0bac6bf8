//! `Location` and `Link`: where content is redirected to is learned from permitted pulls, and on the mirror front
//! addresses of the registry are written as addresses of the mirror.

use std::net::IpAddr;

use egress::ProxySource;
use http1::Reply;
use policy::Naming;

use super::{candidates::Candidate, forwarding::Forwarding};
use crate::{
    operation::Operation,
    pull::{
        path::Object,
        redirected,
        request::{Addressing, PullRequest, Subject},
    },
    upstream::{Destination, Scheme},
};

/// Learns from a redirect, and rewrites it where the engine would go astray with it.
pub(super) fn follow(forwarding: &Forwarding<'_>, candidate: &Candidate, reply: &mut Reply) {
    let Forwarding { request, context, .. } = *forwarding;
    if let Some(location) = reply.fields.get("location").map(str::to_owned)
        && let Some((place, path)) = resolve(&location, candidate)
    {
        if reply.is_redirect() {
            context.network.extend_trust(&candidate.destination, &place);
            learn(forwarding, candidate, &place, &path);
        }
        if let Some(rewritten) = rewrite(request, candidate, &place, &path, &location) {
            reply.fields.set("Location", rewritten);
        }
    }
    if let (Some(link), true) =
        (reply.fields.get("link").map(str::to_owned), request.addressing != Addressing::Proxy)
        && let Some(rewritten) = rewrite_link(request, candidate, &link)
    {
        reply.fields.set("Link", rewritten);
    }
}

/// Only what the engine of this very user follows, on the front that it comes back to; nothing from registries of this
/// machine, which anybody here can run.
fn learn(forwarding: &Forwarding<'_>, candidate: &Candidate, place: &Destination, path: &str) {
    let Forwarding { gate, request, operation, context, .. } = *forwarding;
    let is_pull = matches!(operation, Operation::Pull { .. }) && request.request.is_read();
    let elsewhere = *place != request.destination || *place != candidate.destination;
    let is_of_here = request.destination.is_local() || candidate.destination.is_local();
    let (Some(owner), Addressing::Proxy) = (request.owner, &request.addressing) else { return };
    if !is_pull || !elsewhere || is_of_here {
        return;
    }
    let now = host::clock::boottime();
    if path == "/v2" || path.starts_with("/v2/") {
        let whose = (owner.uid, request.engine);
        gate.redirects.learn_address(whose, place.clone(), path.to_owned(), operation.clone(), now);
    } else if is_blob(request)
        && may_be_tunneled_to(place)
        && *place != request.destination
        && redirected::naming(context, operation) != Naming::Nowhere
    {
        gate.redirects.learn_host(owner.uid, place.clone(), now);
    }
}

/// An address says nothing of who answers there, so what is at one is read.
fn may_be_tunneled_to(place: &Destination) -> bool {
    place.scheme == Scheme::Https && !place.is_local() && place.host.parse::<IpAddr>().is_err()
}

/// Content that the engine checks by its digest, so that it may come unread.
fn is_blob(request: &PullRequest) -> bool {
    matches!(&request.subject, Subject::Content { object: Object::Blob(_), .. })
}

fn rewrite(
    request: &PullRequest,
    candidate: &Candidate,
    place: &Destination,
    path: &str,
    location: &str,
) -> Option<String> {
    let of_registry = place.host == candidate.destination.host && place.port == candidate.destination.port;
    let at_home = of_registry && path.starts_with("/v2/");
    match &request.addressing {
        // Relative to a place the engine does not know of.
        Addressing::Proxy if candidate.answers_challenges() && location.starts_with('/') => {
            Some(url(place, path))
        }
        Addressing::Proxy => None,
        Addressing::MirrorPath { registry } if at_home => {
            path.strip_prefix("/v2/").map(|rest| format!("/v2/{registry}/{rest}"))
        }
        Addressing::MirrorNamespace { registry } if at_home => {
            let join = if path.contains('?') { '&' } else { '?' };
            Some(format!("{path}{join}ns={registry}"))
        }
        Addressing::MirrorPath { .. } | Addressing::MirrorNamespace { .. } => {
            location.starts_with('/').then(|| url(place, path))
        }
    }
}

/// `</v2/<name>/tags/list?…>; rel="next"` (distribution specification, pagination).
fn rewrite_link(request: &PullRequest, candidate: &Candidate, link: &str) -> Option<String> {
    let (address, rest) = link.strip_prefix('<')?.split_once('>')?;
    let (place, path) = resolve(address, candidate)?;
    let address = rewrite(request, candidate, &place, &path, address)?;
    Some(format!("<{address}>{rest}"))
}

fn url(place: &Destination, path: &str) -> String {
    let scheme = match place.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    format!("{scheme}://{}{path}", place.authority())
}

/// The place that a redirect leads to, where the engine could not follow: it knows the registry's trust no longer, or
/// never knew of the proxy that the enrollment names.
pub(super) fn to_follow(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    reply: &Reply,
) -> Option<Candidate> {
    let (request, network) = (forwarding.request, &forwarding.context.network);
    if request.addressing == Addressing::Proxy
        || !is_blob(request)
        || !request.request.is_read()
        || !reply.is_redirect()
    {
        return None;
    }
    let (place, path) = resolve(reply.fields.get("location")?, candidate)?;
    let same = place.host == candidate.destination.host && place.port == candidate.destination.port;
    // What only this machine can reach is asked for by its own registries alone.
    let is_safe = !place.is_local() || candidate.destination.is_local();
    let has_own_trust = network.has_own_trust(&candidate.destination);
    let by_enrollment = network.route.source == ProxySource::Enrollment;
    if same || !is_safe || !(has_own_trust || by_enrollment) {
        return None;
    }
    if has_own_trust {
        network.extend_trust(&candidate.destination, &place);
    }
    let place =
        if forwarding.context.names(&place) { place } else { place.referred_by(&candidate.destination) };
    Some(Candidate::at(place, path))
}

fn resolve(location: &str, candidate: &Candidate) -> Option<(Destination, String)> {
    if let Some(rest) = location.strip_prefix("//") {
        return Destination::from_url(&format!("https://{rest}"));
    }
    if location.starts_with('/') {
        return Some((candidate.destination.clone(), location.to_owned()));
    }
    if location.contains("://") {
        return Destination::from_url(location);
    }
    let folder = candidate.path.split('?').next().unwrap_or_default().rsplit_once('/')?.0;
    Some((candidate.destination.clone(), format!("{folder}/{location}")))
}
