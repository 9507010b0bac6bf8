//! What a person can do, where no other image can be named.

use policy::{Finding, Reason, SignInReason};

use super::{is_nobodys, literals};
use crate::render::plain;

/// The next step as a sentence, literals between `tick`s; none where using another image, requesting or asking is all
/// that helps, since that is said anyway.
pub(in crate::render) fn next_step(finding: &Finding, tick: &str) -> Option<String> {
    let name = plain::one_line(&finding.image.repository_name());
    match &finding.reason {
        Reason::SignInNeeded { why } => Some(sign_in(why, &finding.organization.display, tick)),
        Reason::PolicyAbsent => {
            Some(format!("It is fetched by itself; {tick}pullgate status{tick} shows what it waits for."))
        }
        Reason::PolicyUnusable { .. } if is_nobodys(finding) => {
            Some(format!("Run {tick}pullgate doctor{tick} to see what to do."))
        }
        Reason::PolicyUnusable { .. } => Some(format!(
            "Run {tick}pullgate policy refresh{tick} to fetch it again, or {tick}pullgate doctor{tick} to see why."
        )),
        Reason::PolicyStale { .. } | Reason::PolicyStaleStrict { .. } => Some(format!(
            "Run {tick}pullgate policy refresh{tick}, or {tick}pullgate status{tick} to see why."
        )),
        Reason::AllowEnded { .. } => Some("Ask for the exception to be renewed.".to_owned()),
        Reason::AllowOtherGroup { .. } => Some("Ask to join, or for an exception.".to_owned()),
        Reason::AllowOthersHere { .. } => {
            Some(format!("Pull it with Podman, or have others taken out of the group {tick}docker{tick}."))
        }
        Reason::AllowOtherTag { .. } => Some("Pull one of these tags.".to_owned()),
        Reason::TagForbidden { forbidden } if forbidden.is_empty() => Some("Pull another tag.".to_owned()),
        Reason::TagForbidden { forbidden } => {
            Some(format!("Pull a tag other than {}.", literals(forbidden, "")))
        }
        Reason::TagRequired => Some(format!("Add a version: {tick}{name}:<version>{tick}.")),
        Reason::DigestRequired => Some(format!("Name it by its digest, {tick}{name}@sha256:DIGEST{tick}.")),
        Reason::DigestUnproven => {
            Some(format!("Pull {tick}{name}:<version>{tick} once; after that this digest works too."))
        }
        Reason::RuleNotUnderstood { .. } => Some("Update Pullgate.".to_owned()),
        Reason::PushBlocked { allowed } => allowed.first().map_or_else(
            || see_what_is_allowed(finding, tick),
            |glob| Some(format!("Push to {tick}{}{tick} instead.", place(glob))),
        ),
        Reason::DenyListed { .. }
        | Reason::ClassBlocked
        | Reason::RegistryBlocked
        | Reason::RegistryUnlisted
        | Reason::RegistryPathUnlisted { .. } => see_what_is_allowed(finding, tick),
        Reason::DigestNotPinned { .. }
        | Reason::LoopbackRecorded
        | Reason::Canary
        | Reason::Paused { .. }
        | Reason::NoPolicyYet
        | Reason::Exempt { .. }
        | Reason::LoopbackAllowed
        | Reason::RegistryAllowed
        | Reason::Granted { .. }
        | Reason::AllowListed { .. }
        | Reason::ClassAllowed
        | Reason::DigestAllowed
        | Reason::PushAllowed => None,
    }
}

/// What is left where the organization says neither where to request access nor whom to ask.
fn see_what_is_allowed(finding: &Finding, tick: &str) -> Option<String> {
    let is_alone = finding.request_url.is_none() && finding.support.is_none();
    is_alone.then(|| format!("See what is allowed: {tick}pullgate policy show{tick}."))
}

/// A place for pushes as people write it: `acme/<name>` for `acme/**`.
fn place(glob: &str) -> String {
    match glob.trim_end_matches('*') {
        place if place.len() < glob.len() && place.ends_with('/') => format!("{place}<name>"),
        _ => plain::one_line(glob),
    }
}

fn sign_in(why: &SignInReason, organization: &str, tick: &str) -> String {
    match why {
        SignInReason::Never | SignInReason::Ended | SignInReason::OfflineTooLong => {
            format!("Run {tick}pullgate sign-in{tick}, then try again.")
        }
        SignInReason::WrongOrganization { .. } => {
            format!("Run {tick}pullgate sign-in{tick} with your {organization} account.")
        }
        SignInReason::ClaimMissing { .. } => {
            format!("Ask for it to be added, then run {tick}pullgate sign-in{tick}.")
        }
    }
}
