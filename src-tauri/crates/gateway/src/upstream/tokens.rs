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

const STANDARD_LIFE: u64 = 60;
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
            Challenge::Basic => Ok(login.map(basic)),
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
        .filter(|(place, _)| {
            place.scheme == Scheme::Https || registry.scheme == Scheme::Http || place.host == registry.host
        })
        .ok_or_else(|| {
            Problem::unreachable(
                &registry.host,
                "it sends clients to a token address that is not safe to ask",
            )
        })?;
    let mut query = format!("scope={}", encoded(scope));
    if let Some(service) = service {
        query = format!("service={}&{query}", encoded(service));
    }
    let join = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{join}{query}");
    let mut fields = Fields::default();
    fields.push("Accept", "application/json");
    if let Some(login) = login {
        fields.push("Authorization", basic(login));
    }
    let outgoing = Outgoing { method: "GET", path: &path, fields: &fields, body: Body::Empty };
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
