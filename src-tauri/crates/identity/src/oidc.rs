//! Sign-in with an organization's OpenID provider: in a browser, or with a code where there is none; renewal and
//! sign-out. What comes back is an [`Identity`]; whether it is a member of the organization is judged elsewhere.
//!
//! A provider's answer ends nothing by accident: [`RenewError::InvalidGrant`] is only a refresh token that the
//! provider itself refused in so many words.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::Secret;
use crate::web::{Client, WebError};

mod browser;
mod claims;
mod device;
mod discovery;
mod error;
mod id_token;
mod identity;
mod keys;
mod random;
mod renew;
mod sign_out;
mod token;
mod userinfo;

pub use browser::{BrowserSignIn, CALLBACK_PATH, Window};
pub use claims::ClaimsFrom;
pub use device::DeviceSignIn;
pub use error::{RenewError, SignInError, Unproven};
pub use id_token::IdTokenError;
pub use identity::Identity;
pub use renew::Known;
pub use sign_out::{Revocation, SignedOut};
pub use token::Refusal;

/// A provider, as the organization enrolled it.
#[derive(Debug, Clone)]
pub struct Config {
    /// What people call the organization; the page in the browser says it.
    pub organization: String,
    /// The provider's name for itself, compared letter by letter.
    pub issuer: String,
    /// Who this program is for the provider.
    pub client_id: String,
    /// For providers that give a desktop program a word of its own, which protects nothing.
    pub client_secret: Option<Secret>,
    /// What to ask for; `openid` is always asked for.
    pub scopes: Vec<String>,
    /// More to say to the provider's sign-in page, such as `prompt = consent` where that is what brings a refresh token.
    pub parameters: BTreeMap<String, String>,
    /// Ports the provider knows for the way back from the browser; none is any port.
    pub redirect_ports: Vec<u16>,
    /// Claims that membership is judged by: when one is not in the ID token, the userinfo endpoint is asked.
    pub needed_claims: Vec<String>,
    /// What time it is: `host::clock::now`.
    pub now: fn() -> Timestamp,
}

/// Speaks with one provider. Make another one when the enrollment or the proxy changes.
pub struct Provider {
    config: Config,
    web: Client,
    discovered: Mutex<Option<discovery::Discovered>>,
    keys: Mutex<keys::Keys>,
}

impl Provider {
    /// Asks nothing yet.
    pub fn new(config: Config, web: Client) -> Self {
        Self { config, web, discovered: Mutex::default(), keys: Mutex::default() }
    }

    /// Begins a sign-in in a browser on this machine: open [`BrowserSignIn::url`] there, then wait for it.
    pub async fn begin_browser(self: &Arc<Self>) -> Result<BrowserSignIn, SignInError> {
        BrowserSignIn::begin(Arc::clone(self)).await
    }

    /// Begins a sign-in on any other device: show its code and address, then wait for it.
    pub async fn begin_device(self: &Arc<Self>) -> Result<DeviceSignIn, SignInError> {
        DeviceSignIn::begin(Arc::clone(self)).await
    }

    /// Whether the provider is there and is the one that was enrolled.
    pub async fn check(&self) -> Result<(), WebError> {
        self.discover().await.map(drop)
    }

    fn scope(&self) -> String {
        let named = self.config.scopes.iter().map(String::as_str).filter(|scope| *scope != "openid");
        std::iter::once("openid").chain(named).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests;
