//! Gives each decision its verdict: repeats of one within a minute are one verdict with a count.

use jiff::Timestamp;
use policy::{Finding, Verdict, VerdictId};

use super::{
    context::RequestContext,
    path::Object,
    request::{PullRequest, Subject},
};
use crate::{gate::Gate, ports::DecisionRecord, verdict_cache::DedupKey};

/// Enters a finding: a new verdict, or the one that was given less than a minute ago.
pub(super) fn record(
    gate: &Gate,
    context: &RequestContext,
    request: &PullRequest,
    finding: &Finding,
) -> DecisionRecord {
    let now = context.now;
    gate.verdicts.record(&dedup_key(request, finding), now, |finding| new_record(gate, request, finding, now))
}

/// A decision on a blob is one on its repository.
fn dedup_key(request: &PullRequest, finding: &Finding) -> DedupKey {
    let mut finding = finding.clone();
    let target = finding.image.target.take();
    let is_blob = matches!(request.subject, Subject::Content { object: Object::Blob(_), .. });
    DedupKey {
        engine: request.engine,
        uid: request.owner.map(|owner| owner.uid),
        finding,
        target: target.filter(|_| !is_blob),
    }
}

fn new_record(gate: &Gate, request: &PullRequest, finding: Finding, now: Timestamp) -> DecisionRecord {
    let verdict = Verdict {
        id: VerdictId::from_bits((gate.ports.random)()),
        at: now,
        engine: request.engine,
        front: request.addressing.front(),
        finding,
    };
    DecisionRecord {
        verdict,
        count: 1,
        last: now,
        uid: request.owner.map(|owner| owner.uid),
        digest: None,
        upstream: None,
        failures: None,
    }
}
