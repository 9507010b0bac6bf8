//! Renewing a session with its refresh token, after which the token of before may be used up.

use secret::Secret;
use serde_json::{Map, Value};

use super::claims::Unvouched;
use super::token::TokenError;
use super::{Identity, Provider, RenewError};

/// What is known of the person whose session is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The person the renewal must be about.
    pub subject: &'a str,
    /// The claims to keep where the provider gives no newer ones.
    pub claims: &'a Map<String, Value>,
}

impl Provider {
    /// Uses the refresh token. [`Identity::refresh`] is what to use next: keep it before anything else. An identity is
    /// only returned when the provider vouches for the person at this moment, as far as it ever does.
    pub async fn renew(&self, refresh: &Secret, known: Known<'_>) -> Result<Identity, RenewError> {
        let metadata = self.discover().await.map_err(RenewError::NotSent)?;
        let client = self.client_of(known.claims);
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let (tokens, date) = match self.ask_tokens(&metadata, client, &fields).await {
            Err(TokenError::Web(error)) if error.kind.comes_before_sending() => {
                return Err(RenewError::NotSent(error));
            }
            answer => answer?,
        };
        let next = tokens.refresh_token.clone().unwrap_or_else(|| refresh.clone());
        match self.renewed_person(&metadata, client, &tokens, known).await {
            Ok(person) => Ok(person.with_tokens(tokens, Some(refresh), date)),
            Err(Unvouched::IdToken(why)) => Err(RenewError::Unusable { refresh: next, why }),
            Err(Unvouched::Unproven(why)) => Err(RenewError::Unproven { refresh: next, why }),
        }
    }
}
