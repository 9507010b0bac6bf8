//! How things stand: one headline, then only what needs eyes.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use wire::{Condition, PolicyState, Remark, Severity, SignInState, Standing, StatusReport};

use super::{Fact, Reader};
use crate::text;

/// For so long another edition of the policy is news.
const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// How things stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct StatusPage {
    /// The one sentence.
    pub headline: String,
    /// What belongs to it: a pause, what to do on a machine that is not enrolled.
    pub more: Vec<String>,
    /// What another edition of the policy changed for people, while that is new.
    pub(crate) news: Option<News>,
    /// What is waited for.
    pub waiting: Option<Waiting>,
    /// What needs somebody's eyes, the worst first.
    pub conditions: Vec<ConditionRow>,
    /// Whether all is well, so that nothing else has to be said.
    pub quiet: bool,
    /// The policy in force and where it comes from.
    pub facts: Vec<Fact>,
}

/// What is new for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct News {
    /// What; literals stand in backticks.
    pub(crate) sentence: String,
    /// Since when, in RFC 3339.
    pub(crate) since: String,
}

/// Something that is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Waiting {
    /// For what.
    pub sentence: String,
    /// Since when, in RFC 3339.
    pub since: String,
    /// A page that continues it, should it have been closed.
    pub url: Option<String>,
}

/// Something that needs somebody's eyes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct ConditionRow {
    /// Its code in the manual.
    pub code: String,
    /// How bad it is.
    pub tone: Tone,
    /// What is the matter; literals stand in backticks.
    pub sentence: String,
    /// Since when, in RFC 3339.
    pub since: String,
    /// The one thing to do; literals stand in backticks.
    pub action: Option<String>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Tone {
    /// Good to know.
    Notice,
    /// Somebody should act.
    Attention,
    /// Enforcement, or its proof, is impaired.
    Critical,
}

/// How things stand.
pub fn status(report: &StatusReport, waiting: Option<Waiting>, reader: &Reader) -> StatusPage {
    let conditions = conditions(&report.conditions);
    let mut more = more(report);
    more.retain(|sentence| conditions.iter().all(|condition| condition.sentence != *sentence));
    StatusPage {
        headline: text::headline(report, reader.now, &reader.zone),
        more,
        news: news(&report.policy, reader.now),
        waiting,
        quiet: report.remark() == Remark::Quiet,
        conditions,
        facts: policy_facts(&report.policy),
    }
}

fn more(report: &StatusReport) -> Vec<String> {
    let mut more = Vec::new();
    if let Some(pause) = &report.pause {
        more.push(format!("{} paused it: {}", pause.by, pause.reason));
    }
    if let SignInState::OfflineGrace { sentence, .. } | SignInState::Needed { sentence: Some(sentence), .. } =
        &report.sign_in
    {
        more.push(sentence.clone());
    }
    let standing = report.standing();
    if [Standing::BlockedUntilPolicy, Standing::PassingUntilPolicy].contains(&standing) {
        more.push(text::FETCHED.to_owned());
    }
    if standing == Standing::NotEnrolled && report.conditions.is_empty() {
        more.push(text::ENROLL.to_owned());
    }
    if let (Remark::Say(sentence), true) = (report.remark(), more.is_empty()) {
        more.push(sentence);
    }
    more.extend(report.origin().map(str::to_owned));
    more
}

fn news(policy: &PolicyState, now: Timestamp) -> Option<News> {
    let PolicyState::Current { change: Some(change), .. } = policy else { return None };
    let is_new = now.duration_since(change.at) <= NEWS;
    is_new.then(|| News { sentence: change.sentence.clone(), since: change.at.to_string() })
}

/// Which policy a machine has, and where it comes from.
pub(super) fn policy_facts(state: &PolicyState) -> Vec<Fact> {
    match state {
        PolicyState::Absent | PolicyState::Other => Vec::new(),
        PolicyState::Unusable { source, .. } => vec![Fact::literal("From", source)],
        PolicyState::Current { stamp, confirmed, source, signed_by, named, distrusted, .. } => {
            let mut facts = vec![
                Fact::words("Policy", format!("version {}", stamp.serial)),
                Fact::time("Issued", stamp.issued),
                Fact::time("Confirmed", *confirmed),
                Fact::literal("From", source),
            ];
            facts.push(match signed_by.is_empty() {
                true if source.starts_with("file:") => {
                    Fact::words("Signed by", "nobody; its file belongs to root")
                }
                true => Fact::words(
                    "Signed by",
                    "nobody; made of Docker Hub's settings, as shown to whoever was signed in",
                ),
                false => Fact::literal("Signed by", signed_by.join(", ")),
            });
            facts.extend(named.as_ref().map(|named| Fact::literal("Not yet from", named)));
            facts.extend(distrusted.as_ref().map(|why| Fact::words("Not believed", why.clone())));
            facts
        }
    }
}

pub(super) fn conditions(all: &[Condition]) -> Vec<ConditionRow> {
    let row = |condition: &Condition| ConditionRow {
        code: condition.code.clone(),
        tone: tone(condition.severity),
        sentence: condition.sentence.clone(),
        since: condition.since.to_string(),
        action: condition.action.clone(),
    };
    all.iter().map(row).collect()
}

pub(super) fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Notice => Tone::Notice,
        Severity::Attention => Tone::Attention,
        Severity::Critical => Tone::Critical,
    }
}
