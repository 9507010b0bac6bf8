//! The provider's signing keys: asked for once, and again when a token names one that is not among them.

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::CoreJsonWebKeySet;

use super::Provider;
use super::discovery::Metadata;
use crate::web::{Request, WebError};

/// A made-up key name must not make the provider be asked at will.
const PAUSE: SignedDuration = SignedDuration::from_secs(60);

#[derive(Default)]
pub(super) struct Keys {
    set: Option<CoreJsonWebKeySet>,
    asked: Option<Timestamp>,
}

impl Provider {
    pub(super) async fn keys(&self, metadata: &Metadata) -> Result<CoreJsonWebKeySet, WebError> {
        let mut held = self.keys.lock().await;
        match &held.set {
            Some(set) => Ok(set.clone()),
            None => self.ask_keys(&mut held, metadata).await,
        }
    }

    /// The keys of this moment, unless they were asked for just before.
    pub(super) async fn newer_keys(
        &self,
        metadata: &Metadata,
    ) -> Result<Option<CoreJsonWebKeySet>, WebError> {
        let mut held = self.keys.lock().await;
        let now = (self.config.now)();
        if held.asked.is_some_and(|asked| now.duration_since(asked).abs() < PAUSE) {
            return Ok(None);
        }
        self.ask_keys(&mut held, metadata).await.map(Some)
    }

    async fn ask_keys(&self, held: &mut Keys, metadata: &Metadata) -> Result<CoreJsonWebKeySet, WebError> {
        let answer = self.web.send(Request::get(&metadata.jwks_uri)?.want_json()).await?;
        let set: CoreJsonWebKeySet = answer.json()?;
        *held = Keys { set: Some(set.clone()), asked: Some((self.config.now)()) };
        Ok(set)
    }
}
