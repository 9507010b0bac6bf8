//! Gives each decision its verdict: repeats of one within a minute are one verdict with a count.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use policy::{Engine, Finding, Verdict, VerdictId};

use super::{PullRequest, Subject, accept::Object};
use crate::{gate::Gate, ports::Decided};

/// The verdicts of the last minute, and what was told of each.
#[derive(Default)]
pub(crate) struct Ledger {
    entered: Mutex<HashMap<Key, Decided>>,
    told: Mutex<HashMap<VerdictId, Decided>>,
}

/// What makes two decisions the same.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    engine: Engine,
    uid: Option<u32>,
    /// The finding without its words, as its own serialization: repository, rule, outcome, policy.
    finding: String,
    /// The tag or digest it is about; none for blobs.
    target: Option<String>,
}

const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Engines ask several times in one attempt (HEAD, GET, the blob by the same name).
const ONE_ATTEMPT: SignedDuration = SignedDuration::from_secs(2);

/// Enters a finding: a new verdict, or the one that was given less than a minute ago.
pub(super) fn enter(gate: &Gate, request: &PullRequest, finding: &Finding) -> Decided {
    let now = gate.now();
    let finding = &whole(request, finding);
    let key = Key::of(request, finding);
    let mut ledger = gate.ledger.entered.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.retain(|_, decided| now.duration_since(decided.verdict.at) < SAME);
    let key = ledger.keys().find(|known| known.covers(&key)).cloned().unwrap_or(key);
    let decided = ledger.entry(key).or_insert_with(|| first(gate, request, finding, now));
    if now.duration_since(decided.last) > ONE_ATTEMPT {
        decided.count += 1;
        decided.last = now;
    }
    decided.clone()
}

impl Key {
    fn of(request: &PullRequest, finding: &Finding) -> Self {
        let mut about = finding.clone();
        let target = about.image.target.take();
        Self {
            engine: request.engine,
            uid: request.owner.map(|owner| owner.uid),
            finding: serde_json::to_string(&about).unwrap_or_default(),
            target,
        }
    }

    /// A blob belongs to the image that was decided on just before: engines ask for a denied digest as a blob, too.
    fn covers(&self, other: &Self) -> bool {
        let same = (self.engine, self.uid, &self.finding) == (other.engine, other.uid, &other.finding);
        same && (other.target.is_none() || self.target == other.target)
    }
}

/// A blob is part of an image: the many blobs of one are one decision about their repository.
fn whole(request: &PullRequest, finding: &Finding) -> Finding {
    let mut finding = finding.clone();
    if matches!(request.subject, Subject::Content { object: Object::Blob(_), .. }) {
        finding.image.target = None;
    }
    finding
}

impl Ledger {
    /// Whether anything of this was not told yet; from now on it was.
    pub(super) fn is_news(&self, decided: &Decided) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.retain(|_, one| decided.last.duration_since(one.last) < SAME);
        let Some(known) = told.get_mut(&decided.verdict.id) else {
            told.insert(decided.verdict.id.clone(), decided.clone());
            return true;
        };
        let digest = decided.digest.clone().or_else(|| known.digest.clone());
        let upstream = decided.upstream.clone().or_else(|| known.upstream.clone());
        let now = Decided { digest, upstream, ..decided.clone() };
        let is_news = *known != now;
        *known = now;
        is_news
    }
}

fn first(gate: &Gate, request: &PullRequest, finding: &Finding, now: Timestamp) -> Decided {
    let verdict = Verdict {
        id: VerdictId::from_bits((gate.ports.random)()),
        at: now,
        engine: request.engine,
        front: request.way.front(),
        finding: finding.clone(),
    };
    Decided {
        verdict,
        count: 1,
        last: now,
        uid: request.owner.map(|owner| owner.uid),
        digest: None,
        upstream: None,
    }
}
