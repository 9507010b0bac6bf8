//! Everyday words for what verdicts are made of.

use policy::{Class, Finding, Outcome, RuleKind};
use wire::{Asker, Entry, Routed, Severity};

use super::View;

/// An outcome as a word.
pub(super) fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Audited => "recorded",
        Outcome::Blocked => "blocked",
    }
}

/// What decided, in two or three words.
pub(super) fn cause(finding: &Finding) -> String {
    let Some(rule) = &finding.rule else { return String::new() };
    let words = match rule.kind {
        RuleKind::Class => finding.class.map_or("class", class),
        RuleKind::Pause => "pause",
        RuleKind::SignIn => "sign-in",
        RuleKind::Presence => "no policy",
        RuleKind::Staleness => "policy out of date",
        RuleKind::Deny => "deny rule",
        RuleKind::Exemption => "exemption",
        RuleKind::Registry => "registry",
        RuleKind::Push => "push rule",
        RuleKind::Grant => "exception",
        RuleKind::Allow => "allow rule",
        RuleKind::Pin => "pin",
        RuleKind::Canary => "canary",
    };
    words.to_owned()
}

/// A class by its everyday name.
pub(super) fn class(class: Class) -> &'static str {
    match class {
        Class::Official => "Docker Official Image",
        Class::VerifiedPublisher => "verified publisher",
        Class::SponsoredOss => "sponsored open source",
        Class::Organization => "your organization's image",
        Class::Community => "community image",
    }
}

/// The images of a class.
pub(super) fn classes(class: Class) -> &'static str {
    match class {
        Class::Official => "Docker Official Images",
        Class::VerifiedPublisher => "images of verified publishers",
        Class::SponsoredOss => "images of sponsored open source projects",
        Class::Organization => "your organization's images",
        Class::Community => "community images",
    }
}

/// How bad a condition is, as a word.
pub(super) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Notice => "notice",
        Severity::Attention => "attention",
        Severity::Critical => "critical",
    }
}

/// Whether an engine is routed, as a word.
pub(super) fn routed(routed: Routed) -> &'static str {
    match routed {
        Routed::Yes => "yes",
        Routed::Partly => "partly",
        Routed::No => "no",
    }
}

/// Who asked: the engine, and the person where the kernel tells.
pub(super) fn asker(entry: &Entry, view: &View) -> String {
    let engine = entry.verdict.engine.name();
    match &entry.asker {
        Asker { uid: Some(uid), .. } => format!("{engine} ({})", view.user(*uid)),
        Asker { uid: None, .. } => engine.to_owned(),
    }
}

/// The image with the number of requests for it, where there were several.
pub(super) fn image(entry: &Entry) -> String {
    let image = entry.verdict.finding.image.familiar();
    let image = match entry.verdict.finding.action {
        policy::Action::Pull => image,
        policy::Action::Push => format!("push to {image}"),
    };
    if entry.count > 1 { format!("{image} ×{}", entry.count) } else { image }
}
