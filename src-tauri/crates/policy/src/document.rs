//! The policy document as its author writes it. The types are the JSON Schema; what they cannot say is held by
//! [`Policy::parse`](crate::Policy::parse).

mod extensible;
mod hub;
mod rules;
mod settings;
mod version;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use extensible::readable;
pub use extensible::{Effect, Extensible};
pub use hub::{Classes, Hub};
pub use rules::{
    AllowRule, DenyRule, Exemption, Gate, Loopback, Pin, PinMode, PinRequirement, Push, PushRule, Registries,
    RegistryRule,
};
pub use settings::{
    CatalogSource, Events, Fallback, Messages, Mode, OnStale, PausePolicy, Reporting, SelfService,
    SignInPolicy, Upstream,
};
pub use version::SchemaVersion;

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "Pullgate policy")]
pub struct Document {
    /// Where editors find the JSON Schema; Pullgate does not read it.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema_location: Option<String>,
    /// The version of this document's format, `1.0`.
    pub schema: SchemaVersion,
    /// The organization's short name, the same as in the enrollment.
    pub organization: String,
    /// Counts the editions; a machine never goes back to a lower one.
    pub serial: u64,
    /// When this edition was made.
    pub issued: Timestamp,
    /// How often machines ask for a newer edition, in seconds.
    #[serde(default = "refresh_seconds")]
    #[schemars(range(min = 30, max = 86400))]
    pub refresh_seconds: u32,
    /// When this edition is too old to be trusted without a newer one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stale_after: Option<Timestamp>,
    /// What happens then.
    #[serde(default)]
    pub on_stale: Extensible<OnStale>,
    /// Whether rules block or only record.
    #[serde(default)]
    pub mode: Extensible<Mode>,
    /// The organization's sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignInPolicy>,
    /// Whether administrators of a machine may pause enforcement.
    #[serde(default)]
    pub pause: PausePolicy,
    /// Docker Hub: the organization's namespaces and the classes of publishers.
    #[serde(default)]
    pub hub: Hub,
    /// Which registries may be used. Without this section: Docker Hub alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registries: Option<Registries>,
    /// Where images may be pushed.
    #[serde(default)]
    pub push: Push,
    /// What happens to a digest of unknown tags where rules for tags apply.
    #[serde(default)]
    pub digest_only: Extensible<Gate>,
    /// Images that are always blocked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deny: Vec<DenyRule>,
    /// Images that are allowed whatever their class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<AllowRule>,
    /// Demands on the tags and digests of images that are otherwise allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Pin>,
    /// People for whom registry, class and pin rules do not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exemptions: Vec<Exemption>,
    /// Exceptions that people may give themselves for a while.
    #[serde(default)]
    pub self_service: SelfService,
    /// Where images of a registry really come from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upstreams: Vec<Upstream>,
    /// The organization's own words.
    #[serde(default)]
    pub messages: Messages,
    /// Where verdicts are reported to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporting: Option<Reporting>,
    /// The catalog of classes that goes with this policy.
    #[serde(default, alias = "catalogue", skip_serializing_if = "Option::is_none")]
    pub catalog: Option<CatalogSource>,
}

fn refresh_seconds() -> u32 {
    300
}
