//! One verdict as a whole.

use policy::{Action, Entry};
use policy_text::render;
use serde::Serialize;
use wire::WhyReport;

use super::fact::{basis, until};
use super::{Fact, Ladder, Outcome, Reader, WaysOn};
use crate::requests::AccessRequested;
use crate::text;

/// One verdict as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct VerdictPage {
    /// Its id.
    pub id: String,
    /// The image as people type it.
    pub image: String,
    /// Whether it was to be pushed.
    pub is_push: bool,
    /// What became of it.
    pub outcome: Outcome,
    /// Why; literals stand in backticks.
    pub why: String,
    /// When what lets it pass ends, in RFC 3339.
    pub until: Option<String>,
    /// What went wrong beyond the policy.
    pub beyond: Option<String>,
    /// When the first request came, in RFC 3339.
    pub first: String,
    /// When the latest request came, in RFC 3339.
    pub last: String,
    /// How many there were.
    pub count: u32,
    /// What can be done.
    pub ways_on: WaysOn,
    /// What the person has requested about this image, and what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub(crate) requested: Option<Requested>,
    /// Which step of the decision stopped it, or let it pass.
    pub ladder: Option<Ladder>,
    /// What it rests on.
    pub facts: Vec<Fact>,
    /// All of it as text, to be copied.
    pub text: String,
    /// All of it as JSON, to be copied.
    pub json: String,
}

/// What a person has requested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Requested {
    /// When, in RFC 3339.
    pub(crate) at: String,
    /// When it was seen to be allowed, in RFC 3339.
    pub(crate) allowed: Option<String>,
    /// What gets it then.
    pub(crate) command: Option<String>,
}

impl Requested {
    /// The request about an image among those that are kept.
    pub(crate) fn about(image: &str, requests: Vec<AccessRequested>) -> Option<Self> {
        let request = requests.into_iter().rfind(|one| one.image == image)?;
        let allowed = request.allowed.map(|at| at.to_string());
        Some(Self { at: request.at.to_string(), allowed, command: request.command })
    }
}

/// One verdict as a whole; none where the service knows none of that id.
pub fn verdict(report: &WhyReport, instead_is: Option<String>, reader: &Reader) -> Option<VerdictPage> {
    let entry = report.entry.as_ref()?;
    let finding = &entry.verdict.finding;
    let mut ways_on = WaysOn::of(finding, render::request_url(&entry.verdict), instead_is);
    ways_on.instead = render::command_instead(&entry.verdict).or(ways_on.instead);
    let mut page = VerdictPage {
        id: entry.verdict.id.to_string(),
        image: finding.image.familiar(),
        is_push: finding.action == Action::Push,
        outcome: finding.outcome.into(),
        why: render::why(finding),
        until: until(finding),
        beyond: render::describe_upstream(entry),
        first: entry.verdict.at.to_string(),
        last: entry.last.to_string(),
        count: entry.count,
        ways_on,
        requested: None,
        ladder: Ladder::of(finding),
        facts: facts(entry, reader),
        text: String::new(),
        json: serde_json::to_string_pretty(report).unwrap_or_default(),
    };
    page.text = text(&page, entry);
    Some(page)
}

fn facts(entry: &Entry, reader: &Reader) -> Vec<Fact> {
    let mut facts = basis(&entry.verdict.finding);
    let engine = entry.verdict.engine;
    // That an engine for everybody runs as root says nothing of who asked it.
    let uid = entry.asker.uid.filter(|uid| *uid != 0 || !engine.serves_everybody());
    facts.push(Fact::words("Asked by", reader.owned(engine.name(), uid)));
    facts.extend(entry.digest.as_ref().map(|digest| Fact::literal("Digest", digest)));
    facts
}

/// What somebody sends to those who can help: a line for each thing that is known.
fn text(page: &VerdictPage, entry: &Entry) -> String {
    let mut lines = vec![render::sentence(&entry.verdict)];
    lines.extend(page.beyond.clone());
    lines.push(String::new());
    lines.extend(page.facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value)));
    lines.push(format!("When: {}{}", page.last, text::since(page.count, &page.first)));
    lines.push(format!("Id: {}", page.id));
    lines.push(String::new());
    lines.join("\n")
}
