//! The proof that routing works: what the running engine says of itself, and a pull that must be denied.

use serde::{Deserialize, Serialize};

use crate::{EngineId, Found};

/// Repository of the image that no policy allows.
pub(crate) const CANARY: &str = "docker.io/pullgate-canary/deny";
/// Its tag.
pub(crate) const CANARY_TAG: &str = "check";

/// One thing the running engine was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Probe {
    /// What was asked.
    pub what: String,
    /// The answer of an engine that is routed.
    pub expected: String,
    /// Its answer.
    pub seen: String,
    /// Whether that will do.
    pub ok: bool,
}

impl Probe {
    pub(crate) fn equal(what: &str, expected: &str, seen: &str) -> Self {
        Self { what: what.into(), expected: expected.into(), seen: seen.into(), ok: expected == seen }
    }
}

/// How a pull that must be denied ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Canary {
    /// By the gateway, in these words.
    Denied(String),
    /// In another way: the engine may not be routed.
    NotDenied(String),
    /// It could not be tried.
    NotTried(String),
}

impl Canary {
    /// Judges an engine's words.
    pub(crate) fn judge(words: &str) -> Self {
        if words.contains("image access denied: ") {
            Self::Denied(words.into())
        } else {
            Self::NotDenied(words.into())
        }
    }
}

/// What a running engine showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verified {
    /// The engine.
    pub engine: EngineId,
    /// What it was asked.
    pub probes: Vec<Probe>,
    /// The pull that must be denied.
    pub canary: Canary,
}

impl Verified {
    /// Whether every answer is right and the canary was denied.
    pub fn ok(&self) -> bool {
        self.probes.iter().all(|probe| probe.ok) && matches!(self.canary, Canary::Denied(_))
    }

    pub(crate) fn not_routed(found: &Found) -> Self {
        let why = found.routable.as_ref().err().map_or_else(String::new, ToString::to_string);
        Self { engine: found.engine, probes: Vec::new(), canary: Canary::NotTried(why) }
    }
}
