//! Fits a verdict into one line of ASCII: the image is shortened in its middle, a rule's own words and name go
//! when there is no room, the next step and the id always stay.

use policy::{Reason, RuleKind, Verdict};

use super::{plain, words};

/// How every denial begins.
pub(super) const DENIED: &str = "image access denied: ";

const ROOMY_IMAGE: usize = 44;
const DETAIL: usize = 60;
const RULE: usize = 40;

/// The whole line.
pub(super) fn compose(opening: &str, verdict: &Verdict, limit: usize) -> String {
    let ending = format!(". {}", next_step(verdict));
    let image = plain::ascii(&words::shown(&verdict.finding));
    let room = limit.saturating_sub(opening.len() + ending.len() + 1);
    let clauses = clauses(verdict);
    let whole = clauses.iter().find(|clause| clause.len() + image.len() <= room);
    let roomy = || clauses.iter().find(|clause| clause.len() + ROOMY_IMAGE <= room);
    let clause = whole.or_else(roomy).or(clauses.last()).map_or("", String::as_str);
    let clause = plain::clip(clause, room.saturating_sub(8));
    let image = plain::shorten(&image, room.saturating_sub(clause.len()));
    format!("{opening}{image} {clause}{ending}")
}

/// The line without a limit and without its next step, ending in a period.
pub(super) fn without_next_step(verdict: &Verdict) -> String {
    let image = plain::ascii(&words::shown(&verdict.finding));
    let clause = clauses(verdict).into_iter().next().unwrap_or_default();
    format!("{DENIED}{image} {clause}.")
}

/// The command that comes next, with the id.
pub(super) fn next_step(verdict: &Verdict) -> String {
    if matches!(verdict.finding.reason, Reason::SignInNeeded { .. }) {
        format!("Run: pullgate sign-in ({})", verdict.id)
    } else {
        format!("Run: pullgate why {}", verdict.id)
    }
}

/// The clause from its fullest to its barest form.
fn clauses(verdict: &Verdict) -> Vec<String> {
    let finding = &verdict.finding;
    let clause = plain::ascii(&words::clause(finding));
    let detail = words::detail(&finding.reason);
    let detail = detail.map(|text| format!(": {}", plain::clip(&plain::ascii(&text), DETAIL)));
    let detail = detail.unwrap_or_default();
    let rule = finding.rule.as_ref().filter(|rule| is_named(rule.kind));
    let rule = rule.map(|rule| format!(" (rule: {})", plain::clip(&plain::ascii(&rule.id), RULE)));
    let rule = rule.unwrap_or_default();
    let sent_by = finding.image.sent_by.as_ref();
    let sent_by =
        sent_by.map(|first| format!(", and {} leads there", plain::ascii(first))).unwrap_or_default();
    vec![
        format!("{clause}{detail}{rule}{sent_by}"),
        format!("{clause}{rule}{sent_by}"),
        format!("{clause}{rule}"),
        clause,
    ]
}

/// Whether the rule's name says more than the reason does.
fn is_named(kind: RuleKind) -> bool {
    match kind {
        RuleKind::Canary
        | RuleKind::Pause
        | RuleKind::SignIn
        | RuleKind::Presence
        | RuleKind::Staleness
        | RuleKind::Grant => false,
        RuleKind::Deny
        | RuleKind::Exemption
        | RuleKind::Registry
        | RuleKind::Push
        | RuleKind::Allow
        | RuleKind::Class
        | RuleKind::Pin => true,
    }
}
