//! How things stand, as one value.

use std::sync::PoisonError;

use policy::{Held, SignIn};
use wire::{Fronts, PolicyState, SignInState, StatusReport};

use crate::service::core::Core;

impl Core {
    /// The status of this moment.
    pub(in crate::service) fn status(&self) -> StatusReport {
        let now = host::clock::now();
        let situation = std::sync::Arc::clone(&self.situation.borrow());
        let enrolled = self.enrolled.read().unwrap_or_else(PoisonError::into_inner).good().is_some();
        let pause = situation.pause.clone().filter(|pause| pause.until > now && may_pause(&situation));
        StatusReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            organization: enrolled.then(|| situation.organization.clone()),
            enforcing: pause.is_none() && self.stops_images(&situation),
            sign_in: match &situation.sign_in {
                SignIn::NotRequired => SignInState::NotRequired,
                SignIn::SignedIn { account, groups, .. } => {
                    SignInState::SignedIn { account: account.clone(), groups: groups.clone() }
                }
                SignIn::Needed { why } => SignInState::Needed { why: why.clone() },
            },
            policy: self.policy_state(),
            pause,
            engines: self.engines.summary(),
            conditions: self.conditions.list(),
            fronts: Fronts {
                proxy: Some(self.addresses.proxy.to_string()),
                mirror: Some(self.addresses.mirror.to_string()),
            },
        }
    }

    /// What this machine has of a policy.
    pub(in crate::service) fn policy_state(&self) -> PolicyState {
        let enrolled = self.enrolled.read().unwrap_or_else(PoisonError::into_inner);
        let source = enrolled.good().map_or_else(String::new, |enrollment| enrollment.policy.url.clone());
        let policy = self.policy.read().unwrap_or_else(PoisonError::into_inner);
        match &policy.held {
            Held::Absent => PolicyState::Absent,
            Held::Unusable { why } => PolicyState::Unusable { why: why.clone(), source },
            Held::Current(current) => PolicyState::Current {
                stamp: current.stamp().clone(),
                confirmed: policy.confirmed,
                source,
                stale_since: current.document().stale_after.filter(|end| *end <= host::clock::now()),
            },
        }
    }

    fn stops_images(&self, situation: &policy::Situation) -> bool {
        match &situation.held {
            Held::Absent => situation.absent_blocks,
            Held::Unusable { .. } => true,
            Held::Current(policy) => policy.document().mode != policy::Word::Known(policy::Mode::Audit),
        }
    }
}

/// Whether a pause holds: under a policy that forbids it, it does not.
fn may_pause(situation: &policy::Situation) -> bool {
    match &situation.held {
        Held::Current(policy) => policy.document().pause.allowed,
        Held::Absent | Held::Unusable { .. } => true,
    }
}
