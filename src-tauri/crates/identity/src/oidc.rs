//! Sign-in with an organization's OpenID provider: in a browser, or with a code where there is none; renewal and
//! sign-out. What comes back is an [`Identity`]; whether it is a member of the organization is judged elsewhere.
//!
//! A provider's answer ends nothing by accident: [`RenewError::InvalidGrant`] is only a refresh token that the
//! provider itself refused in so many words.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use secret::Secret;
use web::{Client, Request, Response, WebError, WebErrorKind};

use crate::membership::Rule;

mod advice;
mod browser;
mod cache;
mod claims;
mod device;
mod discovery;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod id_token;
mod identity;
mod keys;
mod scopes;
mod sign_out;
mod token;

use browser::CALLBACK_PATH;
pub use browser::{BrowserSignIn, BrowserTab, REDIRECT_HOST};
pub use cache::Cache;
pub use claims::ClaimsFrom;
pub use device::DeviceSignIn;
pub use error::{RenewError, SignInError, Unproven};
pub use id_token::IdTokenError;
pub use identity::{Identity, account};
pub use scopes::USUAL_SCOPES;
pub use sign_out::{Revocation, SignedOut};
pub use token::{Known, Refusal};

/// A provider, as the organization enrolled it.
#[derive(Debug, Clone)]
pub struct Config {
    /// What people call the organization; the page in the browser says it.
    pub organization: String,
    /// The provider's name for itself, compared letter by letter.
    pub issuer: String,
    /// Who this program is for the provider.
    pub client: Registration,
    /// Who it is where a code is entered elsewhere, for providers that want another client for that.
    pub device_client: Option<Registration>,
    /// What to ask for, to the letter; `openid` is always asked for. Where none are named, [`USUAL_SCOPES`] as far as
    /// the provider lists them.
    pub scopes: Option<Vec<String>>,
    /// More to say when a sign-in begins, such as `prompt = consent` where that is what brings a refresh token.
    pub parameters: BTreeMap<String, String>,
    /// The host the browser is sent back to: [`REDIRECT_HOST`], or `localhost` for providers that take only that.
    pub redirect_host: String,
    /// Ports the provider knows for the way back from the browser; none is any port.
    pub redirect_ports: Vec<u16>,
    /// Who is a member: while the ID token leaves that open, the userinfo endpoint is asked.
    pub membership: Option<Rule>,
    /// Claims that are wanted besides: when one is not in the ID token, the userinfo endpoint is asked.
    pub needed_claims: Vec<String>,
    /// The claim that names the account; the provider's usual ones where it is not said.
    pub account_claim: Option<String>,
    /// What time it is: `host::clock::now`.
    pub now: fn() -> Timestamp,
}

/// One registration of this program with the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The id that the provider gave it.
    pub client_id: String,
    /// For providers that give a desktop program a secret, which protects nothing there, or want a confidential client.
    pub client_secret: Option<Secret>,
}

impl Config {
    /// The addresses that must be registered with the provider, as it wants them written: without a port where any
    /// will do.
    pub fn redirects(&self) -> Vec<String> {
        let host = &self.redirect_host;
        if self.redirect_ports.is_empty() {
            return vec![format!("http://{host}{CALLBACK_PATH}")];
        }
        self.redirect_ports.iter().map(|port| format!("http://{host}:{port}{CALLBACK_PATH}")).collect()
    }
}

/// Speaks with one provider. Make another one with the same [`Cache`] when the enrollment or the proxy changes.
pub struct Provider {
    config: Config,
    web: Client,
    cache: Arc<Cache>,
    untrusted: AtomicBool,
}

impl Provider {
    /// Asks nothing yet.
    pub fn new(config: Config, web: Client, cache: Arc<Cache>) -> Self {
        Self { config, web, cache, untrusted: AtomicBool::new(false) }
    }

    /// Begins a sign-in in a browser on this machine: open [`BrowserSignIn::url`] there, then wait for it.
    pub async fn begin_browser(self: &Arc<Self>) -> Result<BrowserSignIn, SignInError> {
        BrowserSignIn::begin(Arc::clone(self), false).await
    }

    /// The same, which asks in the browser who it is, even where the provider knows somebody. `prompt` would be
    /// plainer, and some providers refuse the values of it that they do not know.
    pub async fn begin_browser_asking_who(self: &Arc<Self>) -> Result<BrowserSignIn, SignInError> {
        BrowserSignIn::begin(Arc::clone(self), true).await
    }

    /// Begins a sign-in on any other device: show its code and address, then wait for it.
    pub async fn begin_device(self: &Arc<Self>) -> Result<DeviceSignIn, SignInError> {
        DeviceSignIn::begin(Arc::clone(self)).await
    }

    /// Whether the provider is there and is the one that was enrolled.
    pub async fn check(&self) -> Result<(), WebError> {
        self.discover().await.map(drop)
    }

    /// The addresses that must be registered with it.
    pub fn redirects(&self) -> Vec<String> {
        self.config.redirects()
    }

    /// Whether the provider could not prove who it is, so that a client with the machine's trust of now is due.
    pub fn was_untrusted(&self) -> bool {
        self.untrusted.load(Ordering::Relaxed)
    }

    async fn send(&self, request: Request) -> Result<Response, WebError> {
        let answer = self.web.send(request).await;
        if let Err(WebError { kind: WebErrorKind::Tls, .. }) = &answer {
            self.untrusted.store(true, Ordering::Relaxed);
        }
        answer
    }
}

#[cfg(test)]
mod tests;
