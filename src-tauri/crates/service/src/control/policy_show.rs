//! The policy in force, as its author wrote it.

use policy::LoadedPolicy;
use wire::{PolicyReport, Response};

use super::Handles;

/// A message has 1 MiB at most, and a state and warnings beside this.
const MOST: usize = 700 * 1024;
const MOST_WARNINGS: usize = 100;

/// Shows the policy.
pub(super) fn show(handles: &Handles) -> Response {
    let state = handles.publisher.policy_state();
    let mut report = PolicyReport { state, document: None, sentences: Vec::new(), warnings: Vec::new() };
    if let LoadedPolicy::Current(current) = &handles.policies.in_force().policy.held {
        let document = current.document();
        match serde_json::to_vec(document) {
            Ok(text) if text.len() > MOST => {
                report.sentences = vec![format!(
                    "It is too large to be shown here: {} rules allow images, {} deny them",
                    document.allow.len(),
                    document.deny.len()
                )]
            }
            Ok(_) | Err(_) => report.document = serde_json::to_value(document).ok(),
        }
        let all = current.warnings().iter();
        let lines = all.map(|warning| format!("`{}`: {}", warning.path, warning.message));
        report.warnings = lines.take(MOST_WARNINGS).collect();
        let more = current.warnings().len().saturating_sub(MOST_WARNINGS);
        if more > 0 {
            report.warnings.push(format!("{more} more; `pullgate policy check FILE` lists them all"));
        }
    }
    Response::Policy(Box::new(report))
}
