//! Words for narrow places: a column, a badge, the end of a line.

use policy::{Class, Finding, Outcome, RuleKind};

/// An outcome as a word.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Audited => "recorded",
        Outcome::Blocked => "blocked",
    }
}

/// What decided, in two or three words; empty where no rule is known.
pub fn cause(finding: &Finding) -> &'static str {
    let Some(rule) = &finding.rule else { return "" };
    match rule.kind {
        RuleKind::Class => finding.class.map_or("class", Class::label),
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
    }
}
