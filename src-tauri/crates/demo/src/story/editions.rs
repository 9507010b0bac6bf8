//! The editions of Acme's policy: real documents, read and judged by the real policy.

use std::sync::Arc;

use jiff::Timestamp;
use policy::{LoadedPolicy, Policy, PolicyStamp};
use serde_json::{Value, json};
use wire::{PolicyChange, PolicyState};

use super::acme;
use super::invented::{DAY, HOUR, after, before, hex, midnight};
use crate::Scene;

const DOCUMENT: &str = include_str!("policy.json");
const CATALOG: &str = include_str!("catalog.json");

/// The latest edition; the one before it lacks [`NEWS`].
const SERIAL: u64 = 1042;
/// The allow rule that the latest edition brought.
const NEWS: &str = "mailpit";
/// How long after its issue an edition is too old, in days.
const GOOD_FOR: i64 = 7;

/// The editions that came to this machine.
#[derive(Clone, Debug)]
pub(super) struct Editions {
    /// Each with the time it came, the earliest first.
    arrived: Vec<(Timestamp, LoadedPolicy)>,
    confirmed: Timestamp,
}

impl Editions {
    /// What came before `now`.
    pub(super) fn of(scene: Scene, now: Timestamp) -> Self {
        let former = (SERIAL - 1, before(now, 9 * DAY));
        let latest = (SERIAL, before(now, 3 * HOUR));
        let (issued, confirmed) = match scene {
            Scene::Acme | Scene::SignIn => (vec![former, latest], before(now, 2)),
            Scene::Troubled => (vec![former], before(now, 3 * DAY)),
            Scene::Fresh | Scene::Unenrolled => (Vec::new(), now),
        };
        let arrive = |(serial, issued)| (after(issued, 3), held(serial, issued, now));
        Self { arrived: issued.into_iter().map(arrive).collect(), confirmed }
    }

    /// What was in force at a time.
    pub(super) fn at(&self, time: Timestamp) -> &LoadedPolicy {
        let earlier = self.arrived.iter().rev().find(|(came, _)| *came <= time);
        earlier.map_or(&LoadedPolicy::Absent, |(_, held)| held)
    }

    /// The policy in force at a time, where there is a good one.
    pub(super) fn policy(&self, time: Timestamp) -> Option<&Arc<Policy>> {
        current(self.at(time))
    }

    /// What the machine has of a policy.
    pub(super) fn state(&self, now: Timestamp) -> PolicyState {
        let source = acme::POLICY.to_owned();
        match self.at(now) {
            LoadedPolicy::Absent => PolicyState::Absent,
            LoadedPolicy::Unusable { why } => PolicyState::Unusable { why: why.clone(), source },
            LoadedPolicy::Current(policy) => PolicyState::Current {
                stamp: policy.stamp().clone(),
                confirmed: self.confirmed,
                source,
                named: None,
                distrusted: None,
                signed_by: vec![acme::KEY.to_owned()],
                stale_since: policy.stale_since(now),
                change: self.change(),
            },
        }
    }

    fn change(&self) -> Option<PolicyChange> {
        let [.., (_, former), (at, latest)] = self.arrived.as_slice() else { return None };
        let sentence = policy_text::changes(current(former)?, current(latest)?)?;
        Some(PolicyChange { at: *at, sentence })
    }
}

fn current(held: &LoadedPolicy) -> Option<&Arc<Policy>> {
    match held {
        LoadedPolicy::Current(policy) => Some(policy),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}

fn held(serial: u64, issued: Timestamp, now: Timestamp) -> LoadedPolicy {
    let document = document(serial, issued, now);
    let read = serde_json::to_vec(&document)
        .map_err(|error| error.to_string())
        .and_then(|bytes| parse(&bytes).map_err(|refusal| refusal.to_string()));
    match read {
        Ok(policy) => LoadedPolicy::Current(Arc::new(policy)),
        Err(why) => LoadedPolicy::Unusable { why },
    }
}

fn parse(document: &[u8]) -> Result<Policy, policy::Refusal> {
    let policy = Policy::parse(document, Some(CATALOG.as_bytes()), &acme::organization().name)?;
    let PolicyStamp { serial, issued, .. } = policy.stamp();
    let sha256 = hex(&format!("{serial} {issued}"));
    Ok(policy.with_sha256(sha256))
}

/// The document with what depends on the time.
fn document(serial: u64, issued: Timestamp, now: Timestamp) -> Value {
    let mut document: Value = serde_json::from_str(DOCUMENT).unwrap_or_default();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("serial".to_owned(), json!(serial));
        fields.insert("issued".to_owned(), json!(issued));
        fields.insert("staleAfter".to_owned(), json!(after(issued, GOOD_FOR * DAY)));
    }
    if let Some(rules) = document.get_mut("allow").and_then(Value::as_array_mut) {
        rules.retain(|rule| serial == SERIAL || !is(rule, NEWS));
        for rule in rules.iter_mut() {
            let ends = EXPIRES.iter().find(|(id, _)| is(rule, id));
            if let (Some((_, days)), Some(fields)) = (ends, rule.as_object_mut()) {
                fields.insert("expires".to_owned(), json!(midnight(after(now, days * DAY))));
            }
        }
    }
    document
}

/// When exceptions end, in days from now; one has ended.
const EXPIRES: [(&str, i64); 3] = [("localstack", 20), ("wiremock", -3), (NEWS, 85)];

fn is(rule: &Value, id: &str) -> bool {
    rule.get("id").and_then(Value::as_str) == Some(id)
}
