//! Sign-out: the refresh token is revoked (RFC 7009), and the browser can be sent to end the provider's own session.

use secret::Secret;
use web::{WebError, permitted};

use super::Provider;
use super::discovery::Metadata;
use super::token::{Refusal, TokenError};

/// What became of a sign-out at the provider. On this machine it holds in any case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOut {
    /// What became of the refresh token.
    pub revocation: Revocation,
    /// Where to send the browser to end the provider's own session. It carries the ID token.
    pub end_session: Option<Secret>,
}

/// What became of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revocation {
    /// It is of no use any more.
    Done,
    /// There was none.
    NoToken,
    /// The provider revokes none; it ends by itself.
    NotOffered,
    /// The provider refused.
    Refused(Refusal),
    /// The provider could not be asked.
    Failed(WebError),
}

impl Provider {
    /// Tells the provider, as far as it can be told.
    pub async fn sign_out(&self, refresh: Option<&Secret>, id_token: Option<&Secret>) -> SignedOut {
        match self.discover().await {
            Ok(metadata) => SignedOut {
                revocation: self.revoke(&metadata, refresh).await,
                end_session: self.end_session(&metadata, id_token),
            },
            Err(error) => SignedOut { revocation: Revocation::Failed(error), end_session: None },
        }
    }

    async fn revoke(&self, metadata: &Metadata, refresh: Option<&Secret>) -> Revocation {
        let Some(refresh) = refresh else { return Revocation::NoToken };
        let Some(endpoint) = metadata.revocation_endpoint.as_deref() else { return Revocation::NotOffered };
        let fields = [("token", refresh.expose()), ("token_type_hint", "refresh_token")];
        let mut revocation = Revocation::NotOffered;
        // A token is its client's alone, and nothing on it says whose it is.
        for client in std::iter::once(&self.config.client).chain(&self.config.device_client) {
            revocation = match self.post(endpoint, metadata, client, &fields).await {
                Ok(_) => return Revocation::Done,
                Err(TokenError::Refused(refusal)) => Revocation::Refused(refusal),
                Err(TokenError::Web(error)) => return Revocation::Failed(error),
            };
        }
        revocation
    }

    fn end_session(&self, metadata: &Metadata, id_token: Option<&Secret>) -> Option<Secret> {
        let mut url = permitted(metadata.end_session_endpoint.as_deref()?).ok()?;
        let hint = id_token.map(|token| ("id_token_hint", token.expose()));
        url.query_pairs_mut().extend_pairs(hint).append_pair("client_id", &self.config.client.client_id);
        Some(Secret::new(String::from(url)))
    }
}
