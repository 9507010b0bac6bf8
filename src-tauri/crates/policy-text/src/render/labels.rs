//! Words for narrow places: a column, a badge, the end of a line.

use std::borrow::Cow;

use policy::{Class, Finding, Outcome, Reason, SignInReason};

use super::{plain, words};

/// The most letters of a cause.
const CAUSE: usize = 24;

/// An outcome as a word.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allowed => "allowed",
        Outcome::Audited => "recorded",
        Outcome::Blocked => "blocked",
    }
}

/// Why, in at most 24 letters: what the reason says, and not which kind of rule it comes from.
pub fn cause(finding: &Finding) -> Cow<'static, str> {
    let said = match &finding.reason {
        Reason::Canary => "test pull",
        Reason::Paused { until } => return format!("paused until {}", until.strftime("%H:%M UTC")).into(),
        Reason::NoPolicyYet | Reason::PolicyAbsent => "no policy yet",
        Reason::Exempt { .. } => "you are exempt",
        Reason::LoopbackAllowed | Reason::LoopbackRecorded => "on this machine",
        Reason::Granted { until } | Reason::AllowListed { until: Some(until) } => {
            return format!("allowed until {}", until.strftime("%b %-d")).into();
        }
        Reason::AllowListed { until: None } => "allowed by name",
        Reason::ClassAllowed | Reason::ClassBlocked => class(finding.class),
        Reason::DigestAllowed | Reason::DigestUnproven => "version not known",
        Reason::PushAllowed => "push allowed",
        Reason::SignInNeeded { why } => sign_in(why),
        Reason::PolicyUnusable { .. } if words::is_nobodys(finding) => "enrollment damaged",
        Reason::PolicyUnusable { .. } => "policy damaged",
        Reason::PolicyStale { .. } | Reason::PolicyStaleStrict { .. } => "policy out of date",
        Reason::DenyListed { .. } => "blocked by name",
        Reason::RegistryAllowed => return of_registry(finding, "is allowed"),
        Reason::RegistryBlocked | Reason::RegistryUnlisted => return of_registry(finding, "is blocked"),
        Reason::RegistryPathUnlisted { .. } => return of_registry(finding, "only in part"),
        Reason::AllowEnded { .. } => "exception ended",
        Reason::AllowOtherGroup { groups } => return fitting("only for", groups, "only for other groups"),
        Reason::AllowOthersHere { .. } => "others use this engine",
        Reason::AllowOtherTag { tags } if tags.len() == 1 => {
            return fitting("only tag", tags, "only another tag");
        }
        Reason::AllowOtherTag { tags } => return fitting("only tags", tags, "only other tags"),
        Reason::TagForbidden { .. } => tag_forbidden(finding),
        Reason::TagRequired => "needs a version",
        Reason::DigestRequired => "needs a digest",
        Reason::DigestNotPinned { .. } => "needs the listed digest",
        Reason::PushBlocked { .. } => "push not allowed",
        Reason::RuleNotUnderstood { .. } => "needs a newer Pullgate",
    };
    said.into()
}

fn class(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Organization) => "organization's image",
        Some(class) => class.label(),
        None => "not allowed",
    }
}

fn sign_in(why: &SignInReason) -> &'static str {
    match why {
        SignInReason::Never => "sign-in needed",
        SignInReason::Ended => "signed out",
        SignInReason::OfflineTooLong => "sign-in out of reach",
        SignInReason::WrongOrganization { .. } => "not a member",
        SignInReason::ClaimMissing { .. } => "membership not known",
    }
}

/// A tag that begins with a number is a version.
fn tag_forbidden(finding: &Finding) -> &'static str {
    let tag = finding.image.target.as_deref().unwrap_or_default().trim_start_matches([':', 'v']);
    if tag.starts_with(|letter: char| letter.is_ascii_digit()) {
        "version not allowed"
    } else {
        "tag not allowed"
    }
}

/// What holds for the registry, by its name where that is short.
fn of_registry(finding: &Finding, what: &str) -> Cow<'static, str> {
    let named = words::host(finding).map(|host| format!("{host} {what}"));
    named.filter(|words| fits(words)).unwrap_or_else(|| format!("registry {what}")).into()
}

/// The names after their words where there is room, else the words without them.
fn fitting(words: &str, names: &[String], otherwise: &'static str) -> Cow<'static, str> {
    let said = plain::one_line(&format!("{words} {}", names.join(", ")));
    if !names.is_empty() && fits(&said) { said.into() } else { otherwise.into() }
}

fn fits(words: &str) -> bool {
    words.chars().count() <= CAUSE
}
