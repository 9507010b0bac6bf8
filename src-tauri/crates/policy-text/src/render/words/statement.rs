//! Why, as a sentence that stands alone.

use policy::{Class, Finding, Reason, SignInReason};

use super::{day, host, is_nobodys, list, minute};
use crate::render::plain;

/// Why, as one or two whole sentences.
#[expect(clippy::too_many_lines, reason = "one sentence for each reason")]
pub(in crate::render) fn statement(finding: &Finding) -> String {
    let name = plain::one_line(&finding.organization.display);
    let host = host(finding).unwrap_or_else(|| "Its registry".to_owned());
    let classes = classes(finding.class);
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
        Reason::RegistryPathUnlisted => {
            format!("{name} allows only some parts of {host}, and this is not one of them.")
        }
        Reason::LoopbackRecorded => format!("{name} records images from registries on this machine."),
        Reason::ClassBlocked => format!("{classes} are not allowed at {name}."),
        Reason::AllowEnded { ended } => {
            format!(
                "{classes} are not allowed at {name}, and the exception for this one ended on {}.",
                day(*ended)
            )
        }
        Reason::AllowOtherGroup { groups } => format!("{name} allows it only for {}.", list("group", groups)),
        Reason::AllowOthersHere { groups } => format!(
            "{name} allows it only for {}, and this engine serves other people of this machine, too.",
            list("group", groups)
        ),
        Reason::AllowOtherTag { tags } => format!("{name} allows it only with {}.", list("tag", tags)),
        Reason::TagForbidden => format!("This tag is not allowed at {name}."),
        Reason::TagRequired => format!("Images like this need a version tag at {name}; latest is none."),
        Reason::DigestRequired => format!("Images like this must be named by digest at {name}."),
        Reason::DigestNotPinned { .. } => format!("{name} allows it only by its listed digest."),
        Reason::DigestUnproven => {
            format!("{name} has rules for its tags, and nothing shows which tag this digest has.")
        }
        Reason::PushBlocked => format!("Pushes there are not allowed at {name}."),
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
