//! Gathering claims from the ID token, the userinfo endpoint and what was known before.

use secret::Secret;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use web::{Request, WebError};

use super::discovery::Metadata;
use super::id_token::{Rejected, time};
use super::identity::NAMES;
use super::token::{Known, Tokens};
use super::{IdTokenError, Identity, Provider, Registration, Unproven, account};
use crate::membership;

/// Where claims are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClaimsFrom {
    /// All from an ID token of this sign-in or renewal.
    IdToken,
    /// All of this moment, some or all from the userinfo endpoint.
    UserInfo,
    /// All are those known before, because the provider offers no newer ones: neither an ID token at a renewal nor a
    /// userinfo endpoint. That it renewed is all that it ever says.
    NotOffered,
}

/// Why a renewal does not vouch for the person.
#[derive(Debug)]
pub(super) enum Unvouched {
    IdToken(IdTokenError),
    Unproven(Unproven),
}

impl From<Rejected> for Unvouched {
    fn from(rejected: Rejected) -> Self {
        match rejected {
            Rejected::IdToken(why) => Self::IdToken(why),
            Rejected::Web(error) => Self::Unproven(Unproven::Web(error)),
        }
    }
}

/// Why the userinfo endpoint gave no claims.
#[derive(Debug)]
enum NoUserinfo {
    NotOffered,
    /// It answered this token with a no of its own.
    Refused,
    OtherPerson,
    Trouble(WebError),
}

type Claims = Map<String, Value>;

pub(super) fn text<'a>(claims: &'a Claims, name: &str) -> Option<&'a str> {
    claims.get(name)?.as_str().filter(|text| !text.is_empty())
}

impl Provider {
    /// The person of a new sign-in.
    pub(super) async fn person(
        &self,
        metadata: &Metadata,
        client: &Registration,
        tokens: &Tokens,
        nonce: Option<&str>,
    ) -> Result<Identity, Rejected> {
        let token = tokens.id_token.as_ref().ok_or(Rejected::IdToken(IdTokenError::Missing))?;
        let signed = self.verified(metadata, client, token, nonce).await?;
        if !self.lacks_claims(&signed) {
            return self.identity(signed, ClaimsFrom::IdToken);
        }
        let subject = text(&signed, "sub").unwrap_or_default().to_owned();
        match self.userinfo(metadata, &tokens.access_token, &subject).await {
            Ok(info) => self.identity(over(info, signed), ClaimsFrom::UserInfo),
            Err(NoUserinfo::OtherPerson) => Err(Rejected::IdToken(IdTokenError::Subject)),
            Err(NoUserinfo::Trouble(error)) if self.lacks_needed(&signed) => Err(Rejected::Web(error)),
            Err(NoUserinfo::NotOffered | NoUserinfo::Refused | NoUserinfo::Trouble(_)) => {
                self.identity(signed, ClaimsFrom::IdToken)
            }
        }
    }

    /// The person of a renewal. Where an endpoint did not answer, what was known of them is not said anew.
    pub(super) async fn renewed_person(
        &self,
        metadata: &Metadata,
        client: &Registration,
        tokens: &Tokens,
        known: Known<'_>,
    ) -> Result<Identity, Unvouched> {
        let signed = match &tokens.id_token {
            Some(token) => Some(self.verified(metadata, client, token, None).await?),
            None => None,
        };
        if signed.as_ref().is_some_and(|signed| text(signed, "sub") != Some(known.subject)) {
            return Err(Unvouched::IdToken(IdTokenError::Subject));
        }
        if let Some(signed) = signed.as_ref().filter(|signed| !self.lacks_claims(signed)) {
            return Ok(self.identity(signed.clone(), ClaimsFrom::IdToken)?);
        }
        match self.userinfo(metadata, &tokens.access_token, known.subject).await {
            Ok(info) => {
                let base = signed.unwrap_or_else(|| known.claims.clone());
                let claims = if tokens.id_token.is_some() { over(info, base) } else { over(base, info) };
                Ok(self.identity(claims, ClaimsFrom::UserInfo)?)
            }
            Err(NoUserinfo::OtherPerson) => Err(Unvouched::IdToken(IdTokenError::Subject)),
            Err(NoUserinfo::NotOffered) => match signed {
                Some(signed) => {
                    Ok(self.identity(self.named_as_before(known.claims, signed), ClaimsFrom::IdToken)?)
                }
                None => Ok(Identity::kept(known, self.config.account_claim.as_deref())),
            },
            Err(NoUserinfo::Refused) => self.enough(signed, known, Unproven::Refused),
            Err(NoUserinfo::Trouble(error)) => self.enough(signed, known, Unproven::Web(error)),
        }
    }

    /// Only a name for people to read may be taken from before; what membership is judged by has to be signed anew.
    fn enough(&self, signed: Option<Claims>, known: Known<'_>, why: Unproven) -> Result<Identity, Unvouched> {
        match signed.filter(|signed| !self.lacks_needed(signed)) {
            Some(signed) => {
                let named = self.named_as_before(known.claims, signed);
                Ok(self.identity(named, ClaimsFrom::IdToken)?)
            }
            None => Err(Unvouched::Unproven(why)),
        }
    }

    fn lacks_claims(&self, claims: &Claims) -> bool {
        let named = match &self.config.account_claim {
            Some(claim) => membership::has(claims, claim),
            None => account(claims, None).is_some(),
        };
        !named || self.lacks_needed(claims)
    }

    fn lacks_needed(&self, claims: &Claims) -> bool {
        let undecided = |rule| !membership::is_decided(rule, claims);
        self.config.membership.as_ref().is_some_and(undecided)
            || self.config.needed_claims.iter().any(|name| !membership::has(claims, name))
    }

    /// The claims of now, with the names of before where they have none.
    fn named_as_before(&self, before: &Claims, now: Claims) -> Claims {
        let claim = self.config.account_claim.as_deref();
        let top = claim.and_then(|claim| claim.split('.').next());
        let names = NAMES.into_iter().chain(claim).chain(top);
        let named = names.filter_map(|name| Some((name.to_owned(), before.get(name)?.clone())));
        over(named.collect(), now)
    }

    fn identity(&self, claims: Claims, from: ClaimsFrom) -> Result<Identity, Rejected> {
        let identity = Identity::new(claims, from, self.config.account_claim.as_deref());
        identity.ok_or(Rejected::IdToken(IdTokenError::Malformed))
    }

    /// Asks the userinfo endpoint, which must speak of the same person as the ID token.
    async fn userinfo(
        &self,
        metadata: &Metadata,
        access: &Secret,
        subject: &str,
    ) -> Result<Map<String, Value>, NoUserinfo> {
        let endpoint = metadata.userinfo_endpoint.as_deref().ok_or(NoUserinfo::NotOffered)?;
        let request = Request::get(endpoint).and_then(|request| request.bearer(access));
        let request = request.map_err(NoUserinfo::Trouble)?.want_json();
        let answer = self.send(request).await.map_err(NoUserinfo::Trouble)?;
        if matches!(answer.status, 401 | 403 | 404) && !answer.is_page() {
            return Err(NoUserinfo::Refused);
        }
        let claims: Map<String, Value> = answer.json().map_err(NoUserinfo::Trouble)?;
        if text(&claims, "sub") == Some(subject) { Ok(claims) } else { Err(NoUserinfo::OtherPerson) }
    }
}

/// The claims of both; where both have one, `above` has the word.
fn over(below: Claims, above: Claims) -> Claims {
    let mut all = below;
    all.extend(above);
    all
}

impl Identity {
    /// Adds what came beside the claims.
    pub(super) fn with_tokens(
        mut self,
        tokens: Tokens,
        refresh_before: Option<&Secret>,
        date: Option<jiff::Timestamp>,
    ) -> Self {
        let signed_at = tokens.id_token.as_ref().and_then(|_| time(&self.claims, "iat"));
        self.refresh = tokens.refresh_token.or_else(|| refresh_before.cloned());
        self.provider_time = date.or(signed_at);
        self.id_token = tokens.id_token;
        self
    }
}
