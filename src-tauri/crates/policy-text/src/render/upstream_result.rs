//! What came of an image that the policy let through, where that is a failure.

use policy::{Entry, Finding, ImageName, UpstreamResult};

use super::plain;
use super::upstream_failure::{UpstreamFailure, describe_failure, elsewhere};

/// What went wrong beyond the policy; none when nothing did.
pub fn describe_upstream(entry: &Entry) -> Option<String> {
    let host = registry(&entry.verdict.finding);
    let sentence = |what| describe_failure(&what).sentence;
    let sentence = match entry.upstream.as_ref()? {
        UpstreamResult::Delivered { .. } | UpstreamResult::Other => return None,
        UpstreamResult::Refused { status, message } => {
            sentence(UpstreamFailure::Refused { host: &host, status: *status, message })
        }
        UpstreamResult::Unauthorized { message, login, .. } => sentence(UpstreamFailure::Unauthorized {
            host: &host,
            message,
            login,
            engine: entry.verdict.engine,
        }),
        UpstreamResult::TokenRefused { host, status, message } => {
            sentence(UpstreamFailure::TokenRefused { host, status: *status, message, retry_after: None })
        }
        UpstreamResult::DeniedElsewhere { host, product, status, message } => {
            let product = product.as_deref();
            sentence(UpstreamFailure::DeniedElsewhere { host, product, status: *status, message })
        }
        UpstreamResult::HubDenied { message } => sentence(UpstreamFailure::HubDenied { message }),
        UpstreamResult::Certificate { host, problem } => {
            elsewhere(&format!("the certificate of {host} is not accepted ({problem})"))
        }
        UpstreamResult::Proxy { proxy, problem } => elsewhere(&format!("{proxy} {problem}")),
        UpstreamResult::Unreachable { host, problem } => {
            sentence(UpstreamFailure::Unreachable { host, problem })
        }
    };
    Some(plain::one_line(&sentence))
}

fn registry(finding: &Finding) -> String {
    match &finding.image.name {
        ImageName::Repository(repository) => repository.registry().to_string(),
        ImageName::Unlisted(_) => "the registry".to_owned(),
    }
}
