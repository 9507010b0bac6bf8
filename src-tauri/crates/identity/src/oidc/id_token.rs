//! Checking a provider's statement about a person: who signed it, for whom, for which sign-in, and until when.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, crypto};
use secret::Secret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use web::WebError;

use super::discovery::Metadata;
use super::{Provider, Registration};

/// How wrong this machine's clock may be.
const LEEWAY: SignedDuration = SignedDuration::from_mins(10);

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
        client: &Registration,
        token: &Secret,
        nonce: Option<&str>,
    ) -> Result<Map<String, Value>, Rejected> {
        let (issuer, client_id) = (self.config.issuer.as_str(), client.client_id.as_str());
        let expected = Expected { issuer, client_id, nonce, now: (self.config.now)() };
        let keys = self.keys(metadata).await.map_err(Rejected::Web)?;
        match expected.claims(token.expose(), &keys) {
            Err(IdTokenError::UnknownKey) => {
                let newer = self.newer_keys(metadata).await.map_err(Rejected::Web)?;
                let newer = newer.ok_or(Rejected::IdToken(IdTokenError::UnknownKey))?;
                expected.claims(token.expose(), &newer)
            }
            answer => answer,
        }
        .map_err(Rejected::IdToken)
    }
}

/// What a token has to say (OpenID Connect Core 1.0, 3.1.3.7).
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    /// That of the sign-in it answers.
    pub(super) nonce: Option<&'a str>,
    pub(super) now: Timestamp,
}

/// The parts of the header that are used here (RFC 7515, 4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

impl Expected<'_> {
    /// The claims, if one of these keys signed them and they say what is expected.
    pub(super) fn claims(&self, token: &str, keys: &[Jwk]) -> Result<Map<String, Value>, IdTokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(IdTokenError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(IdTokenError::Malformed)?;
        let header: Header = decoded(header)?;
        let claims: Map<String, Value> = decoded(payload)?;
        if header.crit.is_some() {
            return Err(IdTokenError::Malformed);
        }
        if claims.get("iss").and_then(Value::as_str) != Some(self.issuer) {
            return Err(IdTokenError::Issuer);
        }
        self.check_audience(&claims)?;
        check_signature(&header, message, signature, keys)?;
        self.check_time(&claims)?;
        let nonce = claims.get("nonce").and_then(Value::as_str);
        if self.nonce.is_some_and(|expected| nonce != Some(expected)) {
            return Err(IdTokenError::Nonce);
        }
        match claims.get("sub").and_then(Value::as_str) {
            Some(subject) if !subject.is_empty() => Ok(claims),
            Some(_) | None => Err(IdTokenError::Malformed),
        }
    }

    /// It is for this program: named in `aud`, and among several, or where `azp` is given, made for it.
    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), IdTokenError> {
        let audiences = match claims.get("aud") {
            Some(Value::Array(all)) => all.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let is_ours = |party: &Value| party.as_str() == Some(self.client_id);
        let is_made_for_us = claims.get("azp").map_or(audiences.len() == 1, is_ours);
        let is_addressed = audiences.iter().any(is_ours) && is_made_for_us;
        if is_addressed { Ok(()) } else { Err(IdTokenError::Audience) }
    }

    fn check_time(&self, claims: &Map<String, Value>) -> Result<(), IdTokenError> {
        let until = time(claims, "exp").ok_or(IdTokenError::Malformed)?;
        time(claims, "iat").ok_or(IdTokenError::Malformed)?;
        let lenient = self.now.saturating_sub(LEEWAY).unwrap_or(self.now);
        if until > lenient { Ok(()) } else { Err(IdTokenError::Expired { until, now: self.now }) }
    }
}

fn check_signature(
    header: &Header,
    message: &str,
    signature: &str,
    keys: &[Jwk],
) -> Result<(), IdTokenError> {
    let algorithm: Algorithm = header.alg.parse().map_err(|_| IdTokenError::Algorithm)?;
    // Whoever knows a shared word could have made such a signature.
    if algorithm.family() == AlgorithmFamily::Hmac {
        return Err(IdTokenError::Algorithm);
    }
    let candidates: Vec<DecodingKey> = keys
        .iter()
        .filter(|key| fits(key, header, algorithm))
        .filter_map(|key| usable(key, algorithm))
        .collect();
    if candidates.is_empty() {
        return Err(IdTokenError::UnknownKey);
    }
    let is_signed_by = |key: &DecodingKey| {
        crypto::verify(signature, message.as_bytes(), key, algorithm).is_ok_and(|holds| holds)
    };
    if candidates.iter().any(is_signed_by) { Ok(()) } else { Err(IdTokenError::Signature) }
}

/// Whether the key is the one that the token names, for signatures of this kind.
fn fits(key: &Jwk, header: &Header, algorithm: Algorithm) -> bool {
    let common = &key.common;
    let is_named = header.kid.is_none() || common.key_id == header.kid;
    let is_for_it = common.key_algorithm.is_none_or(|own| own == algorithm.into());
    is_named && is_for_it && common.public_key_use != Some(PublicKeyUse::Encryption)
}

fn usable(key: &Jwk, algorithm: Algorithm) -> Option<DecodingKey> {
    DecodingKey::from_jwk(key).ok().filter(|key| key.family() == algorithm.family())
}

fn decoded<T: DeserializeOwned>(part: &str) -> Result<T, IdTokenError> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| IdTokenError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| IdTokenError::Malformed)
}

/// A time in seconds since 1970, as claims have it.
pub(super) fn time(claims: &Map<String, Value>, name: &str) -> Option<Timestamp> {
    let value = claims.get(name)?;
    let seconds = value.as_i64().or_else(|| value.as_f64().map(|seconds| seconds as i64))?;
    Timestamp::from_second(seconds).ok()
}
