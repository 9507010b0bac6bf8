//! The installation, checked step by step.

use serde::Serialize;
use wire::DoctorReport;

use super::Tone;
use super::status::tone;

/// The installation, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChecksPage {
    /// A row each, in the order in which they were made.
    pub(crate) rows: Vec<CheckRow>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckRow {
    /// What was seen; literals stand in backticks.
    pub(crate) sentence: String,
    /// How bad it is; none when it is good.
    pub(crate) problem: Option<Tone>,
    /// The one thing to do; literals stand in backticks.
    pub(crate) action: Option<String>,
}

/// The installation, checked.
pub(crate) fn checks(report: &DoctorReport) -> ChecksPage {
    let row = |check: &wire::Check| CheckRow {
        sentence: check.sentence.clone(),
        problem: check.problem.map(tone),
        action: check.action.clone(),
    };
    ChecksPage { rows: report.checks.iter().map(row).collect() }
}
