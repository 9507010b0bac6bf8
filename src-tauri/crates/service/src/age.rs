//! How old the policy is, and whether the clock that says so can be believed, told where somebody has to look.

use jiff::{SignedDuration, Timestamp};
use policy::{DecisionContext, LoadedPolicy, OnStale, Policy};
use wire::Severity;

use super::conditions::Conditions;

const STALE: &str = "policy-stale";
const CLOCK: &str = "clock-wrong";

/// Raises or clears what there is to tell.
pub(super) fn tell(situation: &DecisionContext, conditions: &Conditions, now: Timestamp) {
    match &situation.held {
        LoadedPolicy::Current(policy) => tell_age(policy, &situation.organization.display, conditions, now),
        LoadedPolicy::Absent | LoadedPolicy::Unusable { .. } => conditions.clear(STALE),
    }
}

/// On which side of the known time the wall clock is, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockError {
    Behind(SignedDuration),
    Ahead(SignedDuration),
}

/// Tells of a wall clock that cannot be believed.
pub(super) fn tell_clock(error: Option<ClockError>, conditions: &Conditions) {
    let (span, side) = match error {
        Some(ClockError::Behind(span)) => (span, "behind"),
        Some(ClockError::Ahead(span)) => (span, "ahead of"),
        None => return conditions.clear(CLOCK),
    };
    let sentence = format!("This machine's clock is {} {side} the time that is known", apart(span));
    let action = "Set the clock, for example with `sudo timedatectl set-ntp true`";
    conditions.raise(CLOCK, Severity::Attention, sentence, Some(action));
}

/// How far two clocks are apart, as people say it.
fn apart(span: SignedDuration) -> String {
    match span.as_mins() {
        minutes @ ..120 => format!("{minutes} min"),
        minutes @ ..2880 => format!("{} h", minutes / 60),
        minutes => format!("{} days", minutes / 1440),
    }
}

fn tell_age(policy: &Policy, who: &str, conditions: &Conditions, now: Timestamp) {
    let Some(since) = policy.stale_since(now) else { return conditions.clear(STALE) };
    let distrust = policy.distrust().filter(|distrust| distrust.since <= now);
    let (severity, then) = match policy.document().on_stale.or(OnStale::Block) {
        OnStale::KeepAndWarn => (Severity::Attention, "it still applies".to_owned()),
        OnStale::Strict => (Severity::Critical, format!("only {who}'s own and listed images pass")),
        OnStale::Block => (Severity::Critical, "images are blocked".to_owned()),
    };
    let day = since.strftime("%Y-%m-%d %H:%M UTC");
    let (sentence, action) = match distrust {
        Some(distrust) => (
            format!("{who}'s policy is out of date since {day}, and {then}: {}", distrust.why),
            "Run `pullgate policy refresh` when that is done",
        ),
        None => (
            format!("{who}'s policy should have been renewed by {day}, and {then}"),
            "Tell those who publish it; there is nothing to do on this machine",
        ),
    };
    conditions.raise(STALE, severity, sentence, Some(action));
}

#[cfg(test)]
mod tests;
