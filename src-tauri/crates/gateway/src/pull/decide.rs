//! Step 3. Asks the policy as it stood when the request came: for each request, never for a connection.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use image_ref::Repository;
use policy::{AccessRequest, Decision, Denial, LoadedPolicy, Permit, Route, Target, decide as judge};
use serde::Deserialize;

use super::{
    context::RequestContext,
    request::{PullRequest, Subject},
};
use crate::operation::Operation;

/// What is done with a request.
pub(super) enum Ruling {
    Permitted(Permitted),
    Denied(Denial),
    /// A look of a permitted push into a repository that may not be pulled: answered as if nothing were there.
    /// The push that may go on is what is recorded.
    Hidden(Option<Permit>),
}

/// Leave to forward a request, with the place that the same policy sends it to. Only [`decide`] makes one.
pub(super) struct Permitted {
    permit: Permit,
    route: Option<Route>,
}

impl Permitted {
    pub(super) fn permit(&self) -> &Permit {
        &self.permit
    }

    /// Where the images of the registry are fetched from instead of from itself.
    pub(super) fn route(&self) -> Option<&Route> {
        self.route.as_ref()
    }
}

/// Decides by the policy and the session as they were when the request came.
pub(super) fn decide(context: &RequestContext, request: &PullRequest, operation: &Operation) -> Ruling {
    let mut first_denial = None;
    for ask in operation.access_requests() {
        match judge(&context.situation, &ask, context.now) {
            Decision::Permitted(permit) => {
                return Ruling::Permitted(Permitted { permit, route: route(context, request) });
            }
            Decision::Denied(denial) => first_denial = first_denial.or(Some(denial)),
        }
    }
    match (first_denial, look_of_push(context, request)) {
        (Some(denial), None) => Ruling::Denied(denial),
        (_, push) => Ruling::Hidden(push),
    }
}

/// Whether content of `from` may come here, as a mount into another repository would bring it.
pub(super) fn may_mount(context: &RequestContext, operation: &Operation) -> bool {
    let judged = |ask: &AccessRequest<'_>| judge(&context.situation, ask, context.now);
    operation.access_requests().iter().any(|ask| matches!(judged(ask), Decision::Permitted(_)))
}

/// Where the policy sends the requests for a registry.
fn route(context: &RequestContext, request: &PullRequest) -> Option<Route> {
    let registry = request.destination.registry()?;
    match &context.situation.held {
        LoadedPolicy::Current(policy) => policy.route(&registry).cloned(),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => None,
    }
}

/// A push looks for what the registry has already. Its token says so; believing it costs nothing, since the
/// answer is "nothing is here".
fn look_of_push(context: &RequestContext, request: &PullRequest) -> Option<Permit> {
    let Subject::Content { repository, .. } = &request.subject else { return None };
    let bearer = request.request.fields.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let pushes = request.request.is_read() && bearer.is_some_and(|token| grants_push(token, repository));
    let ask = AccessRequest::Push { repository, target: Target::Repository };
    match judge(&context.situation, &ask, context.now) {
        Decision::Permitted(permit) if pushes => Some(permit),
        Decision::Permitted(_) | Decision::Denied(_) => None,
    }
}

/// The claims of a registry token (distribution token specification).
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    access: Vec<Access>,
}

#[derive(Deserialize)]
struct Access {
    name: String,
    actions: Vec<String>,
}

fn grants_push(token: &str, repository: &Repository) -> bool {
    let claims =
        token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
    let claims: Option<Claims> = claims.and_then(|json| serde_json::from_slice(&json).ok());
    claims.is_some_and(|claims| {
        claims
            .access
            .iter()
            .any(|access| access.name == repository.path() && access.actions.iter().any(|one| one == "push"))
    })
}
