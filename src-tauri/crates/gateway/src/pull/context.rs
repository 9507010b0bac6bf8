//! What one request is judged and answered by.

use std::sync::Arc;

use jiff::Timestamp;
use policy::{DecisionContext, Engine, Front, LoadedPolicy};

use super::request::{PullRequest, ResolvedNetwork};
use crate::{
    gate::Gate,
    ports::Owner,
    upstream::{Destination, EngineFamily, Network},
};

/// Policy, session, way out and time as they were when a request came. They are taken once: what was permitted under
/// one policy is not sent on under another, and a change of the settings is for the requests after it.
pub(crate) struct RequestContext {
    /// The policy and the session, as they are for whoever asks.
    pub(crate) situation: Arc<DecisionContext>,
    /// The way to registries of the engine that asks.
    pub(crate) network: Arc<Network>,
    pub(crate) now: Timestamp,
}

impl RequestContext {
    /// The context of a request.
    pub(crate) fn of(gate: &Gate, request: &PullRequest) -> Self {
        let network = match &request.network {
            Some(ResolvedNetwork(network)) => Arc::clone(network),
            None => gate.network(request.owner, request.engine, request.addressing.front(), request.family),
        };
        let situation = gate.situation().of_asker(request.owner.map(|owner| owner.uid));
        Self { situation, network, now: gate.now() }
    }

    /// The context of a connection to the proxy front, before anybody has read what is asked for in it.
    pub(crate) fn of_connection(gate: &Gate, owner: Option<Owner>, engine: Engine) -> Self {
        let network = gate.network(owner, engine, Front::Proxy, EngineFamily::Docker);
        Self { situation: gate.situation(), network, now: gate.now() }
    }

    /// Whether the policy names a registry at this place.
    pub(crate) fn names(&self, place: &Destination) -> bool {
        match (&self.situation.held, place.registry()) {
            (LoadedPolicy::Current(policy), Some(registry)) => {
                policy.registries().iter().any(|pattern| pattern.matches(&registry))
            }
            (LoadedPolicy::Current(_) | LoadedPolicy::Absent | LoadedPolicy::Unusable { .. }, _) => false,
        }
    }
}
