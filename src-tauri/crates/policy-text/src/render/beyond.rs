//! What came of an image that the policy let through, where that is trouble.

use super::plain;
use super::trouble::{Trouble, elsewhere, trouble};
use policy::{Answered, Entry, Finding, ImageName};

/// What went wrong beyond the policy; none when nothing did.
pub fn beyond(entry: &Entry) -> Option<String> {
    let host = registry(&entry.verdict.finding);
    let told = |what| trouble(&what).sentence;
    let sentence = match entry.upstream.as_ref()? {
        Answered::Delivered { .. } | Answered::Other => return None,
        Answered::Refused { status, message } => {
            told(Trouble::Refused { host: &host, status: *status, message })
        }
        Answered::Unauthorized { message, login, .. } => {
            told(Trouble::Unauthorized { host: &host, message, login, engine: entry.verdict.engine })
        }
        Answered::TokenRefused { host, status, message } => {
            told(Trouble::TokenRefused { host, status: *status, message, retry_after: None })
        }
        Answered::DeniedElsewhere { host, product, status, message } => {
            let product = product.as_deref();
            told(Trouble::DeniedElsewhere { host, product, status: *status, message })
        }
        Answered::HubDenied { message } => told(Trouble::HubDenied { message }),
        Answered::Certificate { host, problem } => {
            elsewhere(&format!("the certificate of {host} is not accepted ({problem})"))
        }
        Answered::Proxy { proxy, problem } => elsewhere(&format!("{proxy} {problem}")),
        Answered::Unreachable { host, problem } => told(Trouble::Unreachable { host, problem }),
    };
    Some(plain::one_line(&sentence))
}

fn registry(finding: &Finding) -> String {
    match &finding.image.name {
        ImageName::Repository(repository) => repository.registry().to_string(),
        ImageName::Unlisted(_) => "the registry".to_owned(),
    }
}
