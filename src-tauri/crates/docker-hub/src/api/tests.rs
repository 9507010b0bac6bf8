use std::time::Duration;

use serde_json::{Value, json};
use stub_server::{Reply, Seen, Server, reply};
use web::{Limits, RetryAfter, Settings, WebErrorKind};

use super::settings::{ImageAccess, RegistryAccess};
use super::*;

fn client() -> Client {
    let limits = Limits {
        connect: Duration::from_secs(2),
        read: Duration::from_millis(300),
        total: Duration::from_secs(3),
        body: 1000,
    };
    Client::new(&Settings { limits, ..Settings::default() }).unwrap()
}

fn bearer() -> Secret {
    Secret::new("bearer-secret")
}

fn found(value: &Value) -> Reply {
    reply(200, "application/json", &value.to_string())
}

/// What the stand-in for Docker Hub answers, in the shapes that Docker documents.
fn docker_hub(seen: &Seen) -> Reply {
    if seen.path() == "/v2/auth/token" {
        let login: Value = serde_json::from_str(&seen.body).unwrap();
        return if login == json!({ "identifier": "ada", "secret": "hunter2" }) {
            found(&json!({ "access_token": "bearer-secret" }))
        } else {
            reply(401, "application/json", "{\"message\":\"unauthorized\"}")
        };
    }
    if seen.headers.get("authorization").map(String::as_str) != Some("Bearer bearer-secret") {
        return reply(401, "application/json", "{\"detail\":\"Invalid token\"}");
    }
    match seen.target.as_str() {
        "/v2/user/" => found(&json!({ "id": "0001", "username": "ada", "full_name": "Ada" })),
        "/v2/user/orgs?page=1&page_size=100" => found(&json!({
            "count": 3, "next": "https://hub.docker.com/v2/user/orgs?page=2", "previous": null,
            "results": [
                { "orgname": "acme", "user_role": "Owner", "user_groups": ["owners", "platform"],
                  "plan_name": "business", "is_active": true, "badge": "verified_publisher" },
                { "orgname": "gone", "user_role": "Member", "is_active": false },
            ],
        })),
        "/v2/user/orgs?page=2&page_size=100" => found(&json!({
            "count": 3, "next": null,
            "results": [{ "orgname": "side", "user_role": "Guest", "user_groups": null, "plan_name": "" }],
        })),
        "/v2/orgs/acme/settings" => found(&json!({ "restricted_images": {
            "enabled": true, "allow_official_images": true, "allow_verified_publishers": false } })),
        "/v2/orgs/acme/settings/registry-access-management" => found(&json!({
            "enabled": true, "standard_registries": [{ "id": "DockerHub", "allowed": false }],
            "custom_registries": [{ "address": "ghcr.io", "friendly_name": "GitHub", "allowed": true }] })),
        "/v2/orgs/side/settings" => reply(403, "application/json", "{\"message\":\"forbidden\"}"),
        _ => reply(404, "application/json", "{\"message\":\"not found\"}"),
    }
}

async fn stand_in() -> (Server, Hub) {
    let server = Server::start(docker_hub).await;
    let hub = Hub::new(&server.at("/"), client());
    (server, hub)
}

/// What a sign-in makes of this answer.
async fn signing_in(answer: Reply) -> HubError {
    let server = Server::start(move |_| answer.clone()).await;
    Hub::new(&server.at(""), client()).sign_in("ada", &Secret::new("hunter2")).await.unwrap_err()
}

#[tokio::test]
async fn a_sign_in_yields_a_bearer_token_by_the_current_way_only() {
    let (server, hub) = stand_in().await;
    assert_eq!(hub.sign_in("ada", &Secret::new("hunter2")).await, Ok(bearer()));
    assert_eq!(hub.sign_in("ada", &Secret::new("wrong")).await, Err(HubError::Refused));
    let paths: Vec<_> = server.seen().iter().map(|seen| seen.path().to_owned()).collect();
    assert_eq!(paths, ["/v2/auth/token"; 2]);
}

#[tokio::test]
async fn every_page_of_active_organizations_is_read_with_roles_and_teams() {
    let (_server, hub) = stand_in().await;
    let acme = Organization {
        name: "acme".to_owned(),
        role: Role::Owner,
        groups: vec!["owners".to_owned(), "platform".to_owned()],
        plan: Some("business".to_owned()),
    };
    let role = Role::Other("Guest".to_owned());
    let side = Organization { name: "side".to_owned(), role, groups: Vec::new(), plan: None };
    let expected = Membership { account: "ada".to_owned(), organizations: vec![acme, side] };
    assert_eq!(hub.membership(&bearer()).await, Ok(expected));
}

#[tokio::test]
async fn the_rules_of_an_organization_are_read() {
    let (_server, hub) = stand_in().await;
    let images = ImageAccess { enabled: true, allow_official_images: true, allow_verified_publishers: false };
    assert_eq!(hub.image_access(&bearer(), "Acme").await, Ok(images));
    let ghcr = Registry { address: "ghcr.io".to_owned(), friendly_name: "GitHub".to_owned(), allowed: true };
    let registries = RegistryAccess { enabled: true, docker_hub: false, registries: vec![ghcr] };
    assert_eq!(hub.registry_access(&bearer(), "acme").await, Ok(registries));
}

#[tokio::test]
async fn docker_hubs_own_answers_are_distinguished() {
    let (_server, hub) = stand_in().await;
    assert_eq!(hub.image_access(&bearer(), "side").await, Err(HubError::Forbidden));
    assert_eq!(hub.image_access(&bearer(), "nobody").await, Err(HubError::NotFound));
    assert_eq!(hub.whoami(&Secret::new("old")).await, Err(HubError::Refused));
}

#[tokio::test]
async fn a_name_that_would_change_the_address_is_not_asked_for() {
    let (server, hub) = stand_in().await;
    for name in ["", "../user", "acme/settings", "acme?x"] {
        assert!(hub.image_access(&bearer(), name).await.is_err(), "{name}");
    }
    assert_eq!(server.seen(), []);
}

#[tokio::test]
async fn a_limit_names_its_time_in_docker_hubs_way_or_the_usual_one() {
    let limit = |headers| signing_in(Reply::with(429, headers, ""));
    let at = RetryAfter::At("2026-11-25T12:00:00Z".parse().unwrap());
    assert_eq!(limit("X-Retry-After: 1795608000\r\n").await, HubError::Busy { retry_after: Some(at) });
    let seconds = Some(RetryAfter::Seconds(30));
    assert_eq!(limit("Retry-After: 30\r\n").await, HubError::Busy { retry_after: seconds });
    assert_eq!(limit("").await, HubError::Busy { retry_after: None });
}

#[tokio::test]
async fn a_bot_check_a_gateway_and_a_portal_are_no_refusal_of_the_login() {
    let page = |status| reply(status, "text/html; charset=UTF-8", "<title>Just a moment...</title>");
    assert_eq!(signing_in(page(403)).await, HubError::TurnedAway { code: 403 });
    assert_eq!(signing_in(page(401)).await, HubError::TurnedAway { code: 401 });
    for answer in [page(200), page(503), reply(500, "application/json", "{}"), Reply::Silence] {
        let error = signing_in(answer).await;
        assert!(matches!(error, HubError::Web(_)), "{error:?}");
    }
}

#[tokio::test]
async fn no_error_shows_the_secret() {
    let echo = reply(200, "application/json", "{\"access_token\": [\"hunter2\"]}");
    let error = signing_in(echo).await;
    assert!(matches!(&error, HubError::Web(error) if matches!(error.kind, WebErrorKind::Invalid { .. })));
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}
