//! What holds on this machine, as one value that everybody watches: the enrollment, the policy under it, and a pause.

use std::sync::Arc;

use identity::session::Terms;
use jiff::{SignedDuration, Timestamp};
use policy::{DecisionContext, LoadedPolicy, Pause, SignIn, SignInPolicy};
use policy_bundle::PolicyBundle;

use super::enrolled::Enrolled;

/// Enrollment, policy and pause as they were last read or fetched.
#[derive(Clone, Debug)]
pub(super) struct InForce {
    pub(super) enrolled: Enrolled,
    pub(super) policy: PolicyInForce,
    pub(super) pause: Option<Pause>,
}

/// The policy with the time it was last seen to be the latest.
#[derive(Clone, Debug)]
pub(super) struct PolicyInForce {
    pub(super) held: LoadedPolicy,
    pub(super) confirmed: Timestamp,
    /// The time of that kind that was last written down.
    pub(super) noted: Timestamp,
    /// The set that a later one is judged against.
    pub(super) set: Option<Arc<PolicyBundle>>,
    /// The address that the set was accepted from, as the enrollment of that time named it.
    pub(super) source: Option<String>,
}

impl PolicyInForce {
    pub(super) fn without(held: LoadedPolicy, now: Timestamp) -> Self {
        Self { held, confirmed: now, noted: now, set: None, source: None }
    }

    pub(super) fn of(set: Arc<PolicyBundle>, confirmed: Timestamp, source: Option<String>) -> Self {
        let held = LoadedPolicy::Current(Arc::clone(set.policy()));
        Self { held, confirmed, noted: confirmed, set: Some(set), source }
    }

    fn sign_in(&self) -> Option<&SignInPolicy> {
        match &self.held {
            LoadedPolicy::Current(policy) => policy.document().sign_in.as_ref(),
            LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
        }
    }
}

impl InForce {
    /// Until the policy is read, none can be used.
    pub(super) fn unread(enrolled: Enrolled, now: Timestamp) -> Self {
        let held = LoadedPolicy::Unusable { why: "it is not read yet".to_owned() };
        Self { enrolled, policy: PolicyInForce::without(held, now), pause: None }
    }

    /// Whether the policy lets images pass only while somebody is signed in, where the enrollment has a sign-in.
    pub(super) fn is_sign_in_required(&self) -> bool {
        self.policy.sign_in().is_none_or(|policy| policy.required)
    }

    /// For how long a session is believed, by the policy.
    pub(super) fn terms(&self) -> Terms {
        let hours = |hours: u32| SignedDuration::from_hours(hours.into());
        self.policy.sign_in().map_or_else(Terms::default, |policy| Terms {
            grace: hours(policy.offline_grace_hours),
            recheck: hours(policy.recheck_hours),
        })
    }

    /// What pulls are decided by, while the sign-in is this.
    pub(super) fn context(&self, sign_in: SignIn) -> DecisionContext {
        DecisionContext {
            organization: self.enrolled.organization(),
            held: self.policy.held.clone(),
            absent_blocks: self.enrolled.good().is_some_and(|enrollment| enrollment.absent_blocks),
            sign_in,
            grants: Vec::new(),
            pause: self.pause.clone(),
        }
    }
}
