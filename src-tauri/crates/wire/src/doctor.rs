//! A check of the installation, step by step.

use serde::{Deserialize, Serialize};

use crate::status::Severity;

/// Every check, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    /// The checks.
    pub checks: Vec<Check>,
    /// What a support case needs, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle: Option<serde_json::Value>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Check {
    /// What was checked, in a few words.
    pub name: String,
    /// How bad it is; none when it is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Severity>,
    /// What was seen.
    pub sentence: String,
    /// The one thing to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
}
