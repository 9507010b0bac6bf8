//! Gives each decision its verdict: repeats of one within a minute are one verdict with a count.

mod verdict_cache;

use jiff::{SignedDuration, Timestamp};
use policy::{Engine, Finding, Verdict, VerdictId};

use super::{PullRequest, Subject, accept::Object};
use crate::{
    gate::{Gate, RequestContext},
    ports::DecisionRecord,
};

pub(super) use verdict_cache::Emission;
pub(crate) use verdict_cache::VerdictCache;

/// What makes two decisions the same.
pub(super) struct DedupKey {
    engine: Engine,
    uid: Option<u32>,
    /// The finding without its target.
    finding: Finding,
    /// The tag or digest it is about; none for blobs: the many of one image are one decision about their repository.
    target: Option<String>,
}

/// How long a verdict is the answer to the same question.
const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Engines ask several times in one attempt (HEAD, GET, the blob by the same name).
const ONE_ATTEMPT: SignedDuration = SignedDuration::from_secs(2);

/// Enters a finding: a new verdict, or the one that was given less than a minute ago.
pub(super) fn record(
    gate: &Gate,
    context: &RequestContext,
    request: &PullRequest,
    finding: &Finding,
) -> DecisionRecord {
    let now = context.now;
    gate.verdicts
        .record(&DedupKey::of(request, finding), now, |finding| new_record(gate, request, finding, now))
}

impl DedupKey {
    fn of(request: &PullRequest, finding: &Finding) -> Self {
        let mut finding = finding.clone();
        let target = finding.image.target.take();
        let is_blob = matches!(request.subject, Subject::Content { object: Object::Blob(_), .. });
        Self {
            engine: request.engine,
            uid: request.owner.map(|owner| owner.uid),
            finding,
            target: target.filter(|_| !is_blob),
        }
    }

    fn finding_with_target(&self) -> Finding {
        let mut finding = self.finding.clone();
        finding.image.target.clone_from(&self.target);
        finding
    }

    /// Everything but the target, as a key.
    fn group(&self) -> String {
        format!("{:?} {:?} {:?}", self.engine, self.uid, self.finding)
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
