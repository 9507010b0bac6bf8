//! Renewing a session with its refresh token, after which the token of before may be used up.

use serde_json::{Map, Value};

use super::id_token::Rejected;
use super::token::Tokens;
use super::{Identity, Provider, RenewError};
use crate::Secret;

/// What is known of the person whose session is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The person the renewal must be about.
    pub subject: &'a str,
    /// The claims to keep where the provider gives no newer ones.
    pub claims: &'a Map<String, Value>,
}

impl Provider {
    /// Uses the refresh token. [`Identity::refresh`] is what to use next: keep it before anything else.
    pub async fn renew(&self, refresh: &Secret, known: Known<'_>) -> Result<Identity, RenewError> {
        let metadata = self.discover().await?;
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let (tokens, date) = self.ask_tokens(&metadata.token_endpoint, &fields).await?;
        let next = tokens.refresh_token.clone().unwrap_or_else(|| refresh.clone());
        let person = match self.renewed_person(&metadata, &tokens, known).await {
            Ok(person) => person,
            Err(Rejected::IdToken(why)) => return Err(RenewError::Unusable { refresh: next, why }),
            // The keys cannot be had: the statement is not looked at, and the new refresh token is not lost.
            Err(Rejected::Web(error)) => {
                tracing::warn!(%error, "the provider renewed the session and its keys cannot be had");
                let unread = Tokens { id_token: None, ..tokens };
                let kept = Identity::kept(known);
                return Ok(kept.with_tokens(unread, Some(refresh), date));
            }
        };
        Ok(person.with_tokens(tokens, Some(refresh), date))
    }
}
