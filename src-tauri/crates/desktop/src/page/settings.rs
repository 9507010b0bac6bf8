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
    /// What the organization has set, in words.
    pub said: Vec<Fact>,
    /// The settings by their keys.
    pub rows: Vec<SettingRow>,
    /// Versions, and where the gateway listens.
    pub facts: Vec<Fact>,
    /// What somebody who can help wants to know of this installation, as text to be copied.
    pub diagnostics: String,
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
        said: said(report),
        rows: report.settings.iter().map(row).collect(),
        diagnostics: diagnostics(report, &facts),
        facts,
    }
}

/// What the settings come to for a person.
fn said(report: &StatusReport) -> Vec<Fact> {
    let value = |key: &str| {
        let setting = report.settings.iter().find(|setting| setting.key == key)?;
        Some(written(&setting.value)).filter(|value| value != text::NONE)
    };
    let mut facts = Vec::new();
    facts.extend(report.organization.as_ref().map(|whose| Fact::words("Organization", &whose.display)));
    match value("identity.issuer") {
        Some(issuer) => facts.push(Fact::literal("Sign-in at", issuer)),
        None if report.organization.is_some() => facts.push(Fact::words("Sign-in", "not asked for")),
        None => {}
    }
    facts.extend(value("policy.url").map(|url| Fact::literal("Policy from", url)));
    let absent = value("policy.absent").map(|word| match word.as_str() {
        "allow" => "images pass",
        _ => "images are blocked",
    });
    facts.extend(absent.map(|what| Fact::words("Without it", what)));
    let help = ["contact.name", "contact.email", "contact.url"].into_iter().filter_map(value);
    let help = help.collect::<Vec<_>>().join(", ");
    facts.extend((!help.is_empty()).then(|| Fact::words("Help", help)));
    facts
}

/// Versions and states by their names for programs; nothing of a person and no secret.
fn diagnostics(report: &StatusReport, facts: &[Fact]) -> String {
    let mut lines: Vec<String> = facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)).collect();
    let wire::EnginesSummary { found, routed, partly } = report.engines;
    lines.push(format!("Enforcing: {}", if report.enforcing { "yes" } else { "no" }));
    lines.push(format!("Engines: {found} found, {routed} checked, {partly} partly"));
    lines.extend(
        super::status::policy_facts(&report.policy)
            .iter()
            .map(|fact| format!("{}: {}", fact.name, fact.value)),
    );
    lines.extend(
        report.conditions.iter().map(|one| format!("{} since {}: {}", one.code, one.since, one.sentence)),
    );
    lines.push(String::new());
    lines.join("\n")
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
