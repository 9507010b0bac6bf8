//! Sign-in with a browser on this machine (RFC 8252): the provider sends the browser back to a port that only this
//! sign-in listens on. Who does not know its `state` cannot end it.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use tokio::net::TcpStream;
use url::Url;

use super::advice::Way;
use super::discovery::Metadata;
use super::{Identity, Provider, SignInError};

mod callback;
#[cfg(any(test, fuzzing))]
pub(super) mod fuzzing;
mod listener;
mod page;
mod request;

use callback::Expected;
use listener::LoopbackListener;

/// The path the provider sends the browser back to: register `http://127.0.0.1/callback` with it.
pub(crate) const CALLBACK_PATH: &str = "/callback";
/// Where the browser is sent back to unless the enrollment says otherwise. RFC 8252 prefers it to `localhost`, which a
/// machine may resolve to something else.
pub const REDIRECT_HOST: &str = "127.0.0.1";

/// A sign-in that waits for the browser. Dropping it ends it.
pub struct BrowserSignIn {
    provider: Arc<Provider>,
    metadata: Metadata,
    listener: LoopbackListener,
    redirect: String,
    url: Url,
    state: String,
    nonce: String,
    verifier: String,
}

impl BrowserSignIn {
    pub(super) async fn begin(provider: Arc<Provider>, asks_who: bool) -> Result<Self, SignInError> {
        let metadata = provider.discover().await?;
        let host = &provider.config.redirect_host;
        let listener = LoopbackListener::open(host, &provider.config.redirect_ports).await?;
        let redirect = format!("http://{host}:{}{CALLBACK_PATH}", listener.port());
        let state = random_word()?;
        let nonce = random_word()?;
        let verifier = random_word()?;
        let challenge = challenge(&verifier);
        let mut url = web::permitted(&metadata.authorization_endpoint)?;
        let scope = provider.scope(&metadata);
        let fields = [
            ("response_type", "code"),
            ("client_id", &provider.config.client.client_id),
            ("redirect_uri", &redirect),
            ("scope", &scope),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        let who = asks_who.then_some(("max_age", "0"));
        let more = provider
            .parameters()
            .filter(|(name, _)| fields.iter().chain(&who).all(|(taken, _)| taken != name));
        url.query_pairs_mut().extend_pairs(fields).extend_pairs(who).extend_pairs(more);
        Ok(Self { provider, metadata, listener, redirect, url, state, nonce, verifier })
    }

    /// Where to send the browser.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Waits for the browser at most this long (five minutes suit people). Who the person is does not yet say whether
    /// they belong to the organization, so the browser waits for the caller's word.
    pub async fn finish(self, limit: Duration) -> Result<(Identity, BrowserTab), SignInError> {
        let config = &self.provider.config;
        let expected = Expected {
            state: &self.state,
            issuer: &config.issuer,
            issuer_is_named: self.metadata.authorization_response_iss_parameter_supported,
        };
        let arrival = tokio::time::timeout(limit, self.listener.wait(&expected)).await;
        let arrival = arrival.map_err(|_| SignInError::TimedOut)?;
        let tab = BrowserTab { stream: arrival.stream, organization: config.organization.clone() };
        let result = match arrival.outcome {
            Ok(code) => self.redeem(&code).await,
            Err(error) => Err(error),
        };
        let result = result.map_err(|error| self.provider.advised(error, Way::Browser, &self.metadata));
        match result {
            Ok(identity) => Ok((identity, tab)),
            Err(error) => {
                tab.refuse(&error.to_string()).await;
                Err(error)
            }
        }
    }

    async fn redeem(&self, code: &str) -> Result<Identity, SignInError> {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect),
            ("code_verifier", self.verifier.as_str()),
        ];
        let client = &self.provider.config.client;
        let (tokens, date) = self.provider.ask_tokens(&self.metadata, client, &fields).await?;
        let person = self.provider.person(&self.metadata, client, &tokens, Some(&self.nonce)).await?;
        Ok(person.with_tokens(tokens, None, date))
    }
}

/// A word that nobody can guess: 256 bits as 43 letters that need no escape in an address.
fn random_word() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// What only who knows the word can prove to know (RFC 7636, 4.2).
fn challenge(verifier: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// The tab of the browser that came back, which waits for its last page until it is known what became of the sign-in.
/// Dropping it leaves the person with an error of the browser.
pub struct BrowserTab {
    stream: TcpStream,
    organization: String,
}

impl BrowserTab {
    /// Shows that the person is signed in.
    pub async fn welcome(mut self) {
        listener::answer(&mut self.stream, &page::signed_in(&self.organization)).await;
    }

    /// Shows that the person is not signed in, and these sentences: why, and what to do.
    pub async fn refuse(mut self, why: &str) {
        listener::answer(&mut self.stream, &page::not_signed_in(&self.organization, why)).await;
    }
}
