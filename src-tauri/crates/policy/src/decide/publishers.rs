//! The row of classes: who publishes an image of Docker Hub.

use super::case::{Case, Evaluation, Ruling, Step, rule};
use super::{people, registries};
use crate::document::{Effect, Extensible};
use crate::{Reason, RuleKind};

pub(super) fn class(case: &Case<'_>, course: &Evaluation) -> Step {
    let Some(class) = case.class.filter(|_| !course.is_allowed()) else { return Step::Pass };
    let left_out = Extensible::Known(Effect::Block);
    let effect = case.policy.document().hub.classes.of(class).unwrap_or(&left_out);
    let text = format!("class {}: {}", class.key(), registries::word(effect));
    let rule = rule(RuleKind::Class, None, || class.key().to_owned(), text);
    let allow = || Step::Allow(Ruling::allowed(Reason::ClassAllowed, rule.clone()));
    let blocked = Ruling::blocked(Reason::ClassBlocked, rule.clone());
    let missed = people::near_miss(case).filter(|_| matches!(effect, Extensible::Known(_)));
    Step::of(effect, allow, missed.unwrap_or(blocked))
}
