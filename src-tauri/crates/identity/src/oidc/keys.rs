//! The provider's signing keys: asked for when they are an hour old, and when a token names one that is not among them.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::Jwk;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use web::{Request, WebError};

use super::Provider;
use super::discovery::{FRESH, Metadata, USABLE, is_younger};

/// A made-up key name must not make the provider be asked at will.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Keys {
    set: Option<Vec<Jwk>>,
    asked: Option<Timestamp>,
}

/// A JWK set (RFC 7517, 5).
#[derive(Deserialize)]
pub(super) struct Set {
    keys: Vec<Value>,
}

/// Keys of a kind that is not known here are passed over, as RFC 7517 asks readers to.
pub(super) fn usable(set: Set) -> Vec<Jwk> {
    set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()
}

impl Provider {
    /// A key that the provider took back is believed for an hour at most, and for as long as its page is down.
    pub(super) async fn keys(&self, metadata: &Metadata) -> Result<Vec<Jwk>, WebError> {
        let mut held = self.cache.keys.lock().await;
        let now = (self.config.now)();
        let Some((set, asked)) = held.set.clone().zip(held.asked) else {
            return self.ask_keys(&mut held, metadata).await;
        };
        if is_younger(asked, FRESH, now) {
            return Ok(set);
        }
        match self.ask_keys(&mut held, metadata).await {
            Err(_) if is_younger(asked, USABLE, now) => Ok(set),
            answer => answer,
        }
    }

    /// The keys of this moment, unless they were asked for just before.
    pub(super) async fn newer_keys(&self, metadata: &Metadata) -> Result<Option<Vec<Jwk>>, WebError> {
        let mut held = self.cache.keys.lock().await;
        let now = (self.config.now)();
        if held.asked.is_some_and(|asked| now.duration_since(asked).abs() < PAUSE) {
            return Ok(None);
        }
        self.ask_keys(&mut held, metadata).await.map(Some)
    }

    async fn ask_keys(&self, held: &mut Keys, metadata: &Metadata) -> Result<Vec<Jwk>, WebError> {
        let answer = self.send(Request::get(&metadata.jwks_uri)?.want_json()).await?;
        let set = usable(answer.json()?);
        *held = Keys { set: Some(set.clone()), asked: Some((self.config.now)()) };
        Ok(set)
    }
}
