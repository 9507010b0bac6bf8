//! What travels of a plan and of what was changed: words and files, and no password.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::{Applied, EngineId, Plan};

/// What would change for an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanReport {
    /// The engine.
    pub engine: EngineId,
    /// Whether everything is as desired already.
    pub empty: bool,
    /// The files that would change.
    pub files: Vec<PathBuf>,
    /// What is restarted, as a sentence.
    pub restart: String,
    /// Sentences for a person.
    pub notes: Vec<String>,
    /// The edits as a unified difference, without passwords.
    pub difference: String,
}

/// What was changed for an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangeReport {
    /// The files, in the order in which they were written; none when all was as desired.
    pub files: Vec<PathBuf>,
    /// Whether a unit was restarted.
    pub restarted: bool,
    /// Sentences for a person.
    pub notes: Vec<String>,
}

impl From<&Plan> for PlanReport {
    fn from(plan: &Plan) -> Self {
        Self {
            engine: plan.engine,
            empty: plan.is_empty(),
            files: plan.edits.iter().map(|edit| edit.path.clone()).collect(),
            restart: plan.restart.to_string(),
            notes: plan.notes.clone(),
            difference: plan.diff(),
        }
    }
}

impl From<Applied> for ChangeReport {
    fn from(applied: Applied) -> Self {
        Self { files: applied.files, restarted: applied.restarted, notes: applied.notes }
    }
}
