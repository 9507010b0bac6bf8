//! The identity provider `https://login.acme.example`: certified software for Node, behind the small internet.
//!
//! Its client is `pullgate`: native, public, PKCE, any loopback port. By [`Provider::behave_like`] it is one of the
//! providers that organizations have, with their issuers, clients and refusals. Its endpoints misbehave by
//! `laptop.internet().behave(TOKEN_ENDPOINT, …)`. The program is `tests/identity-provider/`.

mod modules;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::exchange;
use crate::laptop::Options;

/// The issuer, as enrollments name it.
pub const ISSUER: &str = "https://login.acme.example";
/// The client id of the product.
pub const CLIENT: &str = "pullgate";
/// The token endpoint, as [`crate::internet::Internet::behave`] names it.
pub const TOKEN_ENDPOINT: &str = "login.acme.example/token";
/// The password of `eve`, whose account has no groups; ada and bob have theirs of everywhere.
pub const EVE_PASSWORD: &str = "eve-secret";

const UNIT: &str = include_str!("../identity-provider/identity-provider.service");
const SOURCES: &[(&str, &str)] = &[
    ("server.mjs", include_str!("../identity-provider/server.mjs")),
    ("provider.mjs", include_str!("../identity-provider/provider.mjs")),
    ("manners.mjs", include_str!("../identity-provider/manners.mjs")),
    ("gates.mjs", include_str!("../identity-provider/gates.mjs")),
    ("accounts.mjs", include_str!("../identity-provider/accounts.mjs")),
    ("store.mjs", include_str!("../identity-provider/store.mjs")),
    ("pages.mjs", include_str!("../identity-provider/pages.mjs")),
    ("orders.mjs", include_str!("../identity-provider/orders.mjs")),
];

/// A handle on the identity provider of one laptop.
#[derive(Clone, Debug)]
pub struct Provider {
    socket: PathBuf,
}

/// What the provider holds about one person.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The `sub` claim.
    pub subject: String,
    /// The `groups` claim, if there is one.
    pub groups: Option<Vec<String>>,
    /// Refresh tokens that could be used now.
    pub refresh_tokens: usize,
    /// Browsers in which the person is signed in.
    pub sessions: usize,
}

/// How long new tokens live, in seconds; `None` leaves a lifetime as it is.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lifetimes {
    /// Of access tokens; 600 at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<u32>,
    /// Of ID tokens; 600 at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<u32>,
    /// Of refresh tokens; two weeks at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<u32>,
    /// Of device codes; 600 at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_code: Option<u32>,
}

/// A provider that organizations have, as its documentation describes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Brand {
    /// An ordinary one, which the laboratory begins with.
    #[default]
    Acme,
    /// Any port of `localhost` alone; roles; pairwise subjects; a userinfo endpoint that refuses.
    Entra,
    /// A custom authorization server: redirects to the letter, unknown scopes refused, groups by scope.
    Okta,
    /// Client secrets, another client for codes, no `offline_access`, `hd`, refresh tokens by `access_type`.
    Google,
    /// Nested roles, groups with slashes, organizations as an object.
    Keycloak,
    /// An issuer that ends with a slash, `audience`, namespaced claims, redirects to the letter.
    Auth0,
    /// Refresh tokens by registration and not by scope; a claim of the organization's own.
    Ping,
    /// Redirects to the letter, hashed subjects, groups in the scope `profile`.
    Authentik,
}

/// What becomes of the keys that signed so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldKeys {
    /// They stay published.
    Published,
    /// They vanish at once.
    Gone,
}

impl Options {
    /// An identity provider in front of the laptop; costs about 80 MiB.
    #[must_use]
    pub fn identity_provider(self) -> Self {
        let place = |name: &str| format!("/opt/lab/identity-provider/{name}");
        let options = SOURCES.iter().fold(self, |options, (name, text)| options.file(&place(name), text));
        options
            .binary("node_modules", &modules::ensure())
            .unit("identity-provider.service", UNIT)
            .until("the identity provider is up", |laptop| laptop.provider().is_ready())
    }
}

impl Provider {
    /// The provider that listens for orders on this socket.
    pub(crate) fn at(socket: &Path) -> Self {
        Self { socket: socket.to_path_buf() }
    }

    /// Whether it is up.
    pub fn is_ready(&self) -> bool {
        exchange::call(&self.socket, "GET", "/ready", b"").is_ok_and(|answer| answer.status == 200)
    }

    /// What it holds about a person, by login name: `ada`, `bob` or `eve`.
    pub fn account(&self, login: &str) -> Account {
        self.order("GET", &format!("/accounts/{login}"), &())
    }

    /// The refresh tokens of a person that could be used now, word for word.
    pub fn refresh_tokens(&self, login: &str) -> Vec<String> {
        self.order("GET", &format!("/tokens/{login}"), &())
    }

    /// Replaces the groups of a person, who keeps their session; `None` takes the whole claim away.
    pub fn regroup(&self, login: &str, groups: Option<&[&str]>) {
        self.order("PUT", &format!("/accounts/{login}"), &json!({ "groups": groups }))
    }

    /// Forgets a person, as if they had left the organization.
    pub fn dismiss(&self, login: &str) {
        self.order("DELETE", &format!("/accounts/{login}"), &())
    }

    /// Ends every grant of a person with all its tokens, and says how many there were.
    pub fn revoke(&self, login: &str) -> usize {
        self.order("DELETE", &format!("/grants/{login}"), &())
    }

    /// Gives tokens issued from here on other lifetimes.
    pub fn set_lifetimes(&self, lifetimes: Lifetimes) {
        self.order("PUT", "/lifetimes", &lifetimes)
    }

    /// Behaves like another provider from here on, and says what its issuer is.
    pub fn behave_like(&self, brand: Brand) -> String {
        self.order("PUT", "/manner", &json!({ "name": brand }))
    }

    /// Signs with a new key from here on.
    pub fn rotate_keys(&self, old: OldKeys) {
        self.order("POST", "/keys", &json!({ "keepOld": old == OldKeys::Published }))
    }

    fn order<In: Serialize, Out: serde::de::DeserializeOwned>(
        &self,
        method: &str,
        path: &str,
        content: &In,
    ) -> Out {
        exchange::order(("the identity provider", &self.socket), method, path, content)
    }
}
