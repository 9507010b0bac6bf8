//! The rows on places and publishers: which registries may be used, whose images of Docker Hub, and where images may
//! be pushed.

use super::case::{Case, Evaluation, Ruling, Step, rule};
use super::people;
use crate::document::{Effect, Extensible, Loopback, RegistryRule};
use crate::{Glob, Reason, Rule, RuleKind};

/// The most patterns of a policy that a reason repeats.
pub(super) const NAMED: usize = 8;

pub(super) fn registries(case: &Case<'_>, _: &Evaluation) -> Step {
    if let Some((at, entry)) = entry(case) {
        let rule = entry_rule(at, entry);
        let blocked = Ruling::blocked(Reason::RegistryBlocked, rule.clone());
        return Step::of(&entry.action, || allowed(case, rule), blocked);
    }
    let registries = &case.policy.compiled().registries;
    let is_here = |entry: &&RegistryRule| entry.host.matches(case.repository.registry());
    let parts: Vec<&RegistryRule> = registries.entries.iter().filter(is_here).collect();
    if parts.is_empty() && case.repository.registry().is_loopback() {
        return loopback(registries.loopback.or(Loopback::Record));
    }
    let effect = &registries.default;
    let rule = default_rule("registries.default", RuleKind::Registry, "any other registry", effect);
    let reason = if parts.is_empty() {
        Reason::RegistryUnlisted
    } else {
        Reason::RegistryPathUnlisted { allowed: allowed_parts(&parts) }
    };
    Step::of(effect, || allowed(case, rule.clone()), Ruling::blocked(reason, rule.clone()))
}

/// The registry rule that decides: the first that names the repository.
pub(super) fn entry<'a>(case: &Case<'a>) -> Option<(usize, &'a RegistryRule)> {
    let compiled = case.policy.compiled();
    let names = |entry: &RegistryRule, paths: Option<&Vec<Glob>>| {
        let inside = |globs: &Vec<Glob>| globs.iter().any(|glob| glob.matches(case.repository));
        entry.host.matches(case.repository.registry()) && paths.is_none_or(inside)
    };
    let entries = compiled.registries.entries.iter().zip(&compiled.paths).enumerate();
    let found = entries.map(|(at, (entry, paths))| (at, entry, paths.as_ref()));
    found.filter(|(_, entry, paths)| names(entry, *paths)).map(|(at, entry, _)| (at, entry)).next()
}

/// The parts of a registry that may be used, as the policy writes them.
fn allowed_parts(rules: &[&RegistryRule]) -> Vec<String> {
    let may = rules.iter().filter(|rule| rule.action == Extensible::Known(Effect::Allow));
    may.filter_map(|rule| rule.paths.as_ref()).flatten().take(NAMED).cloned().collect()
}

/// An allowed registry allows its images; on Docker Hub their class has the next word.
fn allowed(case: &Case<'_>, rule: Rule) -> Step {
    if case.repository.registry().is_docker_hub() {
        Step::Pass
    } else {
        Step::Allow(Ruling::allowed(Reason::RegistryAllowed, rule))
    }
}

fn loopback(word: Loopback) -> Step {
    let rule =
        |text: &str| rule(RuleKind::Registry, None, || "registries.loopback".to_owned(), text.to_owned());
    match word {
        Loopback::Allow => Step::Allow(Ruling::allowed(
            Reason::LoopbackAllowed,
            rule("registries on the machine itself are allowed"),
        )),
        Loopback::Record => Step::Note(Ruling::blocked(
            Reason::LoopbackRecorded,
            rule("registries on the machine itself are recorded"),
        )),
    }
}

fn entry_rule(at: usize, entry: &RegistryRule) -> Rule {
    let name = entry.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
    let paths = entry.paths.as_ref().map(|paths| format!(" {}", paths.join(", "))).unwrap_or_default();
    let text = format!("{}{name}{paths}: {}", entry.host, word(&entry.action));
    rule(RuleKind::Registry, entry.id.as_ref(), || format!("registries[{at}]"), text)
}

fn default_rule(id: &str, kind: RuleKind, what: &str, effect: &Extensible<Effect>) -> Rule {
    rule(kind, None, || id.to_owned(), format!("{what}: {}", word(effect)))
}

/// An effect as the policy writes it.
pub(super) fn word(effect: &Extensible<Effect>) -> &str {
    match effect {
        Extensible::Known(Effect::Allow) => "allow",
        Extensible::Known(Effect::Audit) => "audit",
        Extensible::Known(Effect::Block) => "block",
        Extensible::Unknown(word) => word,
    }
}

pub(super) fn push(case: &Case<'_>, _: &Evaluation) -> Step {
    let section = &case.policy.document().push;
    let first = case.policy.compiled().push.find(case.repository).into_iter().next();
    let found = first.and_then(|at| section.entries.get(at).map(|entry| (at, entry)));
    let (effect, rule) = match found {
        Some((at, entry)) => {
            let text = format!("push to {}: {}", entry.matches, word(&entry.action));
            (&entry.action, rule(RuleKind::Push, entry.id.as_ref(), || format!("push[{at}]"), text))
        }
        None => {
            let effect = &section.default;
            (effect, default_rule("push.default", RuleKind::Push, "push to any other repository", effect))
        }
    };
    let allow = || Step::Allow(Ruling::allowed(Reason::PushAllowed, rule.clone()));
    let open = section.entries.iter().filter(|entry| entry.action == Extensible::Known(Effect::Allow));
    let open = open.map(|entry| entry.matches.to_string()).take(NAMED).collect();
    Step::of(effect, allow, Ruling::blocked(Reason::PushBlocked { allowed: open }, rule.clone()))
}

/// The row of classes: who publishes an image of Docker Hub.
pub(super) fn class(case: &Case<'_>, course: &Evaluation) -> Step {
    let Some(class) = case.class.filter(|_| !course.is_allowed()) else { return Step::Pass };
    let left_out = Extensible::Known(Effect::Block);
    let effect = case.policy.document().hub.classes.of(class).unwrap_or(&left_out);
    let text = format!("class {}: {}", class.key(), word(effect));
    let rule = rule(RuleKind::Class, None, || class.key().to_owned(), text);
    let allow = || Step::Allow(Ruling::allowed(Reason::ClassAllowed, rule.clone()));
    let blocked = Ruling::blocked(Reason::ClassBlocked, rule.clone());
    let missed = people::near_miss(case).filter(|_| matches!(effect, Extensible::Known(_)));
    Step::of(effect, allow, missed.unwrap_or(blocked))
}
