//! What would happen to an image.

use policy_text::render;
use serde::Serialize;
use wire::ExplainReport;

use super::fact::{basis, until};
use super::{Fact, Outcome, WaysOn};

/// What would happen to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The image in its full form.
    pub image: String,
    /// What would become of it.
    pub outcome: Outcome,
    /// Why; literals stand in backticks.
    pub why: String,
    /// When what lets it pass ends, in RFC 3339.
    pub until: Option<String>,
    /// What can be done.
    pub ways_on: WaysOn,
    /// What it rests on.
    pub facts: Vec<Fact>,
}

/// What would happen to an image; `instead_is` says what kind of image the one to use instead is.
pub fn explain(report: &ExplainReport, instead_is: Option<String>) -> Explanation {
    let finding = &report.finding;
    let request = render::request_url_without_id(finding);
    Explanation {
        image: report.image.clone(),
        outcome: finding.outcome.into(),
        why: render::why(finding),
        until: until(finding),
        ways_on: WaysOn::of(finding, request, instead_is),
        facts: basis(finding),
    }
}
