//! What to use instead: what the deciding rule says, then what the policy or the catalog says stands in for the image, or
//! the same image by a tag or digest that passes. Nothing is named that would be blocked itself. An image that merely has the same last name is no replacement: `kindest/node` is not Node.js.

use image_ref::{Reference, Repository, Tag};

use super::case::{Case, Naming, Ruling};
use super::{people, registries, walk};
use crate::{Action, Outcome, Reason, RuleKind, Target};

/// The most versions that are tried.
const VERSIONS: usize = 32;

pub(super) fn instead(case: &Case<'_>, ruling: &Ruling, target: Target<'_>) -> Option<String> {
    if case.action == Action::Push {
        return None;
    }
    match &ruling.reason {
        Reason::DigestNotPinned { digests } => {
            digests.first().map(|digest| format!("{}@{digest}", case.asked.familiar()))
        }
        Reason::AllowOtherTag { .. } => named_version(case).or_else(|| replacement(case)),
        Reason::DenyListed { .. }
        | Reason::RegistryBlocked
        | Reason::RegistryUnlisted
        | Reason::RegistryPathUnlisted { .. }
        | Reason::ClassBlocked
        | Reason::PolicyStaleStrict { .. }
        | Reason::AllowEnded { .. }
        | Reason::AllowOtherGroup { .. }
        | Reason::AllowOthersHere { .. }
        | Reason::RuleNotUnderstood { .. } => of_the_rule(case, ruling, target).or_else(|| replacement(case)),
        Reason::TagForbidden { .. } | Reason::TagRequired => named_version(case),
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
        | Reason::DigestRequired
        | Reason::DigestUnproven
        | Reason::PushBlocked { .. } => None,
    }
}

/// What the author of the deciding rule wrote beside it.
fn of_the_rule(case: &Case<'_>, ruling: &Ruling, target: Target<'_>) -> Option<String> {
    if ruling.rule.kind == RuleKind::Deny {
        let (_, rule) = people::denied(case)?;
        named(case, &Reference::parse(rule.instead.as_ref()?).ok()?)
    } else if ruling.rule.kind == RuleKind::Registry {
        let (_, rule) = registries::entry(case)?;
        let place = rule.instead.as_ref()?;
        let repository = Repository::parse(&format!("{place}/{}", case.repository.path())).ok()?;
        named(case, &at_target(repository, target))
    } else {
        None
    }
}

/// The same content in another place.
fn at_target(repository: Repository, target: Target<'_>) -> Reference {
    match target {
        Target::Tag(tag) => Reference::new(repository, Some(tag.clone()), None),
        Target::Digest { digest, .. } => Reference::new(repository, None, Some(digest.clone())),
        Target::Repository => Reference::new(repository, None, None),
    }
}

/// A version of the image that an allow rule names in full.
fn named_version(case: &Case<'_>) -> Option<String> {
    let tags = people::listed(case).filter_map(|(_, rule)| rule.tags.as_ref()).flatten();
    let tags = tags.filter_map(|tag| Tag::parse(tag).ok()).take(VERSIONS);
    let versions = tags.map(|tag| Reference::new(case.asked.clone(), Some(tag), None));
    versions.filter_map(|version| named(case, &version)).next()
}

fn replacement(case: &Case<'_>) -> Option<String> {
    let said = case.policy.compiled().replacements.get(case.repository)?;
    named(case, &Reference::new(said.clone(), None, None))
}

/// The image's name, if it would pass.
fn named(case: &Case<'_>, image: &Reference) -> Option<String> {
    let passes = passes(case, image);
    let is_latest = image.digest().is_none() && image.tag().is_some_and(|tag| *tag == Tag::latest());
    passes.then(|| if is_latest { image.repository().familiar() } else { image.familiar() })
}

fn passes(case: &Case<'_>, image: &Reference) -> bool {
    let asked = image.repository();
    let alias = case.policy.alias(asked);
    let repository = alias.as_ref().unwrap_or(asked);
    let naming = match (image.digest(), image.tag()) {
        (Some(_), _) => Naming::Unproven,
        (None, Some(tag)) => Naming::Tag(tag),
        (None, None) => Naming::Any,
    };
    let class = case.policy.classify(repository);
    walk(&Case { repository, asked, class, naming, digest: image.digest(), ..*case }).outcome
        == Outcome::Allowed
}
