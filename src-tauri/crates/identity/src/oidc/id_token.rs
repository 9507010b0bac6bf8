//! Checking a provider's statement about a person: who signed it, for whom, for which sign-in, and until when.

use std::str::FromStr;
use std::time::SystemTime;

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Algorithm,
};
use openidconnect::{
    ClaimsVerificationError as Flaw, ClientId, IssuerUrl, Nonce, NonceVerifier,
    SignatureVerificationError as Unproven,
};
use serde_json::{Map, Value};

use super::Provider;
use super::discovery::Metadata;
use crate::Secret;
use crate::web::WebError;

/// How wrong this machine's clock may be.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);

/// Signatures that only the provider can make. Neither `none` nor those with a shared word are among them.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::RsaSsaPkcs1V15Sha256,
    Algorithm::RsaSsaPkcs1V15Sha384,
    Algorithm::RsaSsaPkcs1V15Sha512,
    Algorithm::RsaSsaPssSha256,
    Algorithm::RsaSsaPssSha384,
    Algorithm::RsaSsaPssSha512,
    Algorithm::EcdsaP256Sha256,
    Algorithm::EcdsaP384Sha384,
    Algorithm::EdDsa,
];

/// What makes a provider's statement about a person unreliable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdTokenError {
    /// None came.
    #[error("it names nobody (no ID token); ask whoever manages the provider to allow the scope `openid`")]
    Missing,
    /// It is not a signed token of OpenID Connect.
    #[error("its ID token cannot be read; ask whoever manages the provider")]
    Malformed,
    /// Its signature is not the provider's.
    #[error("its signature does not fit; sign in again, and tell your administrator if it stays so")]
    Signature,
    /// It is signed with a key the provider does not publish.
    #[error("it is signed with a key that the provider does not publish; try again in a minute")]
    UnknownKey,
    /// It is signed in a way that proves nothing here.
    #[error(
        "it is signed in a way that is not accepted; ask whoever manages the provider for `RS256` or `ES256`"
    )]
    Algorithm,
    /// It is from another provider.
    #[error("it is from another issuer than the enrolled one; ask whoever manages the provider")]
    Issuer,
    /// It is for another program.
    #[error("it is for another program; check `client_id` in the enrollment")]
    Audience,
    /// It belongs to another sign-in.
    #[error("it belongs to another sign-in; start again")]
    Nonce,
    /// It has ended.
    #[error("it ended at {until} and this machine says it is {now}; check the clock")]
    Expired {
        /// When it ended.
        until: Timestamp,
        /// What time this machine says it is.
        now: Timestamp,
    },
    /// It is about somebody else than before.
    #[error("it is about another person than before; sign in again")]
    Subject,
}

/// Why a statement was not accepted: itself, or the way to the keys.
#[derive(Debug)]
pub(super) enum Rejected {
    IdToken(IdTokenError),
    Web(WebError),
}

impl Provider {
    /// The claims of a token that holds for this program, and for the sign-in with this nonce if there is one.
    pub(super) async fn verified(
        &self,
        metadata: &Metadata,
        token: &Secret,
        nonce: Option<&Nonce>,
    ) -> Result<Map<String, Value>, Rejected> {
        let keys = self.keys(metadata).await.map_err(Rejected::Web)?;
        match self.claims_under(keys, token, nonce) {
            Err(IdTokenError::UnknownKey) => {
                let newer = self.newer_keys(metadata).await.map_err(Rejected::Web)?;
                let newer = newer.ok_or(Rejected::IdToken(IdTokenError::UnknownKey))?;
                self.claims_under(newer, token, nonce)
            }
            answer => answer,
        }
        .map_err(Rejected::IdToken)
    }

    fn claims_under(
        &self,
        keys: CoreJsonWebKeySet,
        token: &Secret,
        nonce: Option<&Nonce>,
    ) -> Result<Map<String, Value>, IdTokenError> {
        let claims = payload(token).ok_or(IdTokenError::Malformed)?;
        let parsed = CoreIdToken::from_str(token.expose()).map_err(|_| IdTokenError::Malformed)?;
        let now = (self.config.now)();
        let fits_nonce = |found: Option<&Nonce>| nonce.map_or(Ok(()), |nonce| nonce.verify(found));
        let checked = parsed.claims(&self.verifier(keys, now)?, fits_nonce);
        checked.map_err(|flaw| named(&flaw, &claims, now))?;
        if !self.is_addressed(&claims) {
            return Err(IdTokenError::Audience);
        }
        Ok(claims)
    }

    fn verifier(
        &self,
        keys: CoreJsonWebKeySet,
        now: Timestamp,
    ) -> Result<CoreIdTokenVerifier<'static>, IdTokenError> {
        let client = ClientId::new(self.config.client_id.clone());
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|_| IdTokenError::Issuer)?;
        let lenient = SystemTime::from(now.saturating_sub(LEEWAY).unwrap_or(now));
        Ok(CoreIdTokenVerifier::new_public_client(client, issuer, keys)
            .set_allowed_algs(ALGORITHMS.iter().cloned())
            .set_other_audience_verifier_fn(|_| true)
            .set_time_fn(move || lenient.into()))
    }

    /// Besides being in `aud`: among several audiences, or where `azp` is given, it must have been made for this program.
    fn is_addressed(&self, claims: &Map<String, Value>) -> bool {
        let several = claims.get("aud").and_then(Value::as_array).is_some_and(|all| all.len() > 1);
        match claims.get("azp") {
            Some(party) => party.as_str() == Some(&self.config.client_id),
            None => !several,
        }
    }
}

/// The claims word for word: the library's own type drops what it does not know.
fn payload(token: &Secret) -> Option<Map<String, Value>> {
    let middle = token.expose().split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(middle).ok()?).ok()
}

/// A time in seconds since 1970, as claims have it.
pub(super) fn time(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}

fn named(flaw: &Flaw, claims: &Map<String, Value>, now: Timestamp) -> IdTokenError {
    match flaw {
        Flaw::Expired(_) => {
            let until = time(claims, "exp");
            until.map_or(IdTokenError::Malformed, |until| IdTokenError::Expired { until, now })
        }
        Flaw::InvalidAudience(_) => IdTokenError::Audience,
        Flaw::InvalidIssuer(_) => IdTokenError::Issuer,
        Flaw::InvalidNonce(_) => IdTokenError::Nonce,
        Flaw::InvalidSubject(_) => IdTokenError::Subject,
        Flaw::SignatureVerification(Unproven::NoMatchingKey) => IdTokenError::UnknownKey,
        Flaw::SignatureVerification(
            Unproven::DisallowedAlg(_) | Unproven::UnsupportedAlg(_) | Unproven::NoSignature,
        ) => IdTokenError::Algorithm,
        Flaw::SignatureVerification(_) => IdTokenError::Signature,
        Flaw::InvalidAuthContext(_)
        | Flaw::InvalidAuthTime(_)
        | Flaw::Other(_)
        | Flaw::Unsupported(_)
        | _ => IdTokenError::Malformed,
    }
}
