//! A login file, `auth.json` or Docker's `config.json`: which of its parts may have a login for a registry.
//! Pure; a flaw says what is wrong and never what stands there.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use image_ref::Registry;
use serde::Deserialize;
use serde_json::{Map, Value};
use thiserror::Error;
use wire::{Login, LoginKind, Secret};

use super::key::{HUB_KEY, rank, stands_for};

/// A login file, understood as far as it concerns logins.
pub(super) struct AuthFile {
    auths: Map<String, Value>,
    helpers: BTreeMap<String, String>,
    store: Option<String>,
}

/// A place to get a login from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The file itself.
    Login(Login),
    /// A program, `docker-credential-NAME`, that may know the registry under each of these names.
    Helper {
        /// What its name ends with.
        name: String,
        /// The names, the likeliest first.
        servers: Vec<String>,
    },
}

/// Why a file, or a part of it, is of no use.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum Flaw {
    /// Not JSON at all.
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson {
        /// The line of the first mistake.
        line: usize,
        /// Its column.
        column: usize,
    },
    /// A part of the wrong kind.
    #[error("`{0}` is not {1}")]
    Kind(&'static str, &'static str),
    /// The login of the registry cannot be understood.
    #[error("the entry for the registry is skipped: {0}")]
    Entry(&'static str),
}

impl AuthFile {
    /// Reads a file; an empty one has no logins.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Flaw> {
        let mut file = Map::new();
        if !bytes.trim_ascii().is_empty() {
            let value: Value = serde_json::from_slice(bytes)
                .map_err(|error| Flaw::NotJson { line: error.line(), column: error.column() })?;
            file = object("the file", Some(value))?;
        }
        let auths = object("auths", file.remove("auths"))?;
        let helpers = object("credHelpers", file.remove("credHelpers"))?
            .into_iter()
            .map(|(key, name)| Ok((key, text("credHelpers", name)?)))
            .collect::<Result<_, Flaw>>()?;
        let store = file.remove("credsStore").map(|name| text("credsStore", name)).transpose()?;
        Ok(Self { auths, helpers, store: store.filter(|name| !name.is_empty()) })
    }

    /// What may have a login for the registry: the registry's own helper, the file, the helper for everything.
    pub(super) fn sources(&self, registry: &Registry, skip: &mut dyn FnMut(&str)) -> Vec<Source> {
        let mut sources = Vec::new();
        for key in fitting(self.helpers.keys(), registry) {
            let name = self.helpers[key].clone();
            sources.push(Source::Helper { name, servers: servers(registry, Some(key)) });
        }
        for key in fitting(self.auths.keys(), registry) {
            match login(&self.auths[key]) {
                Ok(login) => sources.extend(login.map(Source::Login)),
                Err(flaw) => skip(&flaw.to_string()),
            }
        }
        if let Some(name) = self.store.clone() {
            sources.push(Source::Helper { name, servers: servers(registry, None) });
        }
        sources
    }
}

fn fitting<'a>(keys: impl Iterator<Item = &'a String>, registry: &Registry) -> Vec<&'a String> {
    let mut keys: Vec<_> = keys.filter(|key| stands_for(key, registry)).collect();
    keys.sort_by_key(|key| rank(key, registry));
    keys
}

/// Docker asks helpers for Docker Hub by a URL, containers/image by its name.
fn servers(registry: &Registry, key: Option<&String>) -> Vec<String> {
    let hub = registry.is_docker_hub().then(|| HUB_KEY.to_owned());
    let mut servers: Vec<String> = hub.into_iter().chain([registry.to_string()]).collect();
    servers.extend(key.filter(|key| !servers.contains(key)).cloned());
    servers
}

fn object(name: &'static str, value: Option<Value>) -> Result<Map<String, Value>, Flaw> {
    match value {
        Some(Value::Object(fields)) => Ok(fields),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            Err(Flaw::Kind(name, "an object"))
        }
    }
}

fn text(name: &'static str, value: Value) -> Result<String, Flaw> {
    String::deserialize(value).map_err(|_| Flaw::Kind(name, "text"))
}

/// One entry of `auths`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

/// An entry without a secret is what Docker leaves where a helper has it.
fn login(entry: &Value) -> Result<Option<Login>, Flaw> {
    let entry = Option::<Entry>::deserialize(entry)
        .map_err(|_| Flaw::Entry("its fields are not text"))?
        .unwrap_or_default();
    let given = |value: Option<String>| value.filter(|value| !value.is_empty());
    let (mut username, mut password) = (given(entry.username), given(entry.password));
    if let Some(auth) = given(entry.auth) {
        let (user, secret) = decode(&auth)?;
        (username, password) = (Some(user), given(Some(secret)));
    }
    let username = username.unwrap_or_default();
    let login = |secret, kind| Login { username, secret: Secret::new(secret), kind };
    Ok(match given(entry.identitytoken) {
        Some(token) => Some(login(token, LoginKind::IdentityToken)),
        None => password.map(|password| login(password, LoginKind::Password)),
    })
}

/// `auth` is the base64 of user, colon and password; some tools padded it with zero bytes.
fn decode(auth: &str) -> Result<(String, String), Flaw> {
    let bytes = STANDARD.decode(auth.trim()).map_err(|_| Flaw::Entry("its `auth` is not base64"))?;
    let pair = String::from_utf8(bytes).map_err(|_| Flaw::Entry("its `auth` is not text"))?;
    let (user, password) = pair.split_once(':').ok_or(Flaw::Entry("its `auth` has no colon"))?;
    Ok((user.to_owned(), password.trim_matches('\0').to_owned()))
}

#[cfg(test)]
mod tests;
