//! What a sign-in or a renewal yields.

use jiff::Timestamp;
use secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::claims::{ClaimsFrom, text};
use super::token::Known;
use crate::membership;

/// The claims by which people know each other, the best first.
pub(super) const NAMES: [&str; 6] = ["preferred_username", "email", "upn", "unique_name", "nickname", "name"];

/// The claim of the enrollment that names the account, if there is one.
type Named<'a> = Option<&'a str>;

/// What the person is called by their claims: by the claim that is named for it, else by the usual ones.
#[must_use]
pub fn account(claims: &Map<String, Value>, named: Option<&str>) -> Option<String> {
    let named = named.and_then(|claim| membership::text(claims, claim));
    named.or_else(|| NAMES.into_iter().find_map(|name| text(claims, name)).map(str::to_owned))
}

/// A person, as the provider vouches for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's own, lasting name for the person.
    pub subject: String,
    /// What the person is called: a name that people know, else [`Identity::subject`].
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
    pub(super) fn new(claims: Map<String, Value>, claims_from: ClaimsFrom, named: Named<'_>) -> Option<Self> {
        let subject = text(&claims, "sub")?.to_owned();
        Some(Self::of(subject, claims, claims_from, named))
    }

    /// The person as known before.
    pub(super) fn kept(known: Known<'_>, named: Named<'_>) -> Self {
        Self::of(known.subject.to_owned(), known.claims.clone(), ClaimsFrom::NotOffered, named)
    }

    fn of(subject: String, claims: Map<String, Value>, claims_from: ClaimsFrom, named: Named<'_>) -> Self {
        let account = account(&claims, named).unwrap_or_else(|| subject.clone());
        let (refresh, id_token, provider_time) = (None, None, None);
        Self { subject, account, claims, claims_from, refresh, id_token, provider_time }
    }
}
