//! Keys that documents may have and this version does nothing with: their authors are told, so that nobody counts on
//! them.

use crate::document::Document;
use crate::refusal::Warning;

/// Keys without effect in this version, each with what does not happen and what to do meanwhile.
const NOT_IN_FORCE: [(&str, &str); 2] = [
    (
        "reporting",
        "this version does not report verdicts anywhere, so this has no effect; `pullgate log --json` shows them on \
         each machine",
    ),
    (
        "selfService",
        "this version does not let people allow images themselves, so this has no effect; list exceptions in `allow`, \
         with `expires`",
    ),
];

/// Remarks on keys that have no effect.
pub(super) fn remarks(document: &Document) -> impl Iterator<Item = Warning> {
    let says = [document.reporting.is_some(), document.self_service.enabled];
    let unused = NOT_IN_FORCE.into_iter().zip(says).filter(|(_, says)| *says);
    unused.map(|((key, message), _)| Warning::at(format!("/{key}"), message))
}

#[cfg(test)]
mod tests;
