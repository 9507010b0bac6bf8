//! What a person can do, where no other image can be named.

use policy::{Finding, Reason, SignInReason};

use super::is_nobodys;

/// The next step as a sentence, literals between `tick`s; none where asking or requesting is all that helps.
pub(in crate::render) fn next_step(finding: &Finding, tick: &str) -> Option<String> {
    let name = finding.image.repository_name();
    let listed =
        |what: &str| Some(format!("{what}; {tick}pullgate policy show{tick} lists what is allowed."));
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
        Reason::TagForbidden => Some("Pull another tag.".to_owned()),
        Reason::TagRequired => Some(format!("Name a version, as in {tick}{name}:1.2{tick}.")),
        Reason::DigestRequired => Some(format!("Name it by its digest, {tick}{name}@sha256:DIGEST{tick}.")),
        Reason::DigestUnproven => Some("Pull it by its tag; its digest is then known.".to_owned()),
        Reason::RuleNotUnderstood { .. } => Some("Update Pullgate.".to_owned()),
        Reason::DenyListed { .. } | Reason::ClassBlocked => listed("Choose another image"),
        Reason::RegistryBlocked | Reason::RegistryUnlisted | Reason::RegistryPathUnlisted => {
            listed("Choose an image from an allowed registry")
        }
        Reason::PushBlocked => listed("Push to another repository"),
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
