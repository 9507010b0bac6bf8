//! What a redirect may open.
//!
//! A registry may send an engine on into another registry's `/v2/`, as `registry.k8s.io` does. What comes there is judged
//! by both names: the one that was asked for first, and its own. Its own name alone opens whatever it opens to anybody.
//! Where nothing speaks of its own registry, the first name opens it, if the policy names the first registry itself, by
//! exactly its host: such a registry could as well hand the same bytes out itself. What the policy speaks against, by a
//! rule for the image, its registry, its publisher or its tag, no redirect opens.

use image_ref::Repository;
use policy::{Denial, LoadedPolicy, Naming, Reason};

use super::{
    classify,
    context::RequestContext,
    decide::{self, Ruling},
    request::{Addressing, PullRequest},
};
use crate::{gate::Gate, operation::Operation, upstream::is_inside};

/// Judges a request, and says by which of its names it goes on.
pub(super) fn judge(gate: &Gate, context: &RequestContext, request: &PullRequest) -> (Operation, Ruling) {
    let own = classify::classify(gate, request);
    let by_own = decide::decide(context, request, &own);
    let Some(first) = first_name(gate, request, &own) else { return (own, by_own) };
    match (decide::decide(context, request, &first), by_own) {
        // Both names are the content's; it is recorded by the one that people know.
        (permitted @ Ruling::Permitted(_), Ruling::Permitted(_)) => (first, permitted),
        (permitted @ Ruling::Permitted(_), Ruling::Denied(denial))
            if opens(context, &first, &own, &denial) =>
        {
            (first, permitted)
        }
        (_, Ruling::Denied(denial)) => {
            let denial = match repository(&first) {
                Some(first) => denial.sent_by(first),
                None => denial,
            };
            (own, Ruling::Denied(denial))
        }
        (_, by_own) => (own, by_own),
    }
}

/// How the policy of the request names the registry of what was asked for.
pub(super) fn naming(context: &RequestContext, operation: &Operation) -> Naming {
    match (&context.situation.held, repository(operation)) {
        (LoadedPolicy::Current(policy), Some(repository)) => policy.names(repository),
        (LoadedPolicy::Current(_) | LoadedPolicy::Absent | LoadedPolicy::Unusable { .. }, _) => {
            Naming::Nowhere
        }
    }
}

/// What the engine was asking for when it was sent here. Engines on the mirror front go where they are sent by
/// themselves.
fn first_name(gate: &Gate, request: &PullRequest, own: &Operation) -> Option<Operation> {
    let owner =
        request.owner.filter(|_| request.addressing == Addressing::Proxy && request.request.is_read())?;
    let whose = (owner.uid, request.engine);
    let now = host::clock::boottime();
    let first = gate.redirects.sent_here(whose, &request.destination, &request.path, now)?;
    matches!(own, Operation::Pull { .. }).then_some(first)
}

/// Whether the first name opens what no rule speaks of.
fn opens(context: &RequestContext, first: &Operation, own: &Operation, denial: &Denial) -> bool {
    let is_inside = |host: &str| host.parse().is_ok_and(is_inside);
    let is_elsewhere = repository(own).is_some_and(|own| {
        let registry = own.registry();
        !registry.is_docker_hub() && !registry.is_loopback() && !is_inside(registry.host())
    });
    denial.finding().reason == Reason::RegistryUnlisted
        && is_elsewhere
        && naming(context, first) == Naming::Exactly
}

fn repository(operation: &Operation) -> Option<&Repository> {
    match operation {
        Operation::Pull { repository, .. } | Operation::Push { repository, .. } => Some(repository),
        Operation::Unlisted { .. } | Operation::Ping | Operation::Search | Operation::Plain => None,
    }
}
