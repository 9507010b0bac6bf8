//! How things stand, as one value.

use std::sync::PoisonError;

use policy::LoadedPolicy;
use wire::{Fronts, PolicyState, StatusReport};

use super::Publisher;
use crate::{in_force::InForce, time};

impl Publisher {
    /// The status of this moment.
    pub(crate) fn status(&self) -> StatusReport {
        let now = time::now();
        let situation = self.context();
        let settings = self.in_force.borrow().enrolled.good().map(|enrollment| enrollment.settings.clone());
        let pause = situation.pause.clone().filter(|pause| pause.until > now && may_pause(&situation));
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            organization: settings.is_some().then(|| situation.organization.clone()),
            enforcing: pause.is_none() && self.stops_images(&situation),
            sign_in: self.session.shown(&situation.sign_in, &situation.organization.display),
            policy: self.policy_state(),
            pause,
            engines: self.engines.summary(),
            conditions: self.conditions.list(),
            fronts: Fronts {
                proxy: Some(self.addresses.proxy.to_string()),
                mirror: Some(self.addresses.mirror.to_string()),
            },
            ways_out: if settings.is_some() { self.own_egress.learned.shown() } else { Vec::new() },
            settings: settings.unwrap_or_default(),
        }
    }

    /// What this machine has of a policy.
    pub(crate) fn policy_state(&self) -> PolicyState {
        let in_force = self.in_force.borrow();
        let InForce { enrolled, policy, .. } = &*in_force;
        let source = enrolled.good().map_or_else(String::new, |enrollment| enrollment.policy.url.clone());
        match &policy.held {
            LoadedPolicy::Absent => PolicyState::Absent,
            LoadedPolicy::Unusable { why } => PolicyState::Unusable { why: why.clone(), source },
            LoadedPolicy::Current(current) => PolicyState::Current {
                stamp: current.stamp().clone(),
                confirmed: policy.confirmed,
                named: policy.source.as_ref().filter(|from| **from != source).map(|_| source.clone()),
                source: policy.source.clone().unwrap_or(source),
                signed_by: policy
                    .set
                    .iter()
                    .flat_map(|set| set.signed_by())
                    .map(|id| id.to_string())
                    .collect(),
                stale_since: current.stale_since(time::now()),
                distrusted: current
                    .distrust()
                    .filter(|distrust| distrust.since <= time::now())
                    .map(|distrust| distrust.why.to_string()),
                change: self.change.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            },
        }
    }

    fn stops_images(&self, situation: &policy::DecisionContext) -> bool {
        match &situation.held {
            LoadedPolicy::Absent => situation.absent_blocks,
            LoadedPolicy::Unusable { .. } => true,
            LoadedPolicy::Current(policy) => {
                policy.document().mode != policy::Extensible::Known(policy::Mode::Audit)
            }
        }
    }
}

/// Whether a pause holds: under a policy that forbids it, it does not.
fn may_pause(situation: &policy::DecisionContext) -> bool {
    match &situation.held {
        LoadedPolicy::Current(policy) => policy.document().pause.allowed,
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => true,
    }
}
