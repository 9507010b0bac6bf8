//! A login file, `auth.json` or Docker's `config.json`: which of its parts may have a login for a registry.
//! Pure; a flaw says what is wrong and never what stands there.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use image_ref::Registry;
use secret::Secret;
use serde::Deserialize;
use serde_json::{Map, Value};
use steward_protocol::{Login, LoginFinder, LoginKind};
use thiserror::Error;

use super::{
    Wanted,
    key::{HUB_KEY, rank, spelling, stands_for},
};

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
        let mut file = Self::parse_object(bytes)?;
        let auths = object("auths", file.remove("auths"))?;
        let helpers = object("credHelpers", file.remove("credHelpers"))?
            .into_iter()
            .map(|(key, name)| Ok((key, text("credHelpers", name)?)))
            .collect::<Result<_, Flaw>>()?;
        let store = file.remove("credsStore").map(|name| text("credsStore", name)).transpose()?;
        Ok(Self { auths, helpers, store: store.filter(|name| !name.is_empty()) })
    }

    fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, Flaw> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Map::new());
        }
        let value: Value = serde_json::from_slice(bytes)
            .map_err(|error| Flaw::NotJson { line: error.line(), column: error.column() })?;
        object("the file", Some(value))
    }

    /// Reads `.dockercfg`, the file of early versions of Docker, which has nothing but logins of whole registries.
    pub(super) fn parse_legacy(bytes: &[u8]) -> Result<Self, Flaw> {
        Ok(Self { auths: Self::parse_object(bytes)?, helpers: BTreeMap::new(), store: None })
    }

    /// What may have a login, by the rules of whoever looks for it.
    pub(super) fn sources(
        &self,
        wanted: &Wanted,
        finder: LoginFinder,
        skip: &mut dyn FnMut(&str),
    ) -> Vec<Source> {
        match finder {
            LoginFinder::ContainersImage => self.sources_of_containers_image(wanted, skip),
            LoginFinder::Docker => self.sources_of_docker(wanted, skip),
        }
    }

    /// The registry's own helper, by the registry's own name; then the file, its longest fitting part first. There is no
    /// helper for everything in these tools: `credsStore` is Docker's alone.
    fn sources_of_containers_image(&self, wanted: &Wanted, skip: &mut dyn FnMut(&str)) -> Vec<Source> {
        let registry = wanted.registry.as_str();
        let helper = self
            .helpers
            .get(registry)
            .map(|name| Source::Helper { name: name.clone(), servers: vec![registry.to_owned()] });
        let mut keys: Vec<_> = self.auths.keys().filter_map(|key| Some((rank(key, wanted)?, key))).collect();
        keys.sort();
        let logins = keys.into_iter().filter_map(|(_, key)| self.login(key, skip));
        match helper {
            // The file is not read for a registry that has a helper.
            Some(helper) => vec![helper],
            None => logins.collect(),
        }
    }

    /// The registry's own helper, or the helper for everything; then the file.
    fn sources_of_docker(&self, wanted: &Wanted, skip: &mut dyn FnMut(&str)) -> Vec<Source> {
        let registry = &wanted.registry;
        let fitting = |keys: &mut Vec<&String>| {
            keys.retain(|key| stands_for(key, registry));
            keys.sort_by_key(|key| spelling(key, registry));
        };
        let mut helpers: Vec<_> = self.helpers.keys().collect();
        fitting(&mut helpers);
        let own = helpers.first().map(|key| (self.helpers[*key].clone(), Some(*key)));
        let helper = own.or_else(|| self.store.clone().map(|name| (name, None)));
        let helper = helper.map(|(name, key)| Source::Helper { name, servers: servers(registry, key) });
        let mut keys: Vec<_> = self.auths.keys().collect();
        fitting(&mut keys);
        let logins = keys.into_iter().filter_map(|key| self.login(key, skip));
        helper.into_iter().chain(logins).collect()
    }

    fn login(&self, key: &str, skip: &mut dyn FnMut(&str)) -> Option<Source> {
        login(self.auths.get(key)?)
            .unwrap_or_else(|flaw| {
                skip(&flaw.to_string());
                None
            })
            .map(Source::Login)
    }
}

/// Docker asks helpers for Docker Hub by a URL, others by its name.
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
