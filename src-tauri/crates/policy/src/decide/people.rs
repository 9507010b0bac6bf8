//! The rows of rules that people wrote for single images or people: deny, exemptions, grants and allow.

use jiff::Timestamp;

use super::case::{Case, Evaluation, Naming, Ruling, Step, rule};
use crate::document::{AllowRule, DenyRule, Gate};
use crate::glob::{Glob, text_matches};
use crate::{Grant, Reason, Rule, RuleKind};

pub(super) fn deny(case: &Case<'_>, _: &Evaluation) -> Step {
    let Some((at, listed)) = denied(case) else { return Step::Pass };
    let reason = Reason::DenyListed { because: listed.reason.clone() };
    Step::Block(Ruling::blocked(reason, deny_rule(at, listed)))
}

/// The deny rule that names the image.
pub(super) fn denied<'a>(case: &Case<'a>) -> Option<(usize, &'a DenyRule)> {
    let index = &case.policy.compiled().deny;
    let rules = &case.policy.document().deny;
    let positions = index.find(case.repository).into_iter().chain(index.find(case.asked));
    positions.filter_map(|at| Some((at, rules.get(at)?))).next()
}

fn deny_rule(at: usize, listed: &DenyRule) -> Rule {
    let reference = listed.reference.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let text = format!("{} is denied{reference}", listed.matches);
    rule(RuleKind::Deny, listed.id.as_ref(), || format!("deny[{at}]"), text)
}

pub(super) fn exemptions(case: &Case<'_>, _: &Evaluation) -> Step {
    for (at, exemption) in case.policy.document().exemptions.iter().enumerate() {
        let role = exemption.hub_role.as_ref().filter(|role| case.has_hub_role(role));
        let group = exemption.group.as_ref().filter(|group| case.is_in_group(group));
        let Some(basis) = role.or(group).filter(|_| case.is_live(exemption.expires)) else { continue };
        let kind = if role.is_some() { "role" } else { "group" };
        let text = format!("{kind} {basis} is exempt");
        let rule = rule(RuleKind::Exemption, exemption.id.as_ref(), || format!("exemptions[{at}]"), text);
        return Step::End(Ruling::allowed(Reason::Exempt { basis: basis.clone() }, rule));
    }
    Step::Pass
}

pub(super) fn grants(case: &Case<'_>, course: &Evaluation) -> Step {
    let names = |glob: &Glob| glob.matches(case.repository) || glob.matches(case.asked);
    let is_for = |grant: &&Grant| case.is_live(Some(grant.until)) && names(&grant.matches);
    match case.situation.grants.iter().filter(is_for).max_by_key(|grant| grant.until) {
        Some(grant) if !course.is_allowed() => {
            let text = format!("{} granted by {}: {}", grant.matches, grant.by, grant.reason);
            let rule = rule(RuleKind::Grant, None, || "grant".to_owned(), text);
            Step::Allow(Ruling::allowed(Reason::Granted { until: grant.until }, rule))
        }
        Some(_) | None => Step::Pass,
    }
}

pub(super) fn allow(case: &Case<'_>, course: &Evaluation) -> Step {
    if course.is_allowed() {
        return Step::Pass;
    }
    let hits = || listed(case).filter(|(_, listed)| bearing(case, listed) == Bearing::Allows);
    if let Some((at, listed)) = hits().next() {
        let reason = Reason::AllowListed { until: listed.expires };
        return Step::Allow(Ruling::allowed(reason, allow_rule(at, listed)));
    }
    let unproven = listed(case).find(|(_, listed)| bearing(case, listed) == Bearing::Unproven);
    match (unproven, case.policy.document().digest_only.or(Gate::Block)) {
        (Some((at, listed)), Gate::Allow) => {
            Step::Allow(Ruling::allowed(Reason::DigestAllowed, allow_rule(at, listed)))
        }
        (Some(_), Gate::Block) | (None, _) => Step::Pass,
    }
}

/// Whether an allow rule lets the image pass, as far as is known.
pub(super) fn is_listed(case: &Case<'_>) -> bool {
    listed(case).any(|(_, listed)| bearing(case, listed) == Bearing::Allows)
}

/// The allow rule that comes nearest to allowing what the class blocks, with what is missing.
pub(super) fn near_miss(case: &Case<'_>) -> Option<Ruling> {
    let missed = |(at, listed): (usize, &AllowRule)| {
        let (rank, reason) = match bearing(case, listed) {
            Bearing::Allows => return None,
            Bearing::Unproven => (0, Reason::DigestUnproven),
            Bearing::OtherTag => (1, Reason::AllowOtherTag { tags: listed.tags.clone().unwrap_or_default() }),
            Bearing::OtherGroup => {
                let groups = listed.groups.clone().unwrap_or_default();
                let withheld = groups.iter().any(|group| case.is_withheld(group));
                (
                    2,
                    if withheld {
                        Reason::AllowOthersHere { groups }
                    } else {
                        Reason::AllowOtherGroup { groups }
                    },
                )
            }
            Bearing::Ended(ended) => (3, Reason::AllowEnded { ended }),
        };
        Some((rank, Ruling::blocked(reason, allow_rule(at, listed))))
    };
    listed(case).filter_map(missed).min_by_key(|(rank, _)| *rank).map(|(_, ruling)| ruling)
}

/// How an allow rule that names the repository bears on the case.
#[derive(PartialEq, Eq)]
enum Bearing {
    Allows,
    Unproven,
    OtherTag,
    OtherGroup,
    Ended(Timestamp),
}

fn bearing(case: &Case<'_>, listed: &AllowRule) -> Bearing {
    if let Some(ended) = listed.expires.filter(|_| !case.is_live(listed.expires)) {
        return Bearing::Ended(ended);
    }
    let for_everyone = listed.groups.is_none();
    if !for_everyone && !listed.groups.iter().flatten().any(|group| case.is_in_group(group)) {
        return Bearing::OtherGroup;
    }
    match (&listed.tags, case.naming) {
        (None, _) | (Some(_), Naming::Any) => Bearing::Allows,
        (Some(_), Naming::Unproven) => Bearing::Unproven,
        (Some(tags), Naming::Tag(tag)) => {
            let named = tags.iter().any(|pattern| text_matches(pattern, tag.as_str()));
            if named { Bearing::Allows } else { Bearing::OtherTag }
        }
    }
}

/// The allow rules that name the repository.
pub(super) fn listed<'a>(case: &Case<'a>) -> impl Iterator<Item = (usize, &'a AllowRule)> + use<'a> {
    let rules = &case.policy.document().allow;
    let positions = case.policy.compiled().allow.find(case.repository);
    positions.into_iter().filter_map(|at| Some((at, rules.get(at)?)))
}

fn allow_rule(at: usize, listed: &AllowRule) -> Rule {
    let tags = listed.tags.as_ref().map(|tags| format!(" with tags {}", tags.join(", "))).unwrap_or_default();
    let why = listed.reason.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    let by = listed.by.as_ref().map(|text| format!(" ({text})")).unwrap_or_default();
    let text = format!("{}{tags} is allowed{why}{by}", listed.matches);
    rule(RuleKind::Allow, listed.id.as_ref(), || format!("allow[{at}]"), text)
}
