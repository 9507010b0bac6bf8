//! The row of pins, which tightens what would pass: demands on tags and digests.

use super::case::{Case, Evaluation, Naming, Ruling, Step, rule};
use super::registries::NAMED;
use crate::document::{Extensible, Gate, Pin, PinMode, PinRequirement};
use crate::glob::text_matches;
use crate::{Reason, Rule, RuleKind};

pub(super) fn pins(case: &Case<'_>, _: &Evaluation) -> Step {
    let mut noted = Step::Pass;
    for at in case.policy.compiled().pins.find(case.repository) {
        let Some(pin) = case.policy.document().pins.get(at) else { continue };
        let Some(reason) = objection(case, pin) else { continue };
        let ruling = Ruling::blocked(reason, pin_rule(at, pin));
        match (pin.mode.or(PinMode::Enforce), &noted) {
            (PinMode::Enforce, _) => return Step::Block(ruling),
            (PinMode::Audit, Step::Pass) => noted = Step::Note(ruling),
            (PinMode::Audit, Step::Allow(_) | Step::Note(_) | Step::Block(_) | Step::End(_)) => {}
        }
    }
    noted
}

fn objection(case: &Case<'_>, pin: &Pin) -> Option<Reason> {
    if matches!(case.naming, Naming::Any) {
        return None;
    }
    digests(case, pin).or_else(|| requirement(case, pin)).or_else(|| forbidden_tag(case, pin))
}

fn digests(case: &Case<'_>, pin: &Pin) -> Option<Reason> {
    let digests = pin.digests.as_ref()?;
    let named = case.digest.is_some_and(|digest| digests.contains(digest));
    let listed = || digests.iter().map(ToString::to_string).collect();
    (!named).then(|| Reason::DigestNotPinned { digests: listed() })
}

fn requirement(case: &Case<'_>, pin: &Pin) -> Option<Reason> {
    match (pin.require.as_ref()?, case.digest, case.naming) {
        (Extensible::Unknown(word), _, _) => Some(Reason::RuleNotUnderstood { word: word.clone() }),
        (Extensible::Known(_), Some(_), _) => None,
        (Extensible::Known(PinRequirement::Digest), None, _) => Some(Reason::DigestRequired),
        (Extensible::Known(PinRequirement::Tag), None, Naming::Tag(tag)) if tag.as_str() == "latest" => {
            Some(Reason::TagRequired)
        }
        (Extensible::Known(PinRequirement::Tag), None, Naming::Tag(_) | Naming::Unproven | Naming::Any) => {
            None
        }
    }
}

fn forbidden_tag(case: &Case<'_>, pin: &Pin) -> Option<Reason> {
    let patterns = pin.forbid_tags.as_ref()?;
    match (case.naming, case.policy.document().digest_only.or(Gate::Block)) {
        (Naming::Tag(tag), _) => {
            let forbidden = patterns.iter().any(|pattern| text_matches(pattern, tag.as_str()));
            forbidden
                .then(|| Reason::TagForbidden { forbidden: patterns.iter().take(NAMED).cloned().collect() })
        }
        (Naming::Unproven, Gate::Block) => Some(Reason::DigestUnproven),
        (Naming::Unproven, Gate::Allow) | (Naming::Any, _) => None,
    }
}

fn pin_rule(at: usize, pin: &Pin) -> Rule {
    let mut demands = Vec::new();
    match &pin.require {
        Some(Extensible::Known(PinRequirement::Tag)) => demands.push("a version tag is required".to_owned()),
        Some(Extensible::Known(PinRequirement::Digest)) => demands.push("a digest is required".to_owned()),
        Some(Extensible::Unknown(word)) => demands.push(format!("require: {word}")),
        None => {}
    }
    if let Some(tags) = &pin.forbid_tags {
        demands.push(format!("tags not allowed: {}", tags.join(", ")));
    }
    if pin.digests.is_some() {
        demands.push("only listed digests".to_owned());
    }
    let text = format!("{}: {}", pin.matches, demands.join("; "));
    rule(RuleKind::Pin, pin.id.as_ref(), || format!("pins[{at}]"), text)
}
