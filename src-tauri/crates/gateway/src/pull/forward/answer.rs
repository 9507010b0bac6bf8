//! Brings a registry's answer to the engine, and learns in passing where content comes from.

use image_ref::{Digest, Repository};
use policy::{Outcome, Permit, Verdict, VerdictId, render};

use super::{ERROR_LIMIT, legs::Leg, location, outcome};
use crate::{
    gate::Gate,
    http::{Body, Connection, Fields, Reply, Tap},
    learned::Origin,
    ports::Decided,
    pull::{After, Asked, PullRequest, Subject, accept::Object, classify::Named, notify},
    upstream::Exchange,
};

/// The distribution specification lets registries refuse larger manifests.
const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;

/// Delivers one answer.
#[expect(clippy::too_many_arguments, reason = "the permit and everything it was given for")]
pub(super) async fn deliver(
    gate: &Gate,
    permit: &Permit,
    request: &PullRequest,
    asked: &Asked,
    decided: Option<Decided>,
    leg: &Leg,
    mut exchange: Exchange,
    engine: &mut Connection,
) -> After {
    location::follow(gate, request, asked, leg, &mut exchange.reply);
    dress(&mut exchange.reply, permit, request, decided.as_ref());
    let reply = exchange.reply.clone();
    let keep = request.request.keeps_alive() && exchange.took_all && exchange.body != Body::UntilClose;
    let head = head(&reply, exchange.body, request.request.is_head(), keep);
    let mut tap = tap(request, &reply, exchange.body);
    let reply_body = exchange.body;
    let relayed = exchange.relay(head, &mut engine.stream, tap.as_mut()).await;
    if let Err(error) = relayed {
        tracing::info!(%error, host = %leg.destination.host, "an answer did not arrive whole");
        // Where only the end of the connection ends the body, a proper end would make it look whole.
        return if reply_body == Body::UntilClose { After::Break } else { After::Close };
    }
    let body = tap.and_then(Tap::into_bytes);
    let digest = learn(gate, request, asked, &reply, body.as_deref());
    if let Some(answered) = outcome::of_reply(request, &reply, body) {
        notify::tell_outcome(gate, decided, digest.map(|digest| digest.to_string()), answered);
    }
    if keep { After::KeepOpen } else { After::Close }
}

/// Adds what the gateway has to say, and takes away what would lead the engine past it.
fn dress(reply: &mut Reply, permit: &Permit, request: &PullRequest, decided: Option<&Decided>) {
    reply.fields.remove("alt-svc");
    let audited = permit.finding().filter(|finding| finding.outcome == Outcome::Audited);
    let is_manifest = matches!(&request.subject, Subject::Content { object, .. } if object.is_manifest());
    if let (Some(finding), true) = (audited, is_manifest) {
        let verdict = decided.map(|decided| decided.verdict.clone()).unwrap_or_else(|| Verdict {
            id: VerdictId::from_bits(0),
            at: jiff::Timestamp::UNIX_EPOCH,
            engine: request.engine,
            front: request.way.front(),
            finding: finding.clone(),
        });
        if decided.is_some() {
            reply.fields.push("Warning", render::warning_header(&verdict));
        }
    }
}

fn head(reply: &Reply, body: Body, is_head: bool, keep: bool) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} {}\r\n", reply.status, reply.reason).into_bytes();
    reply.fields.write_end_to_end(&mut out);
    match body {
        // An answer to HEAD states the length that GET would have.
        Body::Empty if is_head => write_length(&reply.fields, &mut out),
        Body::Empty if !matches!(reply.status, 204 | 304) => out.extend_from_slice(b"Content-Length: 0\r\n"),
        Body::Empty | Body::Length(_) | Body::Chunked | Body::UntilClose => body.write_field(&mut out),
    }
    if !keep {
        out.extend_from_slice(b"Connection: close\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out
}

fn write_length(fields: &Fields, out: &mut Vec<u8>) {
    if let Some(length) = fields.get("content-length") {
        out.extend_from_slice(format!("Content-Length: {length}\r\n").as_bytes());
    }
}

/// Manifests and errors are small, and are read in passing; blobs never are.
fn tap(request: &PullRequest, reply: &Reply, body: Body) -> Option<Tap> {
    let Subject::Content { object, .. } = &request.subject else { return None };
    let limit = match (object, reply.is_success()) {
        (Object::ManifestByTag(_) | Object::ManifestByDigest(_) | Object::Referrers(_), true) => {
            MANIFEST_LIMIT
        }
        (_, true) => return None,
        (_, false) => ERROR_LIMIT,
    };
    let fits = match body {
        Body::Empty => false,
        Body::Length(length) => usize::try_from(length).is_ok_and(|length| length <= limit),
        Body::Chunked | Body::UntilClose => true,
    };
    fits.then(|| Tap::up_to(limit))
}

/// Notes where the delivered content and everything it names comes from; tells the manifest's digest.
fn learn(
    gate: &Gate,
    request: &PullRequest,
    asked: &Asked,
    reply: &Reply,
    body: Option<&[u8]>,
) -> Option<Digest> {
    let Asked::Pull { repository, target } = asked else { return None };
    let Subject::Content { repository: here, object } = &request.subject else { return None };
    if !reply.is_success() || !(object.is_manifest() || matches!(object, Object::Referrers(_))) {
        return None;
    }
    let digest = match object {
        Object::ManifestByDigest(digest) => Some(digest.clone()),
        Object::ManifestByTag(_)
        | Object::Referrers(_)
        | Object::Blob(_)
        | Object::Tags
        | Object::Uploads
        | Object::Upload(_) => {
            reply.fields.get("docker-content-digest").and_then(|value| Digest::parse(value).ok())
        }
    };
    let origin = origin(target, digest.as_ref());
    for repository in unique(repository, here) {
        if let Some(digest) = digest.clone() {
            gate.provenance.learn(repository, digest, &origin);
        }
        if let Some(body) = body {
            gate.provenance.learn_children(repository, body, &origin);
        }
    }
    digest
}

fn origin(target: &Named, digest: Option<&Digest>) -> Origin {
    match target {
        Named::Tag(tag) => Origin { tags: vec![tag.clone()], roots: digest.cloned().into_iter().collect() },
        Named::Digest { tags, roots, digest: own, .. } => {
            let roots = if roots.is_empty() { vec![own.clone()] } else { roots.clone() };
            Origin { tags: tags.clone(), roots }
        }
        Named::Repository => Origin::default(),
    }
}

/// After a redirect into another registry both names are the content's.
fn unique<'a>(one: &'a Repository, other: &'a Repository) -> Vec<&'a Repository> {
    if one == other { vec![one] } else { vec![one, other] }
}
