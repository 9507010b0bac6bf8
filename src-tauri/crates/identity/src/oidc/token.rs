//! The token endpoint: one form in, tokens or a refusal out. What is not plainly a refusal of OAuth is trouble
//! on the way, so that a proxy's page or a broken gateway never reads as the provider's word.
//!
//! After a renewal the refresh token of before may be used up.

use std::fmt;

use jiff::Timestamp;
use secret::Secret;
use serde::Deserialize;
use serde_json::{Map, Value};
use web::{Request, Response, WebError};

use super::claims::Unvouched;
use super::discovery::Metadata;
use super::{Identity, Provider, Registration, RenewError};

/// Tokens are small; an answer larger than this is not one.
const LIMIT: u64 = 256 * 1024;

/// What the token endpoint gives.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) id_token: Option<Secret>,
}

/// What is known of the person whose session is renewed.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The person the renewal must be about.
    pub subject: &'a str,
    /// The claims to keep where the provider gives no newer ones.
    pub claims: &'a Map<String, Value>,
}

/// A provider's "no", in the words of OAuth 2.0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The code, such as `invalid_client`.
    pub error: String,
    /// What the provider says about it, unless it repeats what it was sent.
    pub description: Option<String>,
    pub(super) status: u16,
}

#[derive(Debug)]
pub(super) enum TokenError {
    Refused(Refusal),
    Web(WebError),
}

impl From<WebError> for TokenError {
    fn from(error: WebError) -> Self {
        Self::Web(error)
    }
}

impl Provider {
    /// Uses the refresh token. [`Identity::refresh`] is what to use next: keep it before anything else. An identity is
    /// only returned when the provider vouches for the person at this moment, as far as it ever does.
    pub async fn renew(&self, refresh: &Secret, known: Known<'_>) -> Result<Identity, RenewError> {
        let metadata = self.discover().await.map_err(RenewError::NotSent)?;
        let client = self.client_of(known.claims);
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let (tokens, date) = match self.ask_tokens(&metadata, client, &fields).await {
            Err(TokenError::Web(error)) if error.kind.comes_before_sending() => {
                return Err(RenewError::NotSent(error));
            }
            answer => answer?,
        };
        let next = tokens.refresh_token.clone().unwrap_or_else(|| refresh.clone());
        match self.renewed_person(&metadata, client, &tokens, known).await {
            Ok(person) => Ok(person.with_tokens(tokens, Some(refresh), date)),
            Err(Unvouched::IdToken(why)) => Err(RenewError::Unusable { refresh: next, why }),
            Err(Unvouched::Unproven(why)) => Err(RenewError::Unproven { refresh: next, why }),
        }
    }

    /// Posts a form to the token endpoint, and says what time it was for the provider.
    pub(super) async fn ask_tokens(
        &self,
        metadata: &Metadata,
        client: &Registration,
        fields: &[(&str, &str)],
    ) -> Result<(Tokens, Option<Timestamp>), TokenError> {
        let answer = self.post(&metadata.token_endpoint, metadata, client, fields).await?;
        let date = answer.date();
        Ok((answer.json()?, date))
    }

    /// The answer to a form with this program's name added, if it is neither a refusal nor trouble.
    pub(super) async fn post(
        &self,
        endpoint: &str,
        metadata: &Metadata,
        client: &Registration,
        fields: &[(&str, &str)],
    ) -> Result<Response, TokenError> {
        let secret = client.client_secret.as_ref();
        let in_form = secret.filter(|_| metadata.takes_secret_in_form());
        let own = [("client_id", client.client_id.as_str())].into_iter();
        let own = own.chain(in_form.map(|secret| ("client_secret", secret.expose())));
        let all: Vec<_> = fields.iter().copied().chain(own).collect();
        let mut request = Request::post_form(endpoint, &all)?.want_json().at_most(LIMIT);
        if let Some(secret) = secret.filter(|_| in_form.is_none()) {
            request = request.basic(&client.client_id, secret)?;
        }
        let answer = self.send(request).await?;
        match Refusal::read(&answer, &all) {
            Some(refusal) => Err(TokenError::Refused(refusal)),
            None => Ok(answer.success()?),
        }
    }
}

impl Refusal {
    pub(super) fn new(error: &str, description: Option<&str>) -> Self {
        let description = description.map(|text| shown(text, 200));
        Self { error: shown(error, 80), description, status: 400 }
    }

    /// A refusal is an error of the 4xx kind with a JSON object that has a code for `error`, and nothing else is.
    fn read(answer: &Response, sent: &[(&str, &str)]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Body {
            error: String,
            error_description: Option<String>,
        }
        if !(400..500).contains(&answer.status) || !answer.is_json() {
            return None;
        }
        let body: Body = serde_json::from_slice(&answer.body).ok()?;
        let is_code = !body.error.is_empty()
            && body.error.len() <= 80
            && body
                .error
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let quotes = |text: &String| sent.iter().any(|(name, value)| is_secret(name) && text.contains(value));
        let description = body.error_description.filter(|text| !quotes(text));
        let description = description.map(|text| shown(&text, 200));
        is_code.then_some(Self { error: body.error, description, status: answer.status })
    }

    /// RFC 6749 asks for 400 or 401; Auth0 sends 403.
    pub(super) fn is_invalid_grant(&self) -> bool {
        self.error == "invalid_grant" && matches!(self.status, 400 | 401 | 403)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.error)?;
        self.description.iter().try_for_each(|text| write!(f, ": {text}"))
    }
}

/// What else is sent is in the enrollment, or names things.
fn is_secret(name: &str) -> bool {
    matches!(name, "client_secret" | "code" | "code_verifier" | "device_code" | "refresh_token" | "token")
}

impl Metadata {
    /// Whether a client's secret may be one of the form's fields. A provider that says nothing of it takes it as a login.
    fn takes_secret_in_form(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_deref().unwrap_or_default();
        methods.iter().any(|method| method == "client_secret_post")
    }
}

/// Text from outside, fit for one line of a message.
fn shown(text: &str, longest: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.chars().filter(|letter| !letter.is_control() && *letter != '`').take(longest).collect()
}
