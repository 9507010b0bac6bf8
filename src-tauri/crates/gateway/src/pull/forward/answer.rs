//! Brings a registry's answer to the engine, and learns in passing where content comes from.

use http1::{Body, Connection, Fields, Reply, Tap};
use image_ref::Digest;
use policy::Outcome;
use policy_text::render;

use super::{
    candidates::Candidate,
    forwarding::{ERROR_LIMIT, Forwarding},
    location, outcome,
};
use crate::{
    operation::{Operation, Reference},
    ports::DecisionRecord,
    provenance::Origin,
    pull::{
        classify, notify,
        path::Object,
        request::{PullRequest, Subject},
        respond::After,
    },
    upstream::{Challenge, Destination, Exchange, Problem},
};

/// The distribution specification lets registries refuse larger manifests.
const MANIFEST_LIMIT: usize = 4 * 1024 * 1024;

/// Delivers one answer.
pub(super) async fn deliver(
    forwarding: &Forwarding<'_>,
    candidate: &Candidate,
    mut exchange: Exchange,
    engine: &mut Connection,
) -> After {
    let Forwarding { gate, request, decision, .. } = *forwarding;
    location::follow(forwarding, candidate, &mut exchange.reply);
    share_trust(forwarding, candidate, &exchange.reply);
    adjust_fields(&mut exchange.reply, request, decision);
    let reply = exchange.reply.clone();
    if matches!(request.subject, Subject::Content { .. } | Subject::Ping) {
        gate.registries.learn(&request.destination, &reply);
    }
    let keep = request.request.keeps_alive() && exchange.took_all && exchange.body != Body::UntilClose;
    let head = head(&reply, exchange.body, request.request.is_head(), keep);
    let mut tap = tap(forwarding, &reply, exchange.body);
    let reply_body = exchange.body;
    let relayed = exchange.relay(head, &mut engine.stream, tap.as_mut()).await;
    if let Err(error) = relayed {
        let host = &candidate.destination.host;
        tracing::info!(%error, %host, "an answer did not arrive whole");
        if let (true, Some(problem)) = (request.is_read_in_passing(), Problem::of_body(host, &error)) {
            notify::emit_outcome(gate, decision, None, outcome::of_problem(&problem).1);
        }
        // Where only the end of the connection ends the body, a proper end would make it look whole.
        return if reply_body == Body::UntilClose { After::Break } else { After::Close };
    }
    let body = tap.and_then(Tap::into_bytes);
    let digest = learn(forwarding, &reply, body.as_deref());
    if let Some(answered) = outcome::of_reply(request, &reply, body) {
        notify::emit_outcome(gate, decision, digest.map(|digest| digest.to_string()), answered);
    }
    if keep { After::KeepOpen } else { After::Close }
}

/// Engines ask the token service of a registry by the registry's own trust.
fn share_trust(forwarding: &Forwarding<'_>, candidate: &Candidate, reply: &Reply) {
    let challenges = reply.fields.all("www-authenticate").filter_map(Challenge::parse);
    for challenge in challenges.filter(|_| reply.status == 401) {
        if let Challenge::Bearer { realm, .. } = challenge
            && let Some((place, _)) = Destination::from_url(&realm)
        {
            forwarding.context.network.extend_trust(&candidate.destination, &place);
        }
    }
}

/// Adds what the gateway has to say, and takes away what would lead the engine past it.
fn adjust_fields(reply: &mut Reply, request: &PullRequest, decision: Option<&DecisionRecord>) {
    reply.fields.remove("alt-svc");
    let audited = decision.filter(|decision| decision.verdict.finding.outcome == Outcome::Audited);
    let is_manifest = matches!(&request.subject, Subject::Content { object, .. } if object.is_manifest());
    if let (Some(decision), true) = (audited, is_manifest) {
        reply.fields.push("Warning", render::warning_header(&decision.verdict));
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
fn tap(forwarding: &Forwarding<'_>, reply: &Reply, body: Body) -> Option<Tap> {
    let Forwarding { gate, request, .. } = *forwarding;
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
    fits.then(|| {
        let mut reservation = gate.quotas.reserve_memory(request.owner.map(|owner| owner.uid));
        Tap::up_to(limit, move |bytes| reservation.try_grow(bytes))
    })
}

/// Notes where the delivered content and everything it names comes from; tells the manifest's digest.
fn learn(forwarding: &Forwarding<'_>, reply: &Reply, body: Option<&[u8]>) -> Option<Digest> {
    let Forwarding { gate, request, operation, .. } = *forwarding;
    let Operation::Pull { repository, target } = operation else { return None };
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
    let mut names = vec![(repository, origin(target, digest.as_ref()))];
    if repository != here {
        // After a redirect into another registry both names are the content's, each with what it says of itself.
        names.push((here, origin(&classify::reference_to(gate, here, object), digest.as_ref())));
    }
    for (repository, origin) in names {
        if let Some(digest) = digest.clone() {
            gate.provenance.learn(repository, digest, &origin);
        }
        if let Some(body) = body {
            gate.provenance.learn_children(repository, body, &origin);
        }
    }
    digest
}

fn origin(target: &Reference, digest: Option<&Digest>) -> Origin {
    match target {
        Reference::Tag(tag) => {
            Origin { tags: vec![tag.clone()], roots: digest.cloned().into_iter().collect() }
        }
        Reference::Digest { tags, roots, digest: own, .. } => {
            let roots = if roots.is_empty() { vec![own.clone()] } else { roots.clone() };
            Origin { tags: tags.clone(), roots }
        }
        Reference::Repository => Origin::default(),
    }
}
