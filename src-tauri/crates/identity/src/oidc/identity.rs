//! What a sign-in or a renewal yields.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::{ClaimsFrom, text};
use super::renew::Known;
use crate::Secret;

/// A person, as the provider vouches for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's own, lasting name for the person.
    pub subject: String,
    /// What the person is called: user name, else e-mail address, else [`Identity::subject`].
    pub account: String,
    /// What the provider says about the person, word for word.
    pub claims: Map<String, Value>,
    /// Where the claims are from.
    pub claims_from: ClaimsFrom,
    /// The refresh token to use next; none if the provider gave none.
    pub refresh: Option<Secret>,
    /// The signed statement, for the sign-out.
    pub id_token: Option<Secret>,
    /// What time it was for the provider: its answer's date, else when the statement was signed.
    pub provider_time: Option<Timestamp>,
}

impl Identity {
    pub(super) fn new(claims: Map<String, Value>, claims_from: ClaimsFrom) -> Option<Self> {
        let subject = text(&claims, "sub")?.to_owned();
        Some(Self::of(subject, claims, claims_from))
    }

    /// The person as known before.
    pub(super) fn kept(known: Known<'_>) -> Self {
        Self::of(known.subject.to_owned(), known.claims.clone(), ClaimsFrom::NotOffered)
    }

    fn of(subject: String, claims: Map<String, Value>, claims_from: ClaimsFrom) -> Self {
        let account = text(&claims, "preferred_username").or_else(|| text(&claims, "email"));
        let account = account.unwrap_or(&subject).to_owned();
        let (refresh, id_token, provider_time) = (None, None, None);
        Self { subject, account, claims, claims_from, refresh, id_token, provider_time }
    }
}
