//! What several pages have in common.

use jiff::Timestamp;
use policy::{Finding, Reason};
use policy_text::render;
use serde::Serialize;

/// Something known, with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// Its value; a time is in RFC 3339.
    pub value: String,
    /// How the value is written.
    pub kind: FactKind,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// As words.
    Words,
    /// As a literal, letter by letter.
    Literal,
    /// As a time.
    Time,
}

impl Fact {
    pub(super) fn words(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), kind: FactKind::Words }
    }

    pub(super) fn literal(name: &str, value: impl Into<String>) -> Self {
        Self { name: name.to_owned(), value: value.into(), kind: FactKind::Literal }
    }

    pub(super) fn time(name: &str, value: Timestamp) -> Self {
        Self { name: name.to_owned(), value: value.to_string(), kind: FactKind::Time }
    }
}

/// What becomes of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// It passes.
    Allowed,
    /// It passes, and is recorded.
    Recorded,
    /// It stops.
    Blocked,
    /// Nobody can tell.
    Unknown,
}

impl From<policy::Outcome> for Outcome {
    fn from(outcome: policy::Outcome) -> Self {
        match outcome {
            policy::Outcome::Allowed => Self::Allowed,
            policy::Outcome::Audited => Self::Recorded,
            policy::Outcome::Blocked => Self::Blocked,
        }
    }
}

/// What a person can do instead, or whom to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct WaysOn {
    /// The command that gets the image to use instead by the engine that asked, or its name where none is known.
    pub instead: Option<String>,
    /// What kind of image that is.
    pub instead_is: Option<String>,
    /// The next step in words, where there is no image to use instead; literals stand in backticks.
    pub step: Option<String>,
    /// The administrator's words.
    pub message: Option<String>,
    /// Where to request access.
    pub request: Option<String>,
    /// Whom to ask.
    pub ask: Option<String>,
}

impl WaysOn {
    /// The ways on from a finding; `instead_is` says what kind of image the one to use instead is.
    pub(super) fn of(finding: &Finding, request: Option<String>, instead_is: Option<String>) -> Self {
        if finding.outcome == policy::Outcome::Allowed {
            return Self::default();
        }
        Self {
            instead: finding.instead.clone(),
            instead_is: finding.instead.as_ref().and(instead_is),
            step: render::next_step(finding),
            message: finding.message.clone(),
            request,
            ask: finding.support.clone(),
        }
    }
}

/// When what lets an image pass ends, in RFC 3339.
pub(super) fn until(finding: &Finding) -> Option<String> {
    if let Reason::AllowListed { until: Some(until) } | Reason::Granted { until } = finding.reason {
        return Some(until.to_string());
    }
    None
}

/// What a finding rests on.
pub(super) fn basis(finding: &Finding) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(finding.class.map(|class| Fact::words("Class", class.name())));
    facts.extend(
        finding.rule.as_ref().map(|rule| Fact::words("Rule", format!("{} · {}", rule.id, rule.text))),
    );
    if let Some(stamp) = &finding.stamp {
        facts.push(Fact::words("Policy", format!("version {}", stamp.serial)));
        facts.push(Fact::time("Issued", stamp.issued));
    }
    facts
}
