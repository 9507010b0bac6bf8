//! Answers about one image, in the words of the service.

use image_ref::Reference;
use ipc::{Code, Failure};
use jiff::Timestamp;
use policy::{Action, DecisionContext, Entry, Outcome, VerdictId};
use policy_text::render;
use wire::{ExplainReport, Response, WhyReport};

use super::world::judged;

/// What would happen to an image.
pub(super) fn explain(situation: &DecisionContext, image: &str, now: Timestamp) -> Response {
    let reference = match Reference::parse(image) {
        Ok(reference) => reference,
        Err(error) => {
            let problem = format!("`{image}` is not an image reference: {error}");
            let hint = "Write it as you would for `docker pull`, such as `nginx:1.27`";
            return Response::Error(Failure::new(Code::BadRequest, problem).with_hint(hint));
        }
    };
    let Some(finding) = judged(situation, Action::Pull, &reference, now) else {
        return Response::Error(Failure::new(Code::Failed, "nothing is judged for this image"));
    };
    let sentences = lines(&render::explanation(&finding));
    Response::Explain(Box::new(ExplainReport { image: reference.to_string(), finding, sentences }))
}

/// The verdict behind an id, or the last denial.
pub(super) fn why(entries: &[Entry], id: Option<&str>) -> Response {
    let entry = match id.map(VerdictId::parse).transpose() {
        Err(error) => return Response::Error(Failure::new(Code::BadRequest, error.to_string())),
        Ok(None) => entries.iter().find(|entry| entry.verdict.finding.outcome == Outcome::Blocked),
        Ok(Some(id)) => match entries.iter().find(|entry| entry.verdict.id == id) {
            Some(entry) => Some(entry),
            None => return unknown(&id),
        },
    };
    let sentences = entry.map(|entry| lines(&render::sentence(&entry.verdict))).unwrap_or_default();
    Response::Why(Box::new(WhyReport { entry: entry.cloned(), sentences }))
}

fn unknown(id: &VerdictId) -> Response {
    let sentence = format!("no verdict `{id}` is in this machine's journal");
    let hint = "Run `pullgate blocked` for what was blocked here";
    Response::Error(Failure::new(Code::NotFound, sentence).with_hint(hint))
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
