//! What came of a permitted request, in words that never blame the policy for the registry's answer.

use egress::ProxySource;
use http1::Reply;
use policy::{LoginSearch, UpstreamResult};
use policy_text::render::{
    FailureWords, InsecurePlace, UnreachableCause, UpstreamFailure, describe_failure, is_hub_denial,
};

use crate::{
    ports::EgressFailure,
    pull::request::PullRequest,
    upstream::{EngineFamily, Problem, error_message},
};

/// Words and record for a request that got no answer.
pub(super) fn of_problem(problem: &Problem) -> (FailureWords, UpstreamResult) {
    match problem {
        Problem::Token { host, status, message, retry_after } => {
            let retry_after = retry_after.as_ref().and_then(|wait| wait.parse().ok());
            let words = describe_failure(&UpstreamFailure::TokenRefused {
                host,
                status: *status,
                message,
                retry_after,
            });
            let answered = UpstreamResult::TokenRefused {
                host: host.clone(),
                status: *status,
                message: message.clone(),
            };
            (words, answered)
        }
        Problem::Certificate { host, problem, engine } => {
            let place = place(*engine);
            let words = describe_failure(&UpstreamFailure::Certificate { host, problem: *problem, place });
            let answered = UpstreamResult::Certificate { host: host.clone(), problem: problem.in_short() };
            (words, answered)
        }
        Problem::NoTls { host, engine } => {
            let problem = UnreachableCause::NoTls.in_short().to_owned();
            let answered = UpstreamResult::Unreachable { host: host.clone(), problem };
            (describe_failure(&UpstreamFailure::NoTls { host, place: place(*engine) }), answered)
        }
        Problem::Damaged { host, file } => {
            let answered = UpstreamResult::Certificate { host: host.clone(), problem: file.clone() };
            (describe_failure(&UpstreamFailure::TrustFile { host, file }), answered)
        }
        Problem::Unreachable { host, problem } => {
            let answered = UpstreamResult::Unreachable { host: host.clone(), problem: problem.clone() };
            (describe_failure(&UpstreamFailure::Unreachable { host, problem }), answered)
        }
        Problem::NoWayOut { host, problem } => {
            let words = describe_failure(&UpstreamFailure::NoWayOut { host, problem });
            let problem = format!("{problem}, and no proxy is known");
            (words, UpstreamResult::Unreachable { host: host.clone(), problem })
        }
        Problem::Proxy(at) => {
            let (source, problem) = (at.whose.to_string(), &at.problem);
            let words =
                describe_failure(&UpstreamFailure::Proxy { address: &at.address, source: &source, problem });
            (words, UpstreamResult::Proxy { proxy: at.name(), problem: problem.predicate() })
        }
    }
}

fn place(engine: EngineFamily) -> InsecurePlace {
    match engine {
        EngineFamily::Docker => InsecurePlace::DaemonJson,
        EngineFamily::Podman => InsecurePlace::RegistriesConf,
        EngineFamily::Containerd => InsecurePlace::HostsToml,
    }
}

/// A problem that says that this machine is not let out.
pub(super) fn of_way_out(source: ProxySource, problem: &Problem) -> Option<EgressFailure> {
    let sentence = match problem {
        Problem::NoWayOut { host, problem } => {
            format!("`{host}` cannot be reached ({problem}), and Pullgate knows no proxy here")
        }
        Problem::Proxy(at) => at.to_string(),
        Problem::Token { .. }
        | Problem::Certificate { .. }
        | Problem::NoTls { .. }
        | Problem::Damaged { .. }
        | Problem::Unreachable { .. } => return None,
    };
    Some(EgressFailure { source, sentence })
}

/// The record of an answer; none for a challenge, which is a step of signing in to the registry.
pub(super) fn of_reply(
    request: &PullRequest,
    reply: &Reply,
    body: Option<Vec<u8>>,
) -> Option<UpstreamResult> {
    let status = reply.status;
    match status {
        200..=399 => Some(UpstreamResult::Delivered { status }),
        401 if request.request.fields.get("authorization").is_none() => None,
        _ => {
            let said =
                error_message::message(error_message::is_json(reply), body.as_deref().unwrap_or_default());
            let message = said.unwrap_or_else(|| reply.reason.clone());
            let hub = request.destination.registry().is_some_and(|registry| registry.is_docker_hub());
            if hub && is_hub_denial(status, &message) {
                return Some(UpstreamResult::HubDenied { message });
            }
            Some(UpstreamResult::Refused { status, message })
        }
    }
}

/// Words and record for a 401; where no login was looked for, the place is asked as nobody.
pub(super) fn of_unauthorized(
    request: &PullRequest,
    host: &str,
    message: String,
    login: Option<LoginSearch>,
) -> (FailureWords, UpstreamResult) {
    let Some(login) = login else {
        let words = describe_failure(&UpstreamFailure::Refused { host, status: 401, message: &message });
        return (words, UpstreamResult::Refused { status: 401, message });
    };
    let engine = request.engine;
    let words =
        describe_failure(&UpstreamFailure::Unauthorized { host, message: &message, login: &login, engine });
    (words, UpstreamResult::Unauthorized { status: 401, message, login })
}

/// How a problem is answered: as the trouble of the token service where it is one, or as that of a gateway.
pub(super) fn status_of(problem: &Problem) -> (u16, &'static str) {
    match problem {
        Problem::Token { status: status @ (403 | 429 | 500..=599), .. } => {
            let code = match status {
                403 => "DENIED",
                429 => "TOOMANYREQUESTS",
                _ => "UNKNOWN",
            };
            (*status, code)
        }
        Problem::Token { .. }
        | Problem::Certificate { .. }
        | Problem::NoTls { .. }
        | Problem::Damaged { .. }
        | Problem::Unreachable { .. }
        | Problem::NoWayOut { .. }
        | Problem::Proxy(_) => (502, "UNKNOWN"),
    }
}
