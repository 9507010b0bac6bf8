//! What to use instead: what the policy or the catalog says stands in for the image, or the same image by a tag or
//! digest that passes. An image that merely has the same last name is no replacement: `kindest/node` is not Node.js.

use image_ref::Repository;

use super::case::{Case, Naming, Ruling};
use super::walk;
use crate::{Action, Outcome, Reason};

pub(super) fn instead(case: &Case<'_>, ruling: &Ruling) -> Option<String> {
    if case.action == Action::Push {
        return None;
    }
    match &ruling.reason {
        Reason::DigestNotPinned { digests } => {
            digests.first().map(|digest| format!("{}@{digest}", case.asked.familiar()))
        }
        Reason::AllowOtherTag { tags } => {
            let plain = tags.iter().find(|tag| !tag.contains('*'));
            let same = plain.map(|tag| format!("{}:{tag}", case.asked.familiar()));
            same.or_else(|| replacement(case))
        }
        Reason::DenyListed { .. }
        | Reason::RegistryBlocked
        | Reason::RegistryUnlisted
        | Reason::RegistryPathUnlisted
        | Reason::ClassBlocked
        | Reason::PolicyStaleStrict { .. }
        | Reason::AllowEnded { .. }
        | Reason::AllowOtherGroup { .. }
        | Reason::AllowOthersHere { .. }
        | Reason::RuleNotUnderstood { .. } => replacement(case),
        Reason::Canary
        | Reason::Paused { .. }
        | Reason::NoPolicyYet
        | Reason::Exempt { .. }
        | Reason::LoopbackAllowed
        | Reason::LoopbackRecorded
        | Reason::RegistryAllowed
        | Reason::Granted { .. }
        | Reason::AllowListed { .. }
        | Reason::ClassAllowed
        | Reason::DigestAllowed
        | Reason::PushAllowed
        | Reason::SignInNeeded { .. }
        | Reason::PolicyAbsent
        | Reason::PolicyUnusable { .. }
        | Reason::PolicyStale { .. }
        | Reason::TagForbidden
        | Reason::TagRequired
        | Reason::DigestRequired
        | Reason::DigestUnproven
        | Reason::PushBlocked => None,
    }
}

fn replacement(case: &Case<'_>) -> Option<String> {
    let said = case.policy.compiled().replacements.get(case.repository)?;
    passes(case, said).then(|| said.familiar())
}

fn passes(case: &Case<'_>, candidate: &Repository) -> bool {
    let class = case.policy.classify(candidate);
    let naming = Naming::Any;
    let asked = Case { repository: candidate, asked: candidate, class, naming, digest: None, ..*case };
    walk(&asked).outcome == Outcome::Allowed
}
