//! Answers registries' challenges for clients of the mirror front, with the person's own login where they have one.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use host::clock::boottime;
use http1::{Body, Fields};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Challenge, Destination, Network, Problem, Scheme, error_message,
    exchange::{Outgoing, exchange},
};
use crate::{expiring_map::ExpiringMap, ports::Login};

/// Tokens in hand. A token belongs to the login it was given for, and to those who may show the same certificates; it is
/// never used for another.
pub(crate) struct Tokens(Mutex<ExpiringMap<Key, String>>);

impl Default for Tokens {
    fn default() -> Self {
        Self(Mutex::new(ExpiringMap::with_limit(KEEP_AT_MOST)))
    }
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    registry: Destination,
    scope: String,
    login: Option<Login>,
    /// The client certificates that were not shown when it was given.
    withheld: Arc<BTreeSet<String>>,
}

/// Which token is meant: for which requests of a registry, and given to whom.
#[derive(Clone, Copy)]
pub(crate) struct TokenRequest<'a> {
    /// How the registry and its token service are reached.
    pub(crate) network: &'a Arc<Network>,
    pub(crate) registry: &'a Destination,
    /// As the token specification writes it (`repository:library/nginx:pull`).
    pub(crate) scope: &'a str,
    /// None asks as nobody.
    pub(crate) login: Option<&'a Login>,
}

/// Whether the organization's policy names a place itself.
pub(crate) type Names<'a> = &'a (dyn Fn(&Destination) -> bool + Sync);

/// What answers a challenge.
pub(crate) enum ToChallenge {
    /// This `Authorization`.
    Authorization(String),
    /// Nothing: a login is wanted that there is not; with the words of the token service, if it has refused one.
    Nothing(Option<String>),
}

/// What a token service gave.
enum Fetched {
    Token(Duration, String),
    Unauthorized(Option<String>),
}

#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    /// Whatever stands there.
    expires_in: Option<Value>,
}

/// The user name by which stores of logins mark an identity token.
const IDENTITY_TOKEN: &str = "<token>";
/// Some services and firewalls refuse questions without one.
const USER_AGENT: &str = concat!("pullgate/", env!("CARGO_PKG_VERSION"));
/// Where no life time is stated it is 60 s (distribution token specification).
const STANDARD_LIFE: Duration = Duration::from_secs(60);
/// A service may say any number; a token that is used for so long is asked for again.
const LONGEST_LIFE: Duration = Duration::from_secs(3600);
const PASSWORD_LIFE: Duration = Duration::from_secs(5 * 60);
const MARGIN: Duration = Duration::from_secs(10);
const ANSWER_LIMIT: usize = 256 * 1024;
const KEEP_AT_MOST: usize = 512;

impl Tokens {
    /// A token that was fetched for the same registry, scope and login, and is still good.
    pub(crate) fn in_hand(&self, request: TokenRequest<'_>) -> Option<String> {
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(&request.key(), boottime()).cloned()
    }

    /// What answers a challenge.
    pub(crate) async fn answer(
        &self,
        request: TokenRequest<'_>,
        challenge: &Challenge,
        names: Names<'_>,
    ) -> Result<ToChallenge, Problem> {
        match challenge {
            Challenge::Basic => {
                let Some(login) = request.login else { return Ok(ToChallenge::Nothing(None)) };
                let value = basic(login);
                // A body can only be sent once, so the next request does not wait to be asked.
                self.keep(request.key(), PASSWORD_LIFE, value.clone());
                Ok(ToChallenge::Authorization(value))
            }
            Challenge::Bearer { realm, service, scope: asked } => {
                let wanted = TokenRequest { scope: asked.as_deref().unwrap_or(request.scope), ..request };
                match fetch(wanted, realm, service.as_deref(), names).await? {
                    Fetched::Unauthorized(message) => Ok(ToChallenge::Nothing(message)),
                    Fetched::Token(life, token) => {
                        let value = format!("Bearer {token}");
                        self.keep(request.key(), life, value.clone());
                        Ok(ToChallenge::Authorization(value))
                    }
                }
            }
        }
    }

    fn keep(&self, key: Key, life: Duration, value: String) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(key, value, boottime().saturating_add(life.saturating_sub(MARGIN)));
    }
}

impl TokenRequest<'_> {
    fn key(self) -> Key {
        Key {
            registry: self.registry.clone(),
            scope: self.scope.to_owned(),
            login: self.login.cloned(),
            withheld: Arc::clone(self.network.withheld()),
        }
    }
}

fn basic(login: &Login) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", login.user, login.secret.expose())))
}

async fn fetch(
    request: TokenRequest<'_>,
    realm: &str,
    service: Option<&str>,
    names: Names<'_>,
) -> Result<Fetched, Problem> {
    let TokenRequest { network, registry, scope, login } = request;
    let (place, path) = Destination::from_url(realm)
        .filter(|(place, _)| is_safe(&network.effective(registry), place))
        .ok_or_else(|| {
            Problem::unreachable(
                &registry.host,
                "it sends clients to a token address that is not safe to ask",
            )
        })?;
    let question = Question::new(&path, service, scope, login);
    let outgoing = question.outgoing();
    network.extend_trust(registry, &place);
    let place = if names(&place) { place } else { place.referred_by(&network.effective(registry)) };
    let exchange = exchange(network, &place, &outgoing, None).await?;
    let status = exchange.reply.status;
    let retry_after = exchange.reply.fields.get("retry-after").and_then(error_message::retry_after);
    let is_json = error_message::is_json(&exchange.reply);
    let body = exchange.read(ANSWER_LIMIT).await?;
    let refusal = |message: Option<String>| Problem::Token {
        host: place.host.clone(),
        status,
        message: message.unwrap_or_default(),
        retry_after: retry_after.clone(),
    };
    match status {
        200 => {}
        401 => return Ok(Fetched::Unauthorized(error_message::message(is_json, &body))),
        // What OAuth 2 says where a grant is over (RFC 6749, 5.2).
        400 if login.is_some_and(|login| login.user == IDENTITY_TOKEN) => {
            return Ok(Fetched::Unauthorized(error_message::message(is_json, &body)));
        }
        _ => return Err(refusal(error_message::message(is_json, &body))),
    }
    let given = given(&body).map_err(|_| {
        Problem::unreachable(&place.host, "it answered a token request with something else than a token")
    })?;
    let (life, token) = given.ok_or_else(|| refusal(None))?;
    Ok(Fetched::Token(life, token))
}

/// The token that an answer gives and how long it is used, if it gives one.
pub(crate) fn given(body: &[u8]) -> Result<Option<(Duration, String)>, serde_json::Error> {
    let answer: Answer = serde_json::from_slice(body)?;
    let life = life(answer.expires_in.as_ref());
    let tokens = [answer.token, answer.access_token].into_iter().flatten();
    Ok(tokens.into_iter().find(|token| is_token(token)).map(|token| (life, token)))
}

/// How long a token is used. It counts from when it came, so that the service's clock is no matter.
fn life(expires_in: Option<&Value>) -> Duration {
    let said = expires_in.and_then(Value::as_u64).map(Duration::from_secs);
    said.unwrap_or(STANDARD_LIFE).min(LONGEST_LIFE)
}

/// What is asked of a token service.
struct Question {
    method: &'static str,
    path: String,
    fields: Fields,
    content: String,
}

impl Question {
    /// A password goes with a GET (distribution token specification); an identity token is exchanged (its OAuth 2 part).
    fn new(path: &str, service: Option<&str>, scope: &str, login: Option<&Login>) -> Self {
        let mut fields = Fields::default();
        fields.push("Accept", "application/json");
        fields.push("User-Agent", USER_AGENT);
        let mut query = format!("scope={}", encoded(scope));
        if let Some(service) = service {
            query = format!("service={}&{query}", encoded(service));
        }
        match login {
            Some(login) if login.user == IDENTITY_TOKEN => {
                fields.push("Content-Type", "application/x-www-form-urlencoded");
                let token = encoded(login.secret.expose());
                let content =
                    format!("grant_type=refresh_token&client_id=pullgate&{query}&refresh_token={token}");
                Self { method: "POST", path: path.to_owned(), fields, content }
            }
            Some(_) | None => {
                if let Some(login) = login {
                    fields.push("Authorization", basic(login));
                }
                let join = if path.contains('?') { '&' } else { '?' };
                Self { method: "GET", path: format!("{path}{join}{query}"), fields, content: String::new() }
            }
        }
    }

    fn outgoing(&self) -> Outgoing<'_> {
        let length = self.content.len() as u64;
        let body = if length == 0 { Body::Empty } else { Body::Length(length) };
        let content = self.content.as_bytes();
        Outgoing { method: self.method, path: &self.path, fields: &self.fields, body, content }
    }
}

/// A registry may name any token service, but that of a secure one is secure too, and only a registry of this
/// machine has one on it.
fn is_safe(registry: &Destination, service: &Destination) -> bool {
    let in_the_clear = service.scheme == Scheme::Http && registry.scheme == Scheme::Https;
    !in_the_clear && (!service.is_local() || registry.is_local())
}

/// What may stand in a header field (RFC 6750, 2.1, and the sloppier tokens seen in the field).
fn is_token(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic())
}

fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_token_service_makes_a_token_live_for_more_than_an_hour() {
        for (said, seconds) in [
            ("null", 60),
            ("0", 0),
            ("300", 300),
            ("3601", 3600),
            ("9223372036854775807", 3600),
            ("18446744073709551615", 3600),
            ("18446744073709551616", 60),
            ("1e400", 60),
            ("-1", 60),
            ("3.5", 60),
            ("\"300\"", 60),
            ("[]", 60),
        ] {
            // A number beyond all bounds is no JSON that is read; then there is no token either.
            let Ok(answer) = serde_json::from_str::<Answer>(&format!("{{\"expires_in\":{said}}}")) else {
                assert_eq!(said, "1e400");
                continue;
            };
            assert_eq!(life(answer.expires_in.as_ref()), Duration::from_secs(seconds), "{said}");
        }
        let tokens = Tokens::default();
        let registry = Destination::from_authority(Scheme::Https, "registry.example").unwrap();
        let key = Key { registry, scope: "scope".into(), login: None, withheld: Arc::default() };
        tokens.keep(key.clone(), Duration::MAX, "Bearer x".into());
        assert_eq!(tokens.0.lock().unwrap().get(&key, boottime()).map(String::as_str), Some("Bearer x"));
    }
}
