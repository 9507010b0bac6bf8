//! Token servers: who is asking, what they may do, and the bearer token that says so.

use std::collections::HashMap;
use std::sync::Mutex;

use acceptance::internet::{ADA_PASSWORD, BOB_PASSWORD};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use hyper::header::{self, HeaderMap};
use hyper::{Response, StatusCode};
use serde_json::json;

use crate::body::{Answer, answer, full, json as reply};
use crate::sites::Registry;
use crate::world::World;

/// Bearer tokens in circulation.
#[derive(Default)]
pub(crate) struct Tokens {
    issued: Mutex<HashMap<String, Vec<(String, String)>>>,
}

impl Tokens {
    /// What a request's bearer token allows; `None` without a valid one.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Option<Vec<(String, String)>> {
        let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let token = value.strip_prefix("Bearer ")?;
        self.issued.lock().expect("no holder panics").get(token).cloned()
    }

    fn issue(&self, grants: Vec<(String, String)>) -> String {
        let mut random = [0; 24];
        aws_lc_rs::rand::fill(&mut random).expect("the machine has randomness");
        let token = BASE64_URL_SAFE_NO_PAD.encode(random);
        self.issued.lock().expect("no holder panics").insert(token.clone(), grants);
        token
    }
}

/// Answers a token request: GET with Basic credentials, or POST with a form.
pub(crate) fn serve(
    world: &World,
    registry: Registry,
    query: &str,
    headers: &HeaderMap,
    form: &str,
) -> Answer {
    let fields: Vec<(String, String)> = pairs(query).chain(pairs(form)).collect();
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if field("grant_type").as_deref() == Some("refresh_token") {
        let account = field("refresh_token").as_deref().and_then(of_refresh_token);
        let Some(account) = account else {
            return reply(StatusCode::BAD_REQUEST, &json!({"error": "invalid_grant"}));
        };
        return issue(world, registry, Some(account), &fields);
    }
    let posted = field("username").zip(field("password"));
    let account = match posted.or_else(|| basic(headers)) {
        None => None,
        Some((name, password)) if password_of(&name) == Some(&password) => Some(name),
        Some(_) => {
            return reply(StatusCode::UNAUTHORIZED, &json!({"details": "incorrect username or password"}));
        }
    };
    issue(world, registry, account.as_deref(), &fields)
}

fn issue(world: &World, registry: Registry, account: Option<&str>, fields: &[(String, String)]) -> Answer {
    let scopes = fields.iter().filter(|(key, _)| key == "scope").flat_map(|(_, scope)| scope.split(' '));
    let grants = scopes.flat_map(|scope| grant(world, registry, account, scope)).collect();
    let token = world.tokens.issue(grants);
    reply(StatusCode::OK, &json!({"token": token, "access_token": token, "expires_in": 300}))
}

/// Who is asking, by a right name and password in the request itself.
pub(crate) fn person(headers: &HeaderMap) -> Option<String> {
    let (name, password) = basic(headers)?;
    (password_of(&name) == Some(&password)).then_some(name)
}

/// The 401 that says where a token is to be had.
pub(crate) fn challenge(registry: Registry, realm: &str, scope: Option<&str>, known: bool) -> Answer {
    let mut value = format!("Bearer realm=\"{realm}\",service=\"{}\"", registry.service);
    if let Some(scope) = scope {
        value.push_str(&format!(",scope=\"{scope}\""));
    }
    if known {
        value.push_str(",error=\"insufficient_scope\"");
    }
    unauthorized(&value)
}

/// The 401 that asks for a name and a password.
pub(crate) fn basic_challenge(registry: Registry) -> Answer {
    unauthorized(&format!("Basic realm=\"{}\"", registry.service))
}

fn unauthorized(challenge: &str) -> Answer {
    let body =
        json!({"errors": [{"code": "UNAUTHORIZED", "message": "authentication required", "detail": null}]});
    let builder = Response::builder().status(StatusCode::UNAUTHORIZED);
    let builder = builder.header("Content-Type", "application/json").header("WWW-Authenticate", challenge);
    answer(builder, full(body.to_string()))
}

fn grant(world: &World, registry: Registry, account: Option<&str>, scope: &str) -> Vec<(String, String)> {
    let Some((path, actions)) = scope.strip_prefix("repository:").and_then(|rest| rest.rsplit_once(':'))
    else {
        return Vec::new();
    };
    let repository = format!("{}/{path}", registry.name);
    let permitted = actions.split(',').filter(|action| world.may(account, &repository, action));
    permitted.map(|action| (repository.clone(), action.to_owned())).collect()
}

/// Whose refresh token it is: as a registry like Azure's gives one for a sign-in.
fn of_refresh_token(token: &str) -> Option<&'static str> {
    match token {
        "refresh-ada" => Some("ada"),
        "refresh-bob" => Some("bob"),
        _ => None,
    }
}

fn password_of(name: &str) -> Option<&'static str> {
    match name {
        "ada" => Some(ADA_PASSWORD),
        "bob" => Some(BOB_PASSWORD),
        _ => None,
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let decoded = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

fn pairs(form: &str) -> impl Iterator<Item = (String, String)> {
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(key, value)| (decode(key), decode(value)))
}

/// The text behind percent signs and plus signs.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
