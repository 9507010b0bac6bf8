//! Step 3. Asks the policy as it stands now: for each request, never for a connection.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use image_ref::Repository;
use policy::{Ask, Decision, Denial, Permit, Situation, Target, decide as judge};
use serde::Deserialize;

use super::{Asked, PullRequest, Subject};
use crate::gate::Gate;

/// What is done with a request.
pub(super) enum Ruling {
    Permitted(Permit),
    Denied(Denial),
    /// A look of a permitted push into a repository that may not be pulled: answered as if nothing were there.
    Hidden,
}

/// Decides by the policy and the session of this moment.
pub(super) fn decide(gate: &Gate, request: &PullRequest, asked: &Asked) -> Ruling {
    let (situation, now) = (situation(gate, request), gate.now());
    let mut first_denial = None;
    for ask in asked.asks() {
        match judge(&situation, &ask, now) {
            Decision::Permitted(permit) => return Ruling::Permitted(permit),
            Decision::Denied(denial) => first_denial = first_denial.or(Some(denial)),
        }
    }
    match first_denial {
        Some(_) if is_look_of_push(gate, request) => Ruling::Hidden,
        Some(denial) => Ruling::Denied(denial),
        None => Ruling::Hidden,
    }
}

/// Whether content of `from` may come here, as a mount into another repository would bring it.
pub(super) fn may_mount(gate: &Gate, request: &PullRequest, asked: &Asked) -> bool {
    let (situation, now) = (situation(gate, request), gate.now());
    asked.asks().iter().any(|ask| matches!(judge(&situation, ask, now), Decision::Permitted(_)))
}

/// A push looks for what the registry has already. Its token says so; believing it costs nothing, since the
/// answer is "nothing is here".
fn is_look_of_push(gate: &Gate, request: &PullRequest) -> bool {
    let Subject::Content { repository, .. } = &request.subject else { return false };
    let bearer = request.request.fields.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let pushes = request.request.is_read() && bearer.is_some_and(|token| grants_push(token, repository));
    let ask = Ask::Push { repository, target: Target::Repository };
    pushes && matches!(judge(&situation(gate, request), &ask, gate.now()), Decision::Permitted(_))
}

/// The situation of this moment, for whoever asks.
fn situation(gate: &Gate, request: &PullRequest) -> Arc<Situation> {
    gate.situation().of_asker(request.owner.map(|owner| owner.uid))
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
