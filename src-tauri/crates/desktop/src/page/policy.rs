//! What is allowed here, in words.

use ::policy::Document;
use policy_text::Outline;
use serde::Serialize;
use wire::{PolicyReport, PolicyState, Standing};

use super::Fact;
use super::status::policy_facts;
use crate::text;

/// The policy in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PolicyPage {
    /// What has to be known before reading: that there is none, that it only records, that it is too old.
    pub opening: Vec<String>,
    /// Whose, which edition, how old, signed by whom.
    pub facts: Vec<Fact>,
    /// The rules, grouped by what they do.
    pub groups: Vec<PolicyGroup>,
    /// What its author should know.
    pub warnings: Vec<String>,
    /// Whether an image can be tried.
    pub can_explain: bool,
}

/// Rules that do the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PolicyGroup {
    /// What they do.
    pub heading: String,
    /// The rules.
    pub lines: Vec<PolicyLine>,
}

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PolicyLine {
    /// What it is about; literals stand in backticks.
    pub text: String,
    /// When it ends, in RFC 3339.
    pub until: Option<String>,
}

/// The policy in words, as things stand.
pub fn policy(report: &PolicyReport, standing: Standing) -> PolicyPage {
    let mut opening = opening(&report.state, standing);
    opening.extend(report.sentences.iter().cloned());
    let outline =
        report.document.as_ref().map(|document| serde_json::from_value::<Document>(document.clone()));
    let groups = match outline {
        Some(Ok(document)) => groups(&policy_text::outline(&document), &mut opening),
        Some(Err(_)) => {
            opening.push(text::NEWER_RULES.to_owned());
            Vec::new()
        }
        None => Vec::new(),
    };
    PolicyPage {
        can_explain: matches!(report.state, PolicyState::Current { .. }),
        opening,
        facts: policy_facts(&report.state),
        groups,
        warnings: report.warnings.clone(),
    }
}

fn opening(state: &PolicyState, standing: Standing) -> Vec<String> {
    let mut opening = of_state(state, standing);
    if standing == Standing::Paused && *state != PolicyState::Absent {
        opening.push(text::PAUSED.to_owned());
    }
    opening
}

fn of_state(state: &PolicyState, standing: Standing) -> Vec<String> {
    match state {
        PolicyState::Absent if standing == Standing::NotEnrolled => vec![text::NOT_ENROLLED.to_owned()],
        PolicyState::Absent if standing == Standing::EnrollmentUnusable => {
            vec![text::ENROLLMENT_UNUSABLE.to_owned()]
        }
        PolicyState::Absent => vec![text::NO_POLICY.to_owned()],
        PolicyState::Unusable { why, source } => {
            vec![format!("The policy at `{source}` cannot be used: {why}")]
        }
        PolicyState::Current { stale_since: Some(_), .. } => vec![text::STALE.to_owned()],
        PolicyState::Current { .. } => Vec::new(),
        PolicyState::Other => vec![text::NEWER_STATE.to_owned()],
    }
}

fn groups(outline: &Outline, opening: &mut Vec<String>) -> Vec<PolicyGroup> {
    opening.extend(outline.opening().map(|sentence| format!("{sentence}.")));
    let group = |group: &policy_text::Group| PolicyGroup {
        heading: group.kind.heading(outline.audit).to_owned(),
        lines: group
            .lines
            .iter()
            .map(|line| PolicyLine {
                text: line.text.clone(),
                until: line.until.map(|until| until.to_string()),
            })
            .collect(),
    };
    outline.groups.iter().map(group).collect()
}
