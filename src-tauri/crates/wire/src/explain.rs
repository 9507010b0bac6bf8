//! Answers about one image: what would happen, and what happened.

use policy::{Entry, Finding};
use serde::{Deserialize, Serialize};

/// What would happen to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainReport {
    /// The image in its full form.
    pub image: String,
    /// What was found, exactly as the gateway finds it.
    pub finding: Finding,
    /// The finding in words.
    #[serde(default)]
    pub sentences: Vec<String>,
}

/// What happened to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhyReport {
    /// The entry; none when there is none of that id, or nothing was blocked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Entry>,
    /// The answer in words.
    #[serde(default)]
    pub sentences: Vec<String>,
}
