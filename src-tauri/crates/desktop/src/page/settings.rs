//! The settings in force, each with who decided it.

use serde::Serialize;
use serde_json::Value;
use wire::{Setting, SettingLayer, StatusReport};

use super::Fact;
use crate::text;

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SettingsPage {
    /// One sentence on who decides.
    pub opening: String,
    /// The settings by their keys.
    pub rows: Vec<SettingRow>,
    /// Versions, and where the gateway listens.
    pub facts: Vec<Fact>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct SettingRow {
    /// Its key as the manual has it.
    pub key: String,
    /// Its value as it is written.
    pub value: String,
    /// Whether the organization decided it.
    pub locked: bool,
    /// Who said so: a file, a profile, or nobody, which is the default.
    pub origin: String,
}

/// The settings in force, and the version of the tray beside that of the service.
pub fn settings(report: &StatusReport, tray: &str) -> SettingsPage {
    let mut facts = vec![Fact::words("Service", format!("version {}", report.version))];
    facts.push(Fact::words("Window", format!("version {tray}")));
    facts.extend(report.fronts.proxy.as_ref().map(|address| Fact::literal("Proxy front", address)));
    facts.extend(report.fronts.mirror.as_ref().map(|address| Fact::literal("Mirror front", address)));
    SettingsPage {
        opening: text::settings(report.organization.as_ref()),
        rows: report.settings.iter().map(row).collect(),
        facts,
    }
}

fn row(setting: &Setting) -> SettingRow {
    SettingRow {
        key: setting.key.clone(),
        value: written(&setting.value),
        locked: setting.layer == SettingLayer::Locked,
        origin: setting.origin.clone().unwrap_or_else(|| text::BUILT_IN.to_owned()),
    }
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => text::NONE.to_owned(),
        Value::Array(values) => values.iter().map(written).collect::<Vec<_>>().join(", "),
        Value::Null => text::NONE.to_owned(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
