//! Answers registries' challenges for clients of the mirror front, with the person's own login where they have one.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{
    Challenge, Destination, Network, Problem, Scheme,
    exchange::{Outgoing, ask},
};
use crate::{
    http::{Body, Fields},
    ports::Login,
};

/// Tokens in hand. A token belongs to the login it was given for, and is never used for another.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<HashMap<Key, (Instant, String)>>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    registry: Destination,
    scope: String,
    login: Option<Login>,
}

/// Where no life time is stated it is 60 s (distribution token specification).
#[derive(Deserialize)]
struct Answer {
    token: Option<String>,
    access_token: Option<String>,
    expires_in: Option<u64>,
}

/// The user name by which stores of logins mark an identity token.
const IDENTITY_TOKEN: &str = "<token>";
const STANDARD_LIFE: u64 = 60;
const PASSWORD_LIFE: Duration = Duration::from_secs(5 * 60);
const MARGIN: Duration = Duration::from_secs(10);
const ANSWER_LIMIT: usize = 256 * 1024;
const KEEP_AT_MOST: usize = 512;

impl Tokens {
    /// A token that was fetched for the same registry, scope and login, and is still good.
    pub(crate) fn in_hand(
        &self,
        registry: &Destination,
        scope: &str,
        login: Option<&Login>,
    ) -> Option<String> {
        let key = key(registry, scope, login);
        let tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.get(&key).filter(|(until, _)| *until > Instant::now()).map(|(_, token)| token.clone())
    }

    /// The `Authorization` that answers a challenge; none where the registry wants a login and there is none.
    pub(crate) async fn answer(
        &self,
        network: &Arc<Network>,
        registry: &Destination,
        challenge: &Challenge,
        scope: &str,
        login: Option<&Login>,
    ) -> Result<Option<String>, Problem> {
        match challenge {
            Challenge::Basic => {
                let value = login.map(basic);
                // A body can only be sent once, so the next request does not wait to be asked.
                if let Some(value) = &value {
                    self.keep(key(registry, scope, login), PASSWORD_LIFE, value.clone());
                }
                Ok(value)
            }
            Challenge::Bearer { realm, service, scope: asked } => {
                let wanted = asked.as_deref().unwrap_or(scope);
                let token = fetch(network, registry, realm, service.as_deref(), wanted, login).await?;
                let Some((life, token)) = token else { return Ok(None) };
                let value = format!("Bearer {token}");
                self.keep(key(registry, scope, login), life, value.clone());
                Ok(Some(value))
            }
        }
    }

    fn keep(&self, key: Key, life: Duration, value: String) {
        let mut tokens = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        tokens.retain(|_, (until, _)| *until > now);
        if tokens.len() < KEEP_AT_MOST {
            tokens.insert(key, (now + life.saturating_sub(MARGIN), value));
        }
    }
}

fn key(registry: &Destination, scope: &str, login: Option<&Login>) -> Key {
    Key { registry: registry.clone(), scope: scope.to_owned(), login: login.cloned() }
}

fn basic(login: &Login) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", login.user, login.secret)))
}

async fn fetch(
    network: &Arc<Network>,
    registry: &Destination,
    realm: &str,
    service: Option<&str>,
    scope: &str,
    login: Option<&Login>,
) -> Result<Option<(Duration, String)>, Problem> {
    let (place, path) = Destination::from_url(realm)
        .filter(|(place, _)| is_safe(&network.settled(registry), place))
        .ok_or_else(|| {
            Problem::unreachable(
                &registry.host,
                "it sends clients to a token address that is not safe to ask",
            )
        })?;
    let question = Question::new(&path, service, scope, login);
    let outgoing = question.outgoing();
    let exchange = ask(network, &place, &outgoing, None).await?;
    let status = exchange.reply.status;
    let body = exchange.read(ANSWER_LIMIT).await?;
    if status != 200 {
        return Ok(None);
    }
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| {
        Problem::unreachable(&place.host, "it answered a token request with something else than a token")
    })?;
    let life = Duration::from_secs(answer.expires_in.unwrap_or(STANDARD_LIFE));
    Ok(answer.token.or(answer.access_token).filter(|token| is_token(token)).map(|token| (life, token)))
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
        let mut wish = format!("scope={}", encoded(scope));
        if let Some(service) = service {
            wish = format!("service={}&{wish}", encoded(service));
        }
        match login {
            Some(login) if login.user == IDENTITY_TOKEN => {
                fields.push("Content-Type", "application/x-www-form-urlencoded");
                let token = encoded(&login.secret);
                let content =
                    format!("grant_type=refresh_token&client_id=pullgate&{wish}&refresh_token={token}");
                Self { method: "POST", path: path.to_owned(), fields, content }
            }
            Some(_) | None => {
                if let Some(login) = login {
                    fields.push("Authorization", basic(login));
                }
                let join = if path.contains('?') { '&' } else { '?' };
                Self { method: "GET", path: format!("{path}{join}{wish}"), fields, content: String::new() }
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
