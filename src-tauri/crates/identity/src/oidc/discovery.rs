//! What the provider says of itself, which must bear the enrolled name exactly.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use web::{Request, WebError};

use super::Provider;

/// How long to believe it before asking again.
pub(super) const FRESH: SignedDuration = SignedDuration::from_hours(1);
/// How long to live with it when the provider does not answer.
pub(super) const USABLE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// The parts of the provider's metadata that are used here (OpenID Connect Discovery 1.0, RFC 8414).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    pub(super) userinfo_endpoint: Option<String>,
    pub(super) device_authorization_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
    pub(super) end_session_endpoint: Option<String>,
    pub(super) scopes_supported: Option<Vec<String>>,
    pub(super) token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Discovered {
    metadata: Metadata,
    at: Timestamp,
}

impl Provider {
    /// One task asks, the others wait for its answer.
    pub(super) async fn discover(&self) -> Result<Metadata, WebError> {
        let mut held = self.cache.discovered.lock().await;
        let now = (self.config.now)();
        if let Some(known) = held.as_ref().filter(|known| known.is_younger(FRESH, now)) {
            return Ok(known.metadata.clone());
        }
        match self.ask_metadata().await {
            Ok(metadata) => {
                *held = Some(Discovered { metadata: metadata.clone(), at: now });
                Ok(metadata)
            }
            Err(error) => {
                let known = held.as_ref().filter(|known| known.is_younger(USABLE, now));
                known.map(|known| known.metadata.clone()).ok_or(error)
            }
        }
    }

    async fn ask_metadata(&self) -> Result<Metadata, WebError> {
        let issuer = &self.config.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let answer = self.send(Request::get(&address)?.want_json()).await?;
        let host = answer.host().to_owned();
        let metadata: Metadata = answer.json()?;
        if metadata.issuer == *issuer {
            return Ok(metadata);
        }
        let named: String = metadata.issuer.chars().filter(|letter| !letter.is_control()).take(200).collect();
        let why = format!(
            "calls itself `{named}`, the enrollment says `{issuer}`; make them equal, letter by letter"
        );
        Err(WebError::invalid(&host, why))
    }
}

impl Discovered {
    fn is_younger(&self, limit: SignedDuration, now: Timestamp) -> bool {
        is_younger(self.at, limit, now)
    }

    pub(super) fn is_of(&self, issuer: &str) -> bool {
        self.metadata.issuer == issuer
    }
}

/// A clock that was set back makes it old, not young for longer.
pub(super) fn is_younger(at: Timestamp, limit: SignedDuration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(at)).is_ok_and(|age| age < limit.unsigned_abs())
}
