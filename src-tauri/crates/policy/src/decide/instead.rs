//! The nearest image that is allowed: one of the same name that the policy or catalog names, or the same image by
//! a tag or digest that passes.

use image_ref::Repository;

use super::case::{Case, Naming, Ruling};
use super::walk;
use crate::{Action, Class, Outcome, Reason};

/// How many images of the same name are looked at.
const MOST: usize = 64;

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
            same.or_else(|| namesake(case))
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
        | Reason::RuleNotUnderstood { .. } => namesake(case),
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

fn namesake(case: &Case<'_>) -> Option<String> {
    let name = case.repository.path().rsplit('/').next()?;
    let candidates = case.policy.compiled().known.get(name)?;
    let other = |candidate: &&Repository| *candidate != case.repository && *candidate != case.asked;
    let passing = candidates.iter().filter(other).take(MOST).filter(|candidate| passes(case, candidate));
    passing.min_by_key(|candidate| nearness(case, candidate)).map(Repository::familiar)
}

fn passes(case: &Case<'_>, candidate: &Repository) -> bool {
    let class = case.policy.classify(candidate);
    let naming = Naming::Any;
    let asked = Case { repository: candidate, asked: candidate, class, naming, digest: None, ..*case };
    walk(&asked).outcome == Outcome::Allowed
}

fn nearness<'a>(case: &Case<'_>, candidate: &'a Repository) -> (usize, &'a Repository) {
    let class = case.policy.classify(candidate);
    let place = |class: Class| Class::ALL.iter().position(|near| *near == class);
    (class.and_then(place).unwrap_or(Class::ALL.len()), candidate)
}
