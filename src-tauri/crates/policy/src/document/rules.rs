//! The document's rules on images, registries and people.

use image_ref::Digest;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Extensible};
use crate::{Glob, HostPattern};

/// Which registries may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Registries {
    /// What holds for a registry that no entry names.
    #[serde(default)]
    pub default: Extensible<Effect>,
    /// What holds for registries on the machine itself.
    #[serde(default)]
    pub loopback: Extensible<Loopback>,
    /// Rules for registries; the first that matches holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<RegistryRule>,
}

/// What holds for registries on the machine itself, which engines reach without asking anyone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Loopback {
    /// Lets pass.
    #[default]
    Allow,
    /// Lets pass and records.
    Record,
}

/// A rule for a registry or a part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegistryRule {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The registry: `ghcr.io`, `registry.acme.example:5000` or `*.acme.example`.
    pub host: HostPattern,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Which repositories in it, as globs; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<String>>,
    /// What the rule does.
    pub action: Extensible<Effect>,
    /// Where the images that it stops are to be had: a registry or a part of one, `registry.acme.example/quay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// Where images may be pushed, among the registries that may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Push {
    /// What holds for a repository that no entry names.
    #[serde(default = "allow")]
    pub default: Extensible<Effect>,
    /// Rules for repositories; the first that matches holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<PushRule>,
}

impl Default for Push {
    fn default() -> Self {
        Self { default: allow(), entries: Vec::new() }
    }
}

fn allow() -> Extensible<Effect> {
    Extensible::Known(Effect::Allow)
}

/// A rule for pushes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PushRule {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which repositories.
    #[serde(rename = "match")]
    pub matches: Glob,
    /// What the rule does.
    pub action: Extensible<Effect>,
}

/// Images that are always blocked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DenyRule {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which repositories.
    #[serde(rename = "match")]
    pub matches: Glob,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The image to use in its place, with a tag where one is meant: `rockylinux:9`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// The author's own record, such as a ticket.
    #[serde(rename = "ref", default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Images that are allowed whatever their class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AllowRule {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which repositories.
    #[serde(rename = "match")]
    pub matches: Glob,
    /// Which tags, with `*` for any run of characters; all when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Which groups of people; everyone when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// A demand on the tags and digests of images that are otherwise allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Pin {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Which repositories.
    #[serde(rename = "match")]
    pub matches: Glob,
    /// What an image must name at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require: Option<Extensible<PinRequirement>>,
    /// Tags that are blocked, with `*` for any run of characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forbid_tags: Option<Vec<String>>,
    /// The only digests that are allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Vec<String>>")]
    pub digests: Option<Vec<Digest>>,
    /// Whether the pin blocks or only records.
    #[serde(default)]
    pub mode: Extensible<PinMode>,
}

/// What an image must name at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PinRequirement {
    /// A tag other than `latest`, which engines fill in where none is named, or a digest.
    Tag,
    /// A digest.
    Digest,
}

/// Whether a pin blocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PinMode {
    /// It blocks.
    #[default]
    Enforce,
    /// It records.
    Audit,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Gate {
    /// Lets pass.
    Allow,
    /// Blocks.
    #[default]
    Block,
}

/// People for whom registry, class and pin rules do not hold: a role or a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    /// The rule's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// A role in the organization on Docker Hub, such as `owner`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub_role: Option<String>,
    /// A group of the identity provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}
