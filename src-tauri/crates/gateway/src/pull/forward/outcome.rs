//! What came of a permitted request, in words that never blame the policy for the registry's answer.

use policy::{
    Answered,
    render::{Trouble, TroubleWords, is_hub_denial, trouble},
};
use serde::Deserialize;

use crate::{http::Reply, pull::PullRequest, upstream::Problem};

/// Words and record for a request that got no answer.
pub(super) fn of_problem(problem: &Problem) -> (TroubleWords, Answered) {
    match problem {
        Problem::Certificate { host, problem } => {
            let words = trouble(&Trouble::Certificate { host, problem: *problem });
            let answered = Answered::Certificate { host: host.clone(), problem: problem.in_short() };
            (words, answered)
        }
        Problem::Unreachable { host, problem } => {
            let answered = Answered::Unreachable { host: host.clone(), problem: problem.clone() };
            (trouble(&Trouble::Unreachable { host, problem }), answered)
        }
    }
}

/// The record of an answer; none for a challenge, which is a step of signing in to the registry.
pub(super) fn of_reply(request: &PullRequest, reply: &Reply, body: Option<Vec<u8>>) -> Option<Answered> {
    let status = reply.status;
    match status {
        200..=399 => Some(Answered::Delivered { status }),
        401 if request.request.fields.get("authorization").is_none() => None,
        _ => {
            let message =
                message(body.as_deref().unwrap_or_default()).unwrap_or_else(|| reply.reason.clone());
            let hub = request.destination.registry().is_some_and(|registry| registry.is_docker_hub());
            if hub && is_hub_denial(status, &message) {
                return Some(Answered::HubDenied { message });
            }
            Some(Answered::Refused { status, message })
        }
    }
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<OciError>,
}

#[derive(Deserialize)]
struct OciError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// The words of the registry's first error.
pub(super) fn message(body: &[u8]) -> Option<String> {
    let errors: Errors = serde_json::from_slice(body).ok()?;
    let first = errors.errors.into_iter().next()?;
    let text = if first.message.is_empty() { first.code } else { first.message };
    Some(text.chars().filter(|letter| !letter.is_control()).take(500).collect())
}
