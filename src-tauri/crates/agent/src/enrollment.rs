//! The enrollment: which organization this machine belongs to, and where its policy comes from.
//!
//! The file belongs to root and is read only as such; what is in it decides everything that is trusted later.

mod location;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use host::files::{OwnershipError, read_root_owned};
use image_ref::Registry;
use policy::{Contact, Organization};
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub(crate) use location::PolicyLocation;

/// A checked enrollment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Enrollment {
    pub(crate) organization: Organization,
    /// Where the policy is.
    pub(crate) policy: PolicyLocation,
    /// Whether images stop while no policy has arrived.
    pub(crate) absent_blocks: bool,
    /// Registries that are really elsewhere, by registry.
    pub(crate) stand_ins: BTreeMap<String, StandIn>,
}

/// A registry's real place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StandIn {
    /// `https://host[:port]`.
    pub(crate) url: String,
    /// A PEM file of certificates to trust for it.
    #[serde(default)]
    pub(crate) ca: Option<PathBuf>,
}

/// Why a file is no enrollment.
#[derive(Debug, Error)]
pub(crate) enum EnrollmentError {
    /// The file cannot be trusted or read.
    #[error(transparent)]
    File(#[from] OwnershipError),
    /// It is not TOML of the expected shape.
    #[error("{0}")]
    Syntax(String),
    /// A value is not possible.
    #[error("the enrollment's `{key}` {problem}")]
    Value {
        /// The key.
        key: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl EnrollmentError {
    /// Whether there is no file at all.
    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::File(error) if error.is_absent())
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    organization: String,
    /// The name for people; the short one with a capital where it is absent.
    name: Option<String>,
    identity: Option<toml::Table>,
    policy: PolicySection,
    #[serde(default)]
    contact: Contact,
    #[serde(default)]
    stand_in: BTreeMap<String, StandIn>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicySection {
    url: String,
    keys: Vec<String>,
    /// What happens to images until the first policy has arrived.
    #[serde(default)]
    absent: Absent,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Absent {
    #[default]
    Block,
    Allow,
}

/// No enrollment is longer.
const LIMIT: u64 = 64 * 1024;

/// Reads and checks the file, which must be root's own.
pub(crate) fn read(path: &Path) -> Result<Enrollment, EnrollmentError> {
    let bytes = read_root_owned(path, LIMIT)?;
    let text =
        String::from_utf8(bytes).map_err(|_| EnrollmentError::Syntax("it is not UTF-8 text".into()))?;
    parse(&text)
}

/// Checks the text of an enrollment.
pub(crate) fn parse(text: &str) -> Result<Enrollment, EnrollmentError> {
    let file: File = toml::from_str(text).map_err(|error| EnrollmentError::Syntax(located(text, &error)))?;
    let name = file.organization;
    if !is_short_name(&name) {
        return Err(value("organization", "is not a short name of lower-case letters, digits and hyphens"));
    }
    if file.identity.is_some() {
        return Err(value(
            "identity",
            "asks for a sign-in, which this version cannot do; leave the section out",
        ));
    }
    let display = file.name.unwrap_or_else(|| capitalized(&name));
    if display.trim().is_empty() || display.chars().any(char::is_control) {
        return Err(value("name", "is empty or has control characters"));
    }
    Ok(Enrollment {
        organization: Organization { name, display, contact: file.contact },
        policy: PolicyLocation::parse(&file.policy.url, &file.policy.keys)?,
        absent_blocks: file.policy.absent == Absent::Block,
        stand_ins: stand_ins(file.stand_in)?,
    })
}

/// The error on one line, with its place in the file.
fn located(text: &str, error: &toml::de::Error) -> String {
    let message = error.message();
    let before = error.span().and_then(|span| text.get(..span.start));
    before.map_or_else(
        || message.to_owned(),
        |before| {
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            format!("line {line}, column {column}: {message}")
        },
    )
}

fn stand_ins(listed: BTreeMap<String, StandIn>) -> Result<BTreeMap<String, StandIn>, EnrollmentError> {
    let mut checked = BTreeMap::new();
    for (registry, stand_in) in listed {
        let key = format!("stand-in.\"{registry}\"");
        let registry = Registry::parse(&registry)
            .map_err(|error| value(&key, &format!("names no registry: {error}")))?;
        let host = stand_in.url.strip_prefix("https://").map(|rest| rest.trim_end_matches('/'));
        if host.is_none_or(|host| host.contains('/') || Registry::parse(host).is_err()) {
            return Err(value(&format!("{key}.url"), "is not `https://HOST` or `https://HOST:PORT`"));
        }
        if stand_in.ca.as_ref().is_some_and(|ca| !ca.is_absolute()) {
            return Err(value(&format!("{key}.ca"), "is not an absolute path"));
        }
        checked.insert(registry.to_string(), stand_in);
    }
    Ok(checked)
}

fn value(key: &str, problem: &str) -> EnrollmentError {
    EnrollmentError::Value { key: key.to_owned(), problem: problem.to_owned() }
}

fn is_short_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests;
