//! What is said for each reason: a clause that continues the image's name, a statement that stands alone, and the
//! next step. Clauses have no apostrophes, since they also travel in an HTTP status line.

mod next_step;
mod statement;

use jiff::Timestamp;
use policy::{Class, Finding, ImageName, Reason, SignInReason};

use super::plain;

pub(super) use next_step::next_step;
pub(super) use statement::statement;

const ORGANIZATION: usize = 24;
const HOST: usize = 36;
const DOCKER_HUB: &str = "Docker Hub";
const DOCKER_HUB_REGISTRY: &str = "Docker Hub, a registry";
const LIST: usize = 40;

/// The image as it was typed: `latest` is left out where it does not matter, a digest is cut to 12 digits.
pub(super) fn shown(finding: &Finding) -> String {
    let name = finding.image.repository_name();
    match finding.image.target.as_deref() {
        None => name,
        Some(":latest") if !is_about_tags(&finding.reason) => name,
        Some(target) => match target.split_once(':') {
            Some((algorithm, hex)) if algorithm.starts_with('@') => {
                format!("{name}{algorithm}:{}", hex.chars().take(12).collect::<String>())
            }
            Some(_) | None => format!("{name}{target}"),
        },
    }
}

fn is_about_tags(reason: &Reason) -> bool {
    matches!(reason, Reason::TagForbidden { .. } | Reason::TagRequired | Reason::AllowOtherTag { .. })
}

/// What continues the image's name.
#[expect(clippy::too_many_lines, reason = "one sentence for each reason")]
pub(super) fn clause(finding: &Finding) -> String {
    let name = plain::clip(&plain::ascii(&finding.organization.display), ORGANIZATION);
    let at = format!("at {name}");
    let of_class = of_class(finding.class);
    let registry = registry(finding);
    match &finding.reason {
        Reason::Canary => "is reserved to prove that pulls are checked here".to_owned(),
        Reason::Paused { until } => {
            format!("passes while Pullgate is paused, until {}", minute(*until))
        }
        Reason::NoPolicyYet => format!("passes until the first {name} policy arrives"),
        Reason::Exempt { .. } => format!("passes, you are exempt {at}"),
        Reason::LoopbackAllowed => "comes from a registry on this machine, allowed".to_owned(),
        Reason::RegistryAllowed => format!("comes from an allowed registry {at}"),
        Reason::Granted { until } => format!("is allowed until {}", minute(*until)),
        Reason::AllowListed { .. } => format!("is allowed by name {at}"),
        Reason::ClassAllowed => format!("is {of_class}, allowed {at}"),
        Reason::DigestAllowed => format!("is a digest of unknown tag, allowed {at}"),
        Reason::PushAllowed => format!("may be pushed {at}"),
        Reason::SignInNeeded { why } => sign_in_clause(why, &name),
        Reason::PolicyAbsent => {
            format!("waits for the first {name} policy, which has not arrived yet")
        }
        Reason::PolicyUnusable { .. } if is_nobodys(finding) => {
            "is blocked, the enrollment of this machine is damaged".to_owned()
        }
        Reason::PolicyUnusable { .. } => format!("is blocked, the {name} policy on this machine is damaged"),
        Reason::PolicyStale { since } => {
            format!("is blocked, the {name} policy has been out of date since {}", day(*since))
        }
        Reason::PolicyStaleStrict { since } => {
            format!("is blocked while the {name} policy is out of date, since {}", day(*since))
        }
        Reason::DenyListed { .. } => format!("is blocked by name {at}"),
        Reason::RegistryBlocked => format!("comes from {registry} blocked {at}"),
        Reason::RegistryUnlisted => format!("comes from {registry} not allowed {at}"),
        Reason::RegistryPathUnlisted { .. } => {
            format!("is in a part of its registry that is not allowed {at}")
        }
        Reason::LoopbackRecorded => format!("comes from a registry on this machine, recorded {at}"),
        Reason::ClassBlocked => format!("is {of_class}, blocked {at}"),
        Reason::AllowEnded { ended } => {
            format!("is blocked {at}, its exception ended on {}", day(*ended))
        }
        Reason::AllowOtherGroup { groups } => {
            format!("is allowed {at} only for {}", list("group", groups))
        }
        Reason::AllowOthersHere { groups } => {
            format!("is allowed {at} only for {}, and others use this engine, too", list("group", groups))
        }
        Reason::AllowOtherTag { tags } => format!("is allowed {at} only with {}", list("tag", tags)),
        Reason::TagForbidden { .. } => format!("has a tag that is blocked {at}"),
        Reason::TagRequired => format!("needs a version tag {at}"),
        Reason::DigestRequired => format!("must be named by digest {at}"),
        Reason::DigestNotPinned { .. } => format!("is allowed {at} only by its listed digest"),
        Reason::DigestUnproven => {
            format!("has no known tag, and rules {at} go by tag, so pull it by tag first")
        }
        Reason::PushBlocked { .. } => format!("is blocked for pushes {at}"),
        Reason::RuleNotUnderstood { .. } => {
            format!("is blocked by a rule {at} that needs a newer Pullgate")
        }
    }
}

fn sign_in_clause(why: &SignInReason, name: &str) -> String {
    match why {
        SignInReason::Never => format!("is blocked until you sign in to {name}"),
        SignInReason::Ended => format!("is blocked, your session with {name} has ended"),
        SignInReason::OfflineTooLong => {
            format!("is blocked, the sign-in of {name} was out of reach for too long")
        }
        SignInReason::WrongOrganization { .. } => {
            format!("is blocked, your account is not a member of {name}")
        }
        SignInReason::ClaimMissing { .. } => {
            format!("is blocked, the sign-in did not say whether you belong to {name}")
        }
    }
}

/// The words of a rule's author or of an error that follow the clause where there is room.
pub(super) fn detail(reason: &Reason) -> Option<String> {
    if let Reason::Exempt { basis: words } | Reason::PolicyUnusable { why: words } = reason {
        return Some(words.clone());
    }
    if let Reason::DenyListed { because } = reason {
        return because.clone();
    }
    let Reason::SignInNeeded { why } = reason else { return None };
    match why {
        SignInReason::WrongOrganization { account } => Some(account.clone()),
        SignInReason::ClaimMissing { claim } => Some(format!("no claim {claim}")),
        SignInReason::Never | SignInReason::Ended | SignInReason::OfflineTooLong => None,
    }
}

fn of_class(class: Option<Class>) -> String {
    class.map_or("an image".to_owned(), |class| {
        let article = if class == Class::Organization { "an" } else { "a" };
        format!("{article} {}", class.name())
    })
}

/// The registry in a clause; its name is in the image's already, unless that is Docker Hub's.
fn registry(finding: &Finding) -> &'static str {
    match host(finding) {
        Some(host) if host == DOCKER_HUB => DOCKER_HUB_REGISTRY,
        Some(_) | None => "a registry",
    }
}

/// The registry as people know it, where it is known.
pub(super) fn host(finding: &Finding) -> Option<String> {
    let ImageName::Repository(asked) = &finding.image.name else { return None };
    let registry = finding.image.judged_as.as_ref().unwrap_or(asked).registry();
    let hub = registry.is_docker_hub();
    Some(if hub { DOCKER_HUB.to_owned() } else { plain::shorten(registry.as_str(), HOST) })
}

/// Names between `tick`s, as many as fit: `a`, `b`.
fn literals(names: &[String], tick: &str) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut room = LIST;
    for name in names {
        let name = plain::clip(&plain::one_line(name), LIST);
        let Some(left) = room.checked_sub(name.chars().count()) else { break };
        room = left;
        said.push(format!("{tick}{name}{tick}"));
    }
    if said.len() < names.len() {
        said.push("…".to_owned());
    }
    said.join(", ")
}

/// One or more names: `group qa`, `tags 4.*, 5.*`.
fn list(what: &str, names: &[String]) -> String {
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{what}{plural} {}", plain::clip(&plain::one_line(&names.join(", ")), LIST))
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn minute(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Whether no organization is known, as when the enrollment itself cannot be read.
pub(super) fn is_nobodys(finding: &Finding) -> bool {
    finding.organization.name.is_empty()
}
