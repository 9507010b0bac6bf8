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
    entered: Mutex<Vec<Entered>>,
    told: Mutex<HashMap<VerdictId, Decided>>,
}

/// A decision, and what it was about.
struct Entered {
    about: About,
    decided: Decided,
}

/// What makes two decisions the same.
struct About {
    engine: Engine,
    uid: Option<u32>,
    /// The finding without its target.
    finding: Finding,
    /// The tag or digest it is about; none for blobs: the many of one image are one decision about their repository.
    target: Option<String>,
}

const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Engines ask several times in one attempt (HEAD, GET, the blob by the same name).
const ONE_ATTEMPT: SignedDuration = SignedDuration::from_secs(2);

/// Enters a finding: a new verdict, or the one that was given less than a minute ago.
pub(super) fn enter(gate: &Gate, request: &PullRequest, finding: &Finding) -> Decided {
    let now = gate.now();
    let about = About::of(request, finding);
    let mut ledger = gate.ledger.entered.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.retain(|one| now.duration_since(one.decided.verdict.at) < SAME);
    if let Some(known) = ledger.iter_mut().find(|one| one.about.covers(&about)) {
        return known.again(now);
    }
    let decided = first(gate, request, about.whole(), now);
    ledger.push(Entered { about, decided: decided.clone() });
    decided
}

impl Entered {
    fn again(&mut self, now: Timestamp) -> Decided {
        if now.duration_since(self.decided.last) > ONE_ATTEMPT {
            self.decided.count += 1;
            self.decided.last = now;
        }
        self.decided.clone()
    }
}

impl About {
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

    /// A blob belongs to the image that was decided on just before: engines ask for a denied digest as a blob, too.
    fn covers(&self, other: &Self) -> bool {
        let same = (self.engine, self.uid, &self.finding) == (other.engine, other.uid, &other.finding);
        same && (other.target.is_none() || self.target == other.target)
    }

    fn whole(&self) -> Finding {
        let mut finding = self.finding.clone();
        finding.image.target.clone_from(&self.target);
        finding
    }
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

fn first(gate: &Gate, request: &PullRequest, finding: Finding, now: Timestamp) -> Decided {
    let verdict = Verdict {
        id: VerdictId::from_bits((gate.ports.random)()),
        at: now,
        engine: request.engine,
        front: request.way.front(),
        finding,
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
