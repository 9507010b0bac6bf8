//! The settings in force, each with who decided it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One setting of the enrollment as it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    /// Its key as the manual has it: `policy.url`.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// How firmly it holds.
    pub layer: SettingLayer,
    /// The file, profile or registry key that says so; none when nobody does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// How firmly a setting holds, from the weakest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SettingLayer {
    /// Nobody said anything else.
    BuiltIn,
    /// A default that a locked value overrules.
    Default,
    /// The organization decided it.
    Locked,
    /// A layer of a later version.
    #[serde(other)]
    Other,
}
