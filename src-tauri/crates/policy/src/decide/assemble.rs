//! Puts a ruling together with everything that a person needs next.

use image_ref::Repository;
use jiff::Timestamp;

use super::case::{Case, Naming, Ruling, rule};
use super::{before, current, instead, judge_target};
use crate::{
    Action, Class, Contact, DecisionContext, Finding, Image, ImageName, Outcome, Policy, Reason, RuleKind,
    Target,
};

/// The finding on a repository of a known registry.
pub(super) fn of_repository(
    situation: &DecisionContext,
    action: Action,
    asked: &Repository,
    target: Target<'_>,
    now: Timestamp,
) -> Finding {
    let policy = current(situation);
    let judged_as = policy.and_then(|policy| policy.alias(asked));
    let repository = judged_as.as_ref().unwrap_or(asked);
    let class = policy.and_then(|policy| policy.classify(repository));
    let case = policy.map(|policy| {
        let naming = Naming::Any;
        Case { situation, policy, repository, asked, class, action, naming, digest: None, now }
    });
    let ruling =
        before(situation, Some(asked), now).or_else(|| case.as_ref().map(|case| judge_target(case, target)));
    let ruling = ruling.unwrap_or_else(missing);
    let instead =
        case.as_ref().filter(|_| stops(&ruling)).and_then(|case| instead::instead(case, &ruling, target));
    let name = ImageName::Repository(asked.clone());
    let image = Image { name, target: target_text(target), judged_as, sent_by: None };
    Finding { instead, ..finding(situation, action, image, class, ruling) }
}

/// The finding on a path whose registry is not known: it cannot be forwarded anywhere, so it always stops.
pub(super) fn of_unlisted(situation: &DecisionContext, path: &str, now: Timestamp) -> Finding {
    let unlisted = || {
        let text = "any other registry: block".to_owned();
        let rule = rule(RuleKind::Registry, None, || "registries.default".to_owned(), text);
        Ruling::blocked(Reason::RegistryUnlisted, rule)
    };
    let ruling = before(situation, None, now).filter(|ruling| ruling.outcome == Outcome::Blocked);
    let image =
        Image { name: ImageName::Unlisted(path.to_owned()), target: None, judged_as: None, sent_by: None };
    finding(situation, Action::Pull, image, None, ruling.unwrap_or_else(unlisted))
}

/// The rows before the policy speak whenever there is none, so this is only the safe side of a gap between them.
fn missing() -> Ruling {
    let rule = rule(RuleKind::Presence, None, || "policy".to_owned(), "there is no policy".to_owned());
    Ruling::blocked(Reason::PolicyAbsent, rule)
}

fn stops(ruling: &Ruling) -> bool {
    ruling.outcome != Outcome::Allowed
}

fn finding(
    situation: &DecisionContext,
    action: Action,
    image: Image,
    class: Option<Class>,
    ruling: Ruling,
) -> Finding {
    let policy = current(situation);
    let stopped = policy.filter(|_| stops(&ruling));
    let request_url = stopped.and_then(|policy| request_url(policy, &image, class, &ruling));
    let support = if stops(&ruling) { support(situation, policy) } else { None };
    Finding {
        outcome: ruling.outcome,
        message: stopped.and_then(|policy| message(policy, class, &ruling)),
        reason: ruling.reason,
        rule: Some(ruling.rule),
        class,
        image,
        action,
        stamp: policy.map(|policy| policy.stamp().clone()),
        organization: situation.organization.clone(),
        support,
        request_url,
        instead: None,
    }
}

fn target_text(target: Target<'_>) -> Option<String> {
    match target {
        Target::Tag(tag) => Some(format!(":{tag}")),
        Target::Digest { digest, .. } => Some(format!("@{digest}")),
        Target::Repository => None,
    }
}

fn message(policy: &Policy, class: Option<Class>, ruling: &Ruling) -> Option<String> {
    let words = &policy.document().messages.by_rule;
    let of_class = || class.filter(|_| ruling.rule.kind != RuleKind::Deny).map(Class::key);
    words.get(&ruling.rule.id).or_else(|| of_class().and_then(|key| words.get(key))).cloned()
}

fn support(situation: &DecisionContext, policy: Option<&Policy>) -> Option<String> {
    let words = policy.and_then(|policy| policy.document().messages.support.clone());
    words.or_else(|| ask(&situation.organization.contact))
}

fn ask(contact: &Contact) -> Option<String> {
    let place = contact.email.as_ref().or(contact.url.as_ref());
    match (&contact.name, place) {
        (Some(name), Some(place)) => Some(format!("Ask {name}: {place}")),
        (Some(only), None) | (None, Some(only)) => Some(format!("Ask {only}")),
        (None, None) => None,
    }
}

fn request_url(policy: &Policy, image: &Image, class: Option<Class>, ruling: &Ruling) -> Option<String> {
    let template = policy.document().messages.request_url.as_ref()?;
    let filled = template
        .replace("{image}", &percent_encoded(&image.familiar()))
        .replace("{rule}", &percent_encoded(&ruling.rule.id))
        .replace("{class}", class.map_or("", Class::key));
    Some(filled)
}

/// A text for a URL's query, with everything but unreserved characters encoded.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}
