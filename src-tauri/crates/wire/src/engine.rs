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
    /// Why the last proof could not be made, where it was neither shown nor refuted: then `routed` and `proved_at` are
    /// those of the proof before it, or `partly` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unproved: Option<String>,
    /// Whether it does not run, so that nothing is pulled by it now; it is not among the engines that are counted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
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
    /// What people have of their own that beats the machine's configuration; of others' nobody but root hears.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub personal: Vec<Personal>,
}

/// What is of one person, and shown to that person and to root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Personal {
    /// Whose it is.
    pub uid: u32,
    /// What there is, and what helps.
    pub sentence: String,
}

impl EngineReport {
    /// The report for one person.
    #[must_use]
    pub fn shown_to(mut self, uid: u32) -> Self {
        self.personal.retain(|it| uid == 0 || uid == it.uid);
        self
    }
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
    /// What was done, in words; empty when all was as desired.
    #[serde(default)]
    pub sentences: Vec<String>,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}
