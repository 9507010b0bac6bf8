//! Why, as a sentence that stands alone.

use policy::{Class, Finding, Reason, SignInReason};

use super::{day, host, is_nobodys, list, literals, minute};
use crate::render::plain;

/// Why, as one or two whole sentences, with literals between `tick`s.
#[expect(clippy::too_many_lines, reason = "one sentence for each reason")]
pub(in crate::render) fn statement(finding: &Finding, tick: &str) -> String {
    let name = plain::one_line(&finding.organization.display);
    let host = host(finding).unwrap_or_else(|| "Its registry".to_owned());
    let classes = classes(finding.class);
    let image = format!("{tick}{}{tick}", plain::one_line(&finding.image.repository_name()));
    match &finding.reason {
        Reason::Canary => {
            "It is reserved: it always stops, which proves that this engine's pulls are checked.".to_owned()
        }
        Reason::Paused { until } => format!("Pullgate is paused until {}.", minute(*until)),
        Reason::NoPolicyYet => format!("{name}'s policy has not arrived yet, and images pass until it does."),
        Reason::Exempt { basis } => format!("{name} exempts you ({}).", plain::one_line(basis)),
        Reason::LoopbackAllowed => "It comes from a registry on this machine.".to_owned(),
        Reason::RegistryAllowed => format!("{host} is an allowed registry at {name}."),
        Reason::Granted { until } => format!("A temporary exception holds until {}.", minute(*until)),
        Reason::AllowListed { until } => {
            let until = until.map(|until| format!(" until {}", minute(until))).unwrap_or_default();
            format!("{name} allows it by name{until}.")
        }
        Reason::ClassAllowed => format!("{classes} are allowed at {name}."),
        Reason::DigestAllowed => format!("{name} allows digests whose tag is not known."),
        Reason::PushAllowed => format!("{name} allows pushes there."),
        Reason::SignInNeeded { why } => sign_in(why, &name),
        Reason::PolicyAbsent => format!("{name}'s policy has not arrived on this machine yet."),
        Reason::PolicyUnusable { why } if is_nobodys(finding) => {
            format!("This machine's enrollment is damaged: {}", plain::statement(why))
        }
        Reason::PolicyUnusable { why } => {
            format!("{name}'s policy on this machine is damaged: {}", plain::statement(why))
        }
        Reason::PolicyStale { since } => {
            format!("{name}'s policy on this machine has been out of date since {}.", day(*since))
        }
        Reason::PolicyStaleStrict { since } => format!(
            "{name}'s policy on this machine has been out of date since {}; until a newer one arrives, only \
             {name}'s own and listed images are allowed.",
            day(*since)
        ),
        Reason::DenyListed { because } => {
            let because =
                because.as_ref().map(|text| format!(": {}", plain::one_line(text))).unwrap_or_default();
            plain::statement(&format!("{name} blocks it by name{because}"))
        }
        Reason::RegistryBlocked => format!("{host} is a blocked registry at {name}."),
        Reason::RegistryUnlisted => format!("{host} is not among the registries that {name} allows."),
        Reason::RegistryPathUnlisted { allowed } if allowed.is_empty() => {
            format!("{name} allows only some parts of {host}, and this is not one of them.")
        }
        Reason::RegistryPathUnlisted { allowed } => {
            format!("At {host} {name} allows {} only.", literals(&parts(allowed), tick))
        }
        Reason::LoopbackRecorded => format!("{name} records images from registries on this machine."),
        Reason::ClassBlocked => format!("{classes} are not allowed at {name}."),
        Reason::AllowEnded { ended } => {
            format!(
                "{classes} are not allowed at {name}, and the exception for this one ended on {}.",
                day(*ended)
            )
        }
        Reason::AllowOtherGroup { groups } => {
            format!("{name} allows this image to {}.", to_groups(groups, tick))
        }
        Reason::AllowOthersHere { groups } => format!(
            "{name} allows this image to {}, and this engine serves other people of this machine, too.",
            to_groups(groups, tick)
        ),
        Reason::AllowOtherTag { tags } => format!("{name} allows it only with {}.", list("tag", tags)),
        Reason::TagForbidden { .. } => {
            match finding.image.target.as_deref().and_then(|it| it.strip_prefix(':')) {
                Some(tag) => format!("{name} does not allow the tag {tick}{tag}{tick} of {image}."),
                None => format!("{name} does not allow this tag of {image}."),
            }
        }
        Reason::TagRequired => {
            format!("{name} asks for a version of {image}; {tick}latest{tick} does not count.")
        }
        Reason::DigestRequired => format!("Images like this must be named by digest at {name}."),
        Reason::DigestNotPinned { .. } => format!("{name} allows it only by its listed digest."),
        Reason::DigestUnproven => {
            format!("{name} checks versions of {image}, and a digest alone does not show the version.")
        }
        Reason::PushBlocked { .. } => format!("{name} does not allow pushes to {image}."),
        Reason::RuleNotUnderstood { word } => format!(
            "A rule of {name}'s policy says \"{}\", which this version of Pullgate does not know.",
            plain::one_line(word)
        ),
    }
}

fn sign_in(why: &SignInReason, name: &str) -> String {
    match why {
        SignInReason::Never => format!("Nobody has signed in to {name} on this machine."),
        SignInReason::Ended => format!("Your session with {name} has ended."),
        SignInReason::OfflineTooLong => {
            format!("{name}'s sign-in could not be reached for longer than {name} allows.")
        }
        SignInReason::WrongOrganization { account } => {
            format!("The account {} is not a member of {name}.", plain::one_line(account))
        }
        SignInReason::ClaimMissing { claim } => format!(
            "The sign-in did not say whether you belong to {name}: \"{}\" is missing from it.",
            plain::one_line(claim)
        ),
    }
}

/// The group or groups, in words.
fn to_groups(groups: &[String], tick: &str) -> String {
    let plural = if groups.len() == 1 { "" } else { "s" };
    format!("the group{plural} {}", literals(groups, tick))
}

/// Parts of a registry as people write them: `acme/…` for `acme/**`.
fn parts(globs: &[String]) -> Vec<String> {
    let part = |glob: &String| match glob.trim_end_matches('*') {
        place if place.len() < glob.len() && place.ends_with('/') => format!("{place}…"),
        _ => glob.clone(),
    };
    globs.iter().map(part).collect()
}

fn classes(class: Option<Class>) -> &'static str {
    match class {
        Some(Class::Official) => "Docker Official Images",
        Some(Class::VerifiedPublisher) => "Verified publisher images",
        Some(Class::SponsoredOss) => "Sponsored open source images",
        Some(Class::Organization) => "Your organization's images",
        Some(Class::Community) => "Community images",
        None => "Images like this",
    }
}
