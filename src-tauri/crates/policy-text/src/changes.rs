//! What another edition of the policy changes for people, in one line.

mod clauses;
mod images;

use std::collections::BTreeSet;

use policy::{Class, Document, Effect, Extensible, Glob, HostPattern, Mode, Policy};

use clauses::Clause;

/// One line for the person on what changes with another edition: `rules block from now on, 3 images are newly allowed`.
///
/// At most 140 characters; `None` when nothing changes for people.
pub fn changes(before: &Policy, after: &Policy) -> Option<String> {
    let mut clauses = Vec::new();
    clauses.extend(mode(before, after));
    clauses.extend(sign_in(before.document(), after.document()));
    clauses.extend(classes(before.document(), after.document()));
    clauses.extend(registries(before, after));
    clauses.extend(images::clauses(before, after));
    clauses.extend(others(before.document(), after.document()));
    clauses::joined(&clauses)
}

fn mode(before: &Policy, after: &Policy) -> Option<Clause> {
    let mode = |policy: &Policy| policy.document().mode.or(Mode::Enforce);
    match (mode(before), mode(after)) {
        (Mode::Audit, Mode::Enforce) => Some(Clause::plain("rules block from now on")),
        (Mode::Enforce, Mode::Audit) => Some(Clause::plain("rules only record from now on")),
        (Mode::Enforce, Mode::Enforce) | (Mode::Audit, Mode::Audit) => None,
    }
}

fn sign_in(before: &Document, after: &Document) -> Option<Clause> {
    // A policy that does not say leaves it to the enrollment.
    let needed = |document: &Document| document.sign_in.as_ref().is_none_or(|sign_in| sign_in.required);
    match (needed(before), needed(after)) {
        (false, true) => Some(Clause::plain("a sign-in is needed")),
        (true, false) => Some(Clause::plain("no sign-in is needed")),
        (true, true) | (false, false) => None,
    }
}

fn word(effect: &Extensible<Effect>) -> &'static str {
    match effect {
        Extensible::Known(Effect::Allow) => "allowed",
        Extensible::Known(Effect::Audit) => "recorded",
        Extensible::Known(Effect::Block) | Extensible::Unknown(_) => "blocked",
    }
}

fn classes(before: &Document, after: &Document) -> Vec<Clause> {
    let of = |document: &Document, class| document.hub.classes.of(class).map_or("blocked", word);
    let changed = Class::ALL.into_iter().filter(|class| of(before, *class) != of(after, *class));
    let said = changed.map(|class| (class.plural(), of(after, class)));
    said.map(|(images, word)| Clause::new(format!("{images} are {word}"), "classes of images")).collect()
}

fn registries(before: &Policy, after: &Policy) -> Vec<Clause> {
    let effect = |policy: &Policy, host: &HostPattern| {
        let rule = policy.registry_rules().find(|(rule, _)| rule.host == *host);
        rule.map_or((word(policy.registry_default()), None), |(rule, paths)| {
            (word(&rule.action), paths.map(<[Glob]>::to_vec))
        })
    };
    let default = |policy: &Policy| word(policy.registry_default());
    let rules = [before, after].into_iter().flat_map(Policy::registry_rules);
    let hosts: BTreeSet<&HostPattern> = rules.map(|(rule, _)| &rule.host).collect();
    let mut clauses = Vec::new();
    for host in hosts {
        let ((was, old_paths), (is, new_paths)) = (effect(before, host), effect(after, host));
        if was != is {
            clauses.push(Clause::new(format!("`{host}` is {is}"), "registries"));
        } else if old_paths != new_paths {
            clauses.push(Clause::new(format!("other parts of `{host}` are {is}"), "registries"));
        }
    }
    if default(before) != default(after) {
        clauses.push(Clause::new(format!("all other registries are {}", default(after)), "registries"));
    }
    clauses
}

fn others(before: &Document, after: &Document) -> Vec<Clause> {
    let mut clauses = Vec::new();
    if before.pins != after.pins || before.digest_only != after.digest_only {
        clauses.push(Clause::plain("rules for tags and digests have changed"));
    }
    if before.push != after.push {
        clauses.push(Clause::plain("rules for pushing have changed"));
    }
    clauses
}

#[cfg(test)]
mod tests;
