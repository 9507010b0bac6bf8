//! `Location` and `Link`: where content is redirected to is learned from permitted pulls, and on the mirror front
//! addresses of the registry are written as addresses of the mirror.

use super::legs::Leg;
use crate::{
    gate::Gate,
    http::Reply,
    pull::{Asked, PullRequest, Subject, Way, accept::Object},
    upstream::{Destination, Scheme},
};

/// Learns from a redirect, and rewrites it where the engine would go astray with it.
pub(super) fn follow(gate: &Gate, request: &PullRequest, asked: &Asked, leg: &Leg, reply: &mut Reply) {
    if let Some(location) = reply.fields.get("location").map(str::to_owned)
        && let Some((place, path)) = resolve(&location, leg)
    {
        if reply.is_redirect() {
            learn(gate, request, asked, leg, &place, &path);
        }
        if let Some(rewritten) = rewrite(request, leg, &place, &path, &location) {
            reply.fields.set("Location", rewritten);
        }
    }
    if let (Some(link), true) = (reply.fields.get("link").map(str::to_owned), request.way != Way::Proxy)
        && let Some(rewritten) = rewrite_link(request, leg, &link)
    {
        reply.fields.set("Link", rewritten);
    }
}

fn learn(gate: &Gate, request: &PullRequest, asked: &Asked, leg: &Leg, place: &Destination, path: &str) {
    let is_pull = matches!(asked, Asked::Pull { .. }) && request.request.is_read();
    let elsewhere = *place != request.destination || *place != leg.destination;
    if !is_pull || !elsewhere {
        return;
    }
    if path == "/v2" || path.starts_with("/v2/") {
        gate.redirects.learn_address(place.clone(), path.to_owned(), asked.clone());
    } else if is_blob(request) && place.scheme == Scheme::Https && *place != request.destination {
        gate.redirects.learn_host(place.clone());
    }
}

/// Content that the engine checks by its digest, so that it may come unread.
fn is_blob(request: &PullRequest) -> bool {
    matches!(&request.subject, Subject::Content { object: Object::Blob(_), .. })
}

fn rewrite(
    request: &PullRequest,
    leg: &Leg,
    place: &Destination,
    path: &str,
    location: &str,
) -> Option<String> {
    let of_registry = place.host == leg.destination.host && place.port == leg.destination.port;
    let at_home = of_registry && path.starts_with("/v2/");
    match &request.way {
        // Relative to a place the engine does not know of.
        Way::Proxy if leg.answers_challenges() && location.starts_with('/') => Some(url(place, path)),
        Way::Proxy => None,
        Way::MirrorPath { registry } if at_home => {
            path.strip_prefix("/v2/").map(|rest| format!("/v2/{registry}/{rest}"))
        }
        Way::MirrorNamespace { registry } if at_home => {
            let join = if path.contains('?') { '&' } else { '?' };
            Some(format!("{path}{join}ns={registry}"))
        }
        Way::MirrorPath { .. } | Way::MirrorNamespace { .. } => {
            location.starts_with('/').then(|| url(place, path))
        }
    }
}

/// `</v2/<name>/tags/list?…>; rel="next"` (distribution specification, pagination).
fn rewrite_link(request: &PullRequest, leg: &Leg, link: &str) -> Option<String> {
    let (address, rest) = link.strip_prefix('<')?.split_once('>')?;
    let (place, path) = resolve(address, leg)?;
    let address = rewrite(request, leg, &place, &path, address)?;
    Some(format!("<{address}>{rest}"))
}

fn url(place: &Destination, path: &str) -> String {
    let scheme = match place.scheme {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    format!("{scheme}://{}{path}", place.authority())
}

fn resolve(location: &str, leg: &Leg) -> Option<(Destination, String)> {
    if let Some(rest) = location.strip_prefix("//") {
        return Destination::from_url(&format!("https://{rest}"));
    }
    if location.starts_with('/') {
        return Some((leg.destination.clone(), location.to_owned()));
    }
    if location.contains("://") {
        return Destination::from_url(location);
    }
    let folder = leg.path.split('?').next().unwrap_or_default().rsplit_once('/')?.0;
    Some((leg.destination.clone(), format!("{folder}/{location}")))
}
