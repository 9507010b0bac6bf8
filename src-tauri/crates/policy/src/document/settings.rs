//! The document's settings beside its rules.

use std::collections::BTreeMap;

use image_ref::Registry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Extensible;
use crate::Class;
use crate::refusal::Refusal;

/// Whether rules block or only record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// They block.
    #[default]
    Enforce,
    /// They record what they would block.
    Audit,
}

/// What happens when the policy is too old.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnStale {
    /// It holds on, and people are told.
    #[default]
    KeepAndWarn,
    /// Only the organization's own and listed images pass.
    Strict,
    /// Nothing passes.
    Block,
}

/// The organization's sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInPolicy {
    /// Whether images stop until somebody has signed in.
    pub required: bool,
    /// How long a session stays good without reaching the identity provider.
    #[serde(default = "offline_grace_hours")]
    pub offline_grace_hours: u32,
    /// How often membership is asked for again.
    #[serde(default = "recheck_hours")]
    pub recheck_hours: u32,
}

fn offline_grace_hours() -> u32 {
    336
}

fn recheck_hours() -> u32 {
    8
}

/// Whether administrators of a machine may pause enforcement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PausePolicy {
    /// They may.
    pub allowed: bool,
}

impl Default for PausePolicy {
    fn default() -> Self {
        Self { allowed: true }
    }
}

/// Exceptions that people may give themselves for a while.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SelfService {
    /// Whether they may.
    pub enabled: bool,
    /// For how long at most.
    #[serde(default = "max_hours")]
    pub max_hours: u32,
    /// Whether they must say why.
    #[serde(default = "yes")]
    pub require_reason: bool,
    /// For images of which classes.
    #[serde(default)]
    pub classes: Vec<Extensible<Class>>,
}

fn max_hours() -> u32 {
    4
}

fn yes() -> bool {
    true
}

/// Where images of a registry really come from: a cache or mirror of the organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Upstream {
    /// The registry that engines name.
    #[serde(rename = "for")]
    #[schemars(with = "String")]
    pub registry: Registry,
    /// The place they are fetched from: `https://harbor.acme.example/v2/dockerhub-proxy/`.
    pub to: String,
    /// What happens when that place fails.
    #[serde(default)]
    pub fallback: Extensible<Fallback>,
}

/// What happens when an upstream fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Fallback {
    /// The pull fails.
    #[default]
    None,
}

/// The organization's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    /// Whom or where to ask, one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// Where to request access; `{image}`, `{rule}`, `{class}` and `{id}` are filled in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_url: Option<String>,
    /// What to say for a rule, by its id or class.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub by_rule: BTreeMap<String, String>,
    /// What to use in place of a repository that is blocked: `vault`, `hashicorp/vault`. It goes before the catalog's.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub instead: BTreeMap<String, String>,
}

/// Where verdicts are reported to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reporting {
    /// The collector.
    pub url: String,
    /// Which verdicts.
    #[serde(default)]
    pub events: Extensible<Events>,
    /// Whether reports name the person.
    #[serde(default)]
    pub include_user: bool,
}

/// Which verdicts are reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Events {
    /// Those that block or would block.
    #[default]
    Blocked,
    /// All.
    All,
    /// None.
    None,
}

/// The catalog that goes with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CatalogSource {
    /// Where it is, relative to the policy.
    pub url: String,
    /// The SHA-256 of its bytes, in lower-case hex. Whoever fetches the catalog compares it.
    pub sha256: String,
}

impl CatalogSource {
    /// The name of the catalog's file, which lies beside the policy by a name that is one everywhere: on disk, in an
    /// address, in a shell. Whoever writes a policy and whoever believes it go by this rule.
    pub fn file_name(&self) -> Result<&str, Refusal> {
        let name = self.url.as_str();
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        if !name.is_empty() && !name.starts_with('.') && name.bytes().all(letter) {
            return Ok(name);
        }
        Err(Refusal::at("/catalog/url", format!("`{name}` is not the name of a file beside the policy")))
    }
}
