//! Engines as the service reports them: routed or not, why, and proved when.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::status::Condition;

/// One engine of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineReport {
    /// Its word on the command line: `docker`, `podman`, `containerd`, `k3s`, …
    pub engine: String,
    /// Its everyday name.
    pub name: String,
    /// Its version, if it could be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Whether its pulls go through the gateway.
    pub routed: Routed,
    /// Why not, or not wholly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// When a canary pull last proved it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proved_at: Option<Timestamp>,
    /// When its configuration was last repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaired_at: Option<Timestamp>,
    /// The evidence, a sentence each.
    #[serde(default)]
    pub details: Vec<String>,
    /// What needs somebody's eyes.
    #[serde(default)]
    pub conditions: Vec<Condition>,
}

/// Whether an engine's pulls go through the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Routed {
    /// All of them, and that was proved.
    Yes,
    /// With a way round that is known, or without proof.
    Partly,
    /// None of them.
    No,
}

/// What would change for one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnginePlan {
    /// The engine.
    pub engine: String,
    /// The changes in words; empty when nothing would change.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// The plan itself; none when it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<serde_json::Value>,
    /// Why there can be no plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// What was changed for one engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EngineChange {
    /// The engine.
    pub engine: String,
    /// What was done, in words; empty when all was as wished.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
