//! The engines of this machine.

use serde::Serialize;
use wire::EngineReport;

use super::status::conditions;
use super::{ConditionRow, evidence};

/// The engines of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EnginesPage {
    /// A row each.
    pub rows: Vec<EngineRow>,
}

/// One engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct EngineRow {
    /// Its word on the command line.
    pub engine: String,
    /// Its name and version.
    pub name: String,
    /// Whether its pulls go through the gateway.
    pub routed: Routed,
    /// Why not, or not wholly; literals stand in backticks.
    pub why: Option<String>,
    /// When that was last proved, in RFC 3339.
    pub proved: Option<String>,
    /// When its configuration was last repaired, in RFC 3339.
    pub repaired: Option<String>,
    /// What was tested and is in order, a sentence each.
    pub details: Vec<String>,
    /// What needs somebody's eyes.
    pub conditions: Vec<ConditionRow>,
}

/// Whether an engine's pulls go through the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Routed {
    /// All of them, and that was proved.
    Yes,
    /// With a way round that is known, or without proof.
    Partly,
    /// None of them.
    No,
    /// Nobody knows: it could not be proved, and never was.
    Unproved,
    /// None, since it does not run.
    Stopped,
}

/// The engines of this machine.
pub fn engines(reports: &[EngineReport]) -> EnginesPage {
    let row = |report: &EngineReport| EngineRow {
        engine: report.engine.clone(),
        name: format!("{} {}", report.name, report.version.as_deref().unwrap_or_default())
            .trim_end()
            .to_owned(),
        routed: routed(report),
        why: report.why.clone(),
        proved: report.proved_at.map(|time| time.to_string()),
        repaired: report.repaired_at.map(|time| time.to_string()),
        details: report.details.iter().map(|what| evidence::sentence(what)).collect(),
        conditions: conditions(&report.conditions),
    };
    EnginesPage { rows: reports.iter().map(row).collect() }
}

fn routed(report: &EngineReport) -> Routed {
    if report.stopped {
        return Routed::Stopped;
    }
    match report.routed {
        wire::Routed::Yes => Routed::Yes,
        wire::Routed::Partly if report.unproved.is_some() && report.proved_at.is_none() => Routed::Unproved,
        wire::Routed::Partly => Routed::Partly,
        wire::Routed::No => Routed::No,
    }
}
