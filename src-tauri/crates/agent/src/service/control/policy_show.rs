//! The policy in force, as its author wrote it.

use std::sync::PoisonError;

use policy::Held;
use wire::{PolicyReport, Response};

use crate::service::core::Core;

/// Shows the policy.
pub(super) fn show(core: &Core) -> Response {
    let state = core.policy_state();
    let policy = core.policy.read().unwrap_or_else(PoisonError::into_inner);
    let (document, warnings) = match &policy.held {
        Held::Current(current) => {
            let warnings =
                current.warnings().iter().map(|warning| format!("`{}`: {}", warning.path, warning.message));
            (serde_json::to_value(current.document()).ok(), warnings.collect())
        }
        Held::Absent | Held::Unusable { .. } => (None, Vec::new()),
    };
    Response::Policy(Box::new(PolicyReport { state, document, sentences: Vec::new(), warnings }))
}
