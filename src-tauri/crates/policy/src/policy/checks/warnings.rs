//! Remarks on a policy that is accepted: what its author has probably not meant.

use std::collections::BTreeSet;

use image_ref::{Reference, Repository, Tag};

use crate::decide::Anybody;
use crate::document::{Effect, Extensible, Mode};
use crate::policy::Policy;
use crate::refusal::Warning;
use crate::{Class, Outcome, RuleKind, Target};

/// Images that tools pull on their own, with the tool that stops when they are blocked.
const HELPERS: [(&str, &str, &str); 4] = [
    ("docker/dockerfile", "1", "builds with a `# syntax=docker/dockerfile` line stop"),
    ("moby/buildkit", "buildx-stable-1", "builders of `docker buildx` do not start"),
    ("tonistiigi/binfmt", "latest", "builds for other architectures cannot be set up"),
    ("testcontainers/ryuk", "0.11.0", "tests with Testcontainers do not start"),
];

/// Remarks on a policy.
pub(in crate::policy) fn after(policy: &Policy, has_catalog: bool) -> Vec<Warning> {
    let mut warnings = Vec::new();
    warnings.extend(super::in_force::remarks(policy.document()));
    warnings.extend(catalog(policy).filter(|_| !has_catalog));
    warnings.extend(hub(policy));
    warnings.extend(helpers(policy));
    warnings.extend(ended(policy));
    warnings.extend(without_registry(policy));
    warnings.extend(messages(policy));
    warnings.extend(replacements(policy));
    warnings.extend(unlisted(policy));
    warnings
}

/// Engines that are routed registry by registry cannot be led by a name that nobody has written down.
fn unlisted(policy: &Policy) -> Option<Warning> {
    let is_enforced = policy.document().mode.or(Mode::Enforce) == Mode::Enforce;
    let message = "Podman, Buildah, Skopeo and CRI-O ask Pullgate about registries that the policy names and about \
                   well-known ones, so a rule for images of every registry does not hold for their pulls from others; \
                   name those under `entries`, or set `default` to `block`";
    (is_enforced && policy.judges_unlisted_registries()).then(|| Warning::at("/registries/default", message))
}

/// Publishers are told apart by a catalog: without one of its own, a policy rests on the short list that comes along.
fn catalog(policy: &Policy) -> Option<Warning> {
    let hub = &policy.document().hub;
    let effect = |class: Class| hub.classes.of(class).map_or(Effect::Block, |word| word.or(Effect::Block));
    let others = effect(hub.unknown.or(Class::Community));
    let matters = [Class::VerifiedPublisher, Class::SponsoredOss].map(effect).iter().any(|it| *it != others);
    let message = format!(
        "no catalog is named, so only the {} namespaces of the starter catalog are verified publishers or sponsored \
         open source here; name a catalog of your own (`pullgate policy starter --catalog` prints one to begin with)",
        policy.catalog().namespaces.len()
    );
    matters.then(|| Warning::at("/catalog", message))
}

fn helpers(policy: &Policy) -> impl Iterator<Item = Warning> {
    HELPERS.iter().filter_map(|(name, tag, then)| {
        let repository = Repository::parse(name).ok()?;
        let tag = Tag::parse(tag).ok()?;
        let (outcome, _) = Anybody::under(policy).ruling(&repository, Target::Tag(&tag));
        let message = format!("`{name}` is blocked, so {then}; add it to `allow` if people here need it");
        (outcome == Outcome::Blocked).then(|| Warning::at("/allow", message))
    })
}

fn hub(policy: &Policy) -> Option<Warning> {
    let hub = &policy.document().hub;
    let allowed = |class: &Class| hub.classes.of(*class) == Some(&Extensible::Known(Effect::Allow));
    if !hub.organizations.is_empty() && hub.classes.organization.is_none() {
        let message =
            "`organization` is left out and therefore blocked, yet `hub.organizations` names namespaces";
        return Some(Warning::at("/hub/classes", message));
    }
    let official = Repository::parse("docker.io/library/alpine").ok()?;
    let (outcome, kind) = Anybody::under(policy).ruling(&official, Target::Repository);
    let shut = outcome == Outcome::Blocked && kind == RuleKind::Registry;
    let message =
        "no entry allows `docker.io`, so the classes of `hub` have no effect; add `docker.io` to `entries`";
    (shut && Class::ALL.iter().any(allowed)).then(|| Warning::at("/registries", message))
}

fn ended(policy: &Policy) -> impl Iterator<Item = Warning> {
    let issued = policy.document().issued;
    let allow = policy.document().allow.iter().enumerate();
    allow.filter(move |(_, rule)| rule.expires.is_some_and(|ends| ends <= issued)).map(|(at, _)| {
        Warning::at(
            format!("/allow/{at}/expires"),
            "this exception had ended before the policy was issued; remove it",
        )
    })
}

/// Exceptions that never help, because their registry is blocked first.
fn without_registry(policy: &Policy) -> impl Iterator<Item = Warning> {
    let anybody = Anybody::under(policy);
    policy.document().allow.iter().enumerate().filter_map(move |(at, rule)| {
        let repository = rule.matches.literal()?;
        let stopped = anybody.stopped_before_allow(&repository)?;
        let message = if stopped == RuleKind::Registry {
            format!(
                "`{}` is not an allowed registry, so this has no effect; allow it in `registries.entries`",
                repository.registry()
            )
        } else if stopped == RuleKind::Deny {
            "a `deny` rule names the same image and goes first".to_owned()
        } else {
            return None;
        };
        Some(Warning::at(format!("/allow/{at}/match"), message))
    })
}

/// Images and places that rules name to use instead, and that would be blocked themselves.
fn replacements(policy: &Policy) -> impl Iterator<Item = Warning> {
    let document = policy.document();
    let images = document.deny.iter().enumerate().filter_map(|(at, rule)| {
        let image = Reference::parse(rule.instead.as_ref()?).ok()?;
        let target = image.tag().map_or(Target::Repository, Target::Tag);
        let (outcome, _) = Anybody::under(policy).ruling(image.repository(), target);
        (outcome == Outcome::Blocked).then(|| format!("/deny/{at}/instead"))
    });
    let entries = document.registries.iter().flat_map(|section| &section.entries);
    let places = entries.enumerate().filter_map(|(at, rule)| {
        let any = Repository::parse(&format!("{}/any", rule.instead.as_ref()?)).ok()?;
        let (outcome, kind) = Anybody::under(policy).ruling(&any, Target::Repository);
        let is_shut = outcome == Outcome::Blocked && kind == RuleKind::Registry;
        is_shut.then(|| format!("/registries/entries/{at}/instead"))
    });
    let message = "this would be blocked itself, so it is never named; allow it, or name another";
    images.chain(places).map(move |path| Warning::at(path, message))
}

fn messages(policy: &Policy) -> impl Iterator<Item = Warning> {
    let document = policy.document();
    let ids: BTreeSet<&String> = super::named(document).map(|(_, id)| id).collect();
    let known = move |key: &String| super::is_reserved(key) || ids.contains(key);
    document.messages.by_rule.keys().filter(move |key| !known(key)).map(|key| {
        let path = format!("/messages/byRule/{}", crate::read::escaped(key));
        Warning::at(path, "no rule has this id, so this is never shown")
    })
}
