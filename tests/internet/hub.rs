//! Docker Hub's web interface, `hub.docker.com`: who somebody is, which organizations they are in, what those set.
//!
//! Its bearer tokens say by themselves whose they are, signed with a key that only this host knows.

use acceptance::internet::{ADA_PASSWORD, BOB_PASSWORD};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::{Method, Request, StatusCode};
use serde_json::{Value, json};

use crate::body::{Answer, json as reply};
use crate::manners::spoil;
use crate::web;
use crate::world::World;

const KEY: &[u8] = b"only Docker Hub knows this";

struct Account {
    name: &'static str,
    password: &'static str,
    id: &'static str,
    full_name: &'static str,
}

const ACCOUNTS: &[Account] = &[
    Account { name: "ada", password: ADA_PASSWORD, id: "4f6e0000000000000000000000000001", full_name: "Ada" },
    Account { name: "bob", password: BOB_PASSWORD, id: "4f6e0000000000000000000000000002", full_name: "Bob" },
];

pub(crate) async fn serve(world: &World, host: &str, request: Request<Incoming>) -> Answer {
    let manners = world.manners.of_page(host, request.uri().path());
    if let Some(special) = web::special(&manners).await {
        return special;
    }
    let mut answer = answer(request).await;
    for (name, value) in [("X-RateLimit-Limit", "180"), ("X-RateLimit-Remaining", "179")] {
        answer.headers_mut().insert(name, value.parse().expect("digits are printable"));
    }
    answer.map(|body| spoil(body, &manners))
}

async fn answer(request: Request<Incoming>) -> Answer {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path().trim_end_matches('/');
    if (&parts.method, path) == (&Method::POST, "/v2/auth/token") {
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        return sign_in(&serde_json::from_slice(&body).unwrap_or_default());
    }
    let Some(account) = bearer(&parts.headers) else {
        return complain(StatusCode::UNAUTHORIZED, "unauthorized");
    };
    if parts.method != Method::GET {
        return complain(StatusCode::METHOD_NOT_ALLOWED, "this is only read here");
    }
    match path {
        "/v2/user" => reply(StatusCode::OK, &user(account)),
        "/v2/user/orgs" => page(organizations(account), parts.uri.query().unwrap_or_default()),
        _ => match path.strip_prefix("/v2/orgs/").and_then(|rest| rest.split_once('/')) {
            Some((organization, what)) => settings(account, organization, what),
            None => complain(StatusCode::NOT_FOUND, "object not found"),
        },
    }
}

fn sign_in(form: &Value) -> Answer {
    let found = ACCOUNTS
        .iter()
        .find(|account| form["identifier"] == account.name && form["secret"] == account.password);
    match found {
        Some(account) => reply(StatusCode::OK, &json!({ "access_token": token(account) })),
        None => complain(StatusCode::UNAUTHORIZED, "Incorrect authentication credentials"),
    }
}

fn token(account: &Account) -> String {
    let name = account.name;
    let user = json!({
        "uuid": account.id, "email": format!("{name}@acme.example"), "username": name,
        "source": "docker_pwd", "session_id": "1",
    });
    let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(json!({"alg": "HS256", "typ": "JWT"}));
    let claims = part(json!({"sub": account.id, "https://hub.docker.com": user}));
    let signature =
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), format!("{head}.{claims}").as_bytes());
    format!("{head}.{claims}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn bearer(headers: &HeaderMap) -> Option<&'static Account> {
    let given = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    ACCOUNTS.iter().find(|account| token(account) == given)
}

fn user(account: &Account) -> Value {
    json!({
        "id": account.id, "uuid": account.id, "username": account.name, "full_name": account.full_name,
        "location": "", "company": "", "profile_url": "", "date_joined": "2020-01-01T00:00:00Z",
        "gravatar_url": "", "type": "User",
    })
}

/// Ada owns a small organization of her own beside the one she works for; Bob is in none.
fn organizations(account: &Account) -> Vec<Value> {
    match account.name {
        "ada" => vec![
            organization("ada-at-home", "Owner", &[], "Personal"),
            organization("acme", "Member", &["qa"], "Business"),
        ],
        _ => Vec::new(),
    }
}

fn organization(name: &str, role: &str, groups: &[&str], plan: &str) -> Value {
    json!({
        "id": format!("0{name}"), "orgname": name, "full_name": name, "location": "", "company": "",
        "profile_url": "", "date_joined": "2020-01-01T00:00:00Z", "gravatar_url": "", "type": "Organization",
        "badge": "", "is_active": true, "user_role": role, "user_groups": groups, "plan_name": plan,
        "parent_name": null,
    })
}

fn page(all: Vec<Value>, query: &str) -> Answer {
    let field = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let number = |name, usual: usize| field(name).and_then(|text| text.parse().ok()).unwrap_or(usual).max(1);
    let (page, size) = (number("page", 1), number("page_size", 10));
    let address = |page| format!("https://hub.docker.com/v2/user/orgs?page={page}&page_size={size}");
    let results: Vec<&Value> = all.iter().skip((page - 1) * size).take(size).collect();
    let next = (page * size < all.len()).then(|| address(page + 1));
    let previous = (page > 1).then(|| address(page - 1));
    reply(
        StatusCode::OK,
        &json!({"count": all.len(), "next": next, "previous": previous, "results": results}),
    )
}

fn settings(account: &Account, organization: &str, what: &str) -> Answer {
    if !["acme", "ada-at-home"].contains(&organization) {
        return complain(StatusCode::NOT_FOUND, "object not found");
    }
    if !organizations(account).iter().any(|found| found["orgname"] == organization) {
        return complain(StatusCode::FORBIDDEN, "access denied");
    }
    let acme = organization == "acme";
    match what {
        "settings" => {
            let images =
                json!({"enabled": acme, "allow_official_images": true, "allow_verified_publishers": true});
            reply(StatusCode::OK, &json!({ "restricted_images": images }))
        }
        "settings/registry-access-management" => reply(
            StatusCode::OK,
            &json!({
                "enabled": acme,
                "standard_registries": [{"id": "DockerHub", "allowed": true}],
                "custom_registries": [
                    {"address": "ghcr.io", "friendly_name": "GitHub", "allowed": true},
                    {"address": "quay.io", "friendly_name": "Quay", "allowed": false},
                ],
            }),
        ),
        _ => complain(StatusCode::NOT_FOUND, "object not found"),
    }
}

fn complain(status: StatusCode, words: &str) -> Answer {
    reply(status, &json!({"message": words, "detail": words}))
}
