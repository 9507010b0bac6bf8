//! Sign-in with a browser on this machine (RFC 8252): the provider sends the browser back to a port that only this
//! sign-in listens on. Who does not know its `state` cannot end it.

use std::sync::Arc;
use std::time::Duration;

use openidconnect::{Nonce, PkceCodeChallenge, PkceCodeVerifier};
use reqwest::Url;

use super::discovery::Metadata;
use super::{Identity, Provider, SignInError, random};

mod callback;
mod doors;
mod page;
mod visit;
mod window;

pub use window::Window;

use callback::Expected;
use doors::Doors;

/// The path the provider sends the browser back to: register `http://127.0.0.1/callback` with it.
pub const CALLBACK_PATH: &str = "/callback";

/// A sign-in that waits for the browser. Dropping it ends it.
pub struct BrowserSignIn {
    provider: Arc<Provider>,
    metadata: Metadata,
    doors: Doors,
    redirect: String,
    url: Url,
    state: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl BrowserSignIn {
    pub(super) async fn begin(provider: Arc<Provider>) -> Result<Self, SignInError> {
        let metadata = provider.discover().await?;
        let doors = Doors::open(&provider.config.redirect_ports).await.map_err(SignInError::Listen)?;
        let redirect = format!("http://127.0.0.1:{}{CALLBACK_PATH}", doors.port());
        let state = random::word()?;
        let nonce = Nonce::new(random::word()?);
        let verifier = PkceCodeVerifier::new(random::word()?);
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let mut url = crate::web::permitted(&metadata.authorization_endpoint)?;
        let scope = provider.scope();
        let fields = [
            ("response_type", "code"),
            ("client_id", &provider.config.client_id),
            ("redirect_uri", &redirect),
            ("scope", &scope),
            ("state", &state),
            ("nonce", nonce.secret()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", challenge.method().as_str()),
        ];
        let more = provider.config.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let more = more.filter(|(name, _)| fields.iter().all(|(taken, _)| taken != name));
        url.query_pairs_mut().extend_pairs(fields).extend_pairs(more);
        Ok(Self { provider, metadata, doors, redirect, url, state, nonce, verifier })
    }

    /// Where to send the browser.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Waits for the browser at most this long (five minutes suit people). Who the person is does not yet say whether
    /// they belong to the organization, so the browser waits for the caller's word.
    pub async fn finish(self, limit: Duration) -> Result<(Identity, Window), SignInError> {
        let config = &self.provider.config;
        let expected = Expected {
            state: &self.state,
            issuer: &config.issuer,
            issuer_is_named: self.metadata.authorization_response_iss_parameter_supported,
        };
        let arrival = tokio::time::timeout(limit, self.doors.wait(&expected)).await;
        let arrival = arrival.map_err(|_| SignInError::TimedOut)?;
        let window = Window { stream: arrival.stream, organization: config.organization.clone() };
        let result = match arrival.outcome {
            Ok(code) => self.redeem(&code).await,
            Err(error) => Err(error),
        };
        match result {
            Ok(identity) => Ok((identity, window)),
            Err(error) => {
                window.refuse(&error.to_string()).await;
                Err(error)
            }
        }
    }

    async fn redeem(&self, code: &str) -> Result<Identity, SignInError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", self.verifier.secret()),
        ];
        let (tokens, date) = self.provider.ask_tokens(&self.metadata.token_endpoint, &fields).await?;
        let person = self.provider.person(&self.metadata, &tokens, Some(&self.nonce)).await?;
        Ok(person.with_tokens(tokens, None, date))
    }
}
