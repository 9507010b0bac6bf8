//! Gives each decision its verdict: repeats of one within a minute are one verdict with a count.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use policy::{Engine, Finding, Verdict, VerdictId};

use super::PullRequest;
use crate::{gate::Gate, ports::Decided};

/// The verdicts of the last minute.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<HashMap<Key, Decided>>);

/// What makes two decisions the same.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    engine: Engine,
    uid: Option<u32>,
    /// The finding without its words, as its own serialization: image, rule, outcome, policy.
    finding: String,
}

const SAME: SignedDuration = SignedDuration::from_secs(60);
/// Engines ask several times in one attempt (HEAD, GET, the blob by the same name).
const ONE_ATTEMPT: SignedDuration = SignedDuration::from_secs(2);

/// Enters a finding: a new verdict, or the one that was given less than a minute ago.
pub(super) fn enter(gate: &Gate, request: &PullRequest, finding: &Finding) -> Decided {
    let now = gate.now();
    let key = Key {
        engine: request.engine,
        uid: request.uid,
        finding: serde_json::to_string(finding).unwrap_or_default(),
    };
    let mut ledger = gate.ledger.0.lock().unwrap_or_else(PoisonError::into_inner);
    ledger.retain(|_, decided| now.duration_since(decided.verdict.at) < SAME);
    let decided = ledger.entry(key).or_insert_with(|| first(gate, request, finding, now));
    if now.duration_since(decided.last) > ONE_ATTEMPT {
        decided.count += 1;
        decided.last = now;
    }
    decided.clone()
}

fn first(gate: &Gate, request: &PullRequest, finding: &Finding, now: Timestamp) -> Decided {
    let verdict = Verdict {
        id: VerdictId::from_bits((gate.ports.random)()),
        at: now,
        engine: request.engine,
        front: request.way.front(),
        finding: finding.clone(),
    };
    Decided { verdict, count: 1, last: now, uid: request.uid, digest: None, upstream: None }
}
