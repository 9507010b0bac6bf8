//! One renewal: asks the provider, tells the session, and keeps the successor of the token before anything else.

use std::sync::Arc;

use enrollment::{Identity, Oidc, Provider};
use host::clock;
use identity::{
    oidc::{self, ClaimsFrom, Known, RenewError, Unproven},
    session::{Answer, Credential, Evidence, Failure, Input, Person},
};
use jiff::SignedDuration;
use secret::Secret;
use web::{RetryAfter, WebError, WebErrorKind};

use super::{SessionDriver, hub, provider, provider::NoProvider, sign_out::revoke};

/// What a renewal is about.
pub(super) struct Question {
    pub(super) renewal: u64,
    pub(super) credential: Credential,
    pub(super) person: Option<Person>,
    pub(super) identity: Identity,
    /// What the provider last said of the person.
    pub(super) claims: serde_json::Map<String, serde_json::Value>,
}

/// Renews, and tells the session how it went.
pub(super) async fn renew(driver: Arc<SessionDriver>, question: Question) {
    let renewal = question.renewal;
    driver.own_egress.wait_for_proxy_settings().await;
    let answer = match (&question.identity.provider, &question.person) {
        (Provider::Oidc(oidc), Some(person)) => open_id(&driver, &question, oidc, person).await,
        (Provider::DockerHub(of), Some(person)) => {
            hub::renew(&driver, &question.identity, of, &question.credential, person).await
        }
        (Provider::Oidc(_) | Provider::DockerHub(_), None) => Answer::NotAsked(Failure::NoAnswer),
    };
    if let Answer::Failed(failure) | Answer::NotAsked(failure) = &answer {
        tracing::info!(?failure, "the session could not be renewed and is kept");
    }
    driver.answer(&question.identity, Input::RenewalEnded { renewal, answer });
}

async fn open_id(driver: &Arc<SessionDriver>, question: &Question, of: &Oidc, person: &Person) -> Answer {
    let Credential::Refresh { token } = &question.credential else { return Answer::InvalidGrant };
    let asked = match provider::open_id(driver, &question.identity, of).await {
        Ok(asked) => asked,
        Err(NoProvider::Web(error)) => return Answer::NotAsked(failure(&error)),
        Err(NoProvider::Secret(problem)) => return Answer::NotAsked(Failure::NoSecret { problem }),
    };
    let known = Known { subject: &person.subject, claims: &question.claims };
    let renewed = asked.renew(token, known).await;
    driver.keeper.write(&driver.state).await;
    let found = match renewed {
        Ok(found) => found,
        Err(RenewError::InvalidGrant) => return Answer::InvalidGrant,
        Err(RenewError::Refused(refusal)) => return Answer::Failed(refused(refusal.error)),
        Err(RenewError::Unusable { refresh, why }) => {
            received(driver, question, refresh);
            return Answer::Failed(Failure::Unusable { problem: why.to_string() });
        }
        Err(RenewError::Unproven { refresh, why }) => {
            received(driver, question, refresh);
            return Answer::Failed(unproven(&why));
        }
        Err(RenewError::NotSent(error)) => return Answer::NotAsked(failure(&error)),
        Err(RenewError::Web(error)) => return Answer::Failed(failure(&error)),
    };
    if let Some(refresh) = found.refresh.clone() {
        received(driver, question, refresh);
    }
    let said_at = found.provider_time;
    let vouched = match found.claims_from {
        // That it renewed is all that such a provider ever says.
        ClaimsFrom::NotOffered => Ok(person.clone()),
        ClaimsFrom::IdToken | ClaimsFrom::UserInfo => provider::judge(of, &found, person.uid),
    };
    match vouched {
        Ok(person) => Answer::Confirmed { person, evidence: evidence(found), said_at },
        Err(refusal) => Answer::Refused(refusal),
    }
}

/// What a provider has said, for the next time.
pub(super) fn evidence(found: oidc::Identity) -> Evidence {
    Evidence { claims: found.claims, id_token: found.id_token }
}

/// Keeps the successor of a token; one whose session is gone is given back.
fn received(driver: &Arc<SessionDriver>, question: &Question, token: Secret) {
    let credential = Credential::Refresh { token };
    let input = Input::Received { renewal: question.renewal, credential: credential.clone() };
    if !driver.answer(&question.identity, input) {
        tokio::spawn(revoke(Arc::clone(driver), question.identity.clone(), credential));
    }
}

/// A refusal that is not about the session: the provider's own trouble, or a client that is set up otherwise there.
fn refused(code: String) -> Failure {
    match code.as_str() {
        "temporarily_unavailable" | "server_error" => Failure::Unavailable { status: 503 },
        "slow_down" => Failure::Busy { retry_after: None },
        _ => Failure::Misconfigured { code },
    }
}

/// A renewal that says nothing about the person: the grace goes on counting from the last yes.
fn unproven(why: &Unproven) -> Failure {
    match why {
        Unproven::Refused => Failure::Unusable { problem: why.to_string() },
        Unproven::Web(error) => failure(error),
    }
}

/// What kept the provider from answering.
pub(super) fn failure(error: &WebError) -> Failure {
    let host = error.host.clone();
    match &error.kind {
        WebErrorKind::Dns => Failure::NameUnknown { host },
        WebErrorKind::Connect { .. } => Failure::Unreachable { host },
        WebErrorKind::Proxy { why, .. } => Failure::Proxy { problem: why.clone() },
        WebErrorKind::Certificate { flaw } => Failure::Certificate { host, problem: format!("it {flaw}") },
        WebErrorKind::Tls => Failure::Certificate { host, problem: "TLS came to no end".to_owned() },
        WebErrorKind::Timeout | WebErrorKind::Truncated => Failure::NoAnswer,
        WebErrorKind::CaptivePortal => Failure::Portal,
        WebErrorKind::Status { code: 429, retry_after } => {
            Failure::Busy { retry_after: retry_after.as_ref().map(pause) }
        }
        WebErrorKind::Status { code, .. } if *code >= 500 => Failure::Unavailable { status: *code },
        WebErrorKind::TooLarge { .. } | WebErrorKind::Status { .. } | WebErrorKind::Invalid { .. } => {
            Failure::Unusable { problem: error.to_string() }
        }
    }
}

pub(super) fn pause(wanted: &RetryAfter) -> SignedDuration {
    SignedDuration::try_from(wanted.wait(clock::now())).unwrap_or(SignedDuration::MAX)
}
