//! The rows that come before the policy's rules on images: pause, sign-in, presence and age of the policy.

use image_ref::Repository;
use jiff::Timestamp;

use super::case::{Case, Evaluation, Ruling, Step, rule};
use super::{current, people};
use crate::document::OnStale;
use crate::{Class, DecisionContext, LoadedPolicy, Reason, Rule, RuleKind, SignIn};

fn named(kind: RuleKind, id: &str, text: &str) -> Rule {
    rule(kind, None, || id.to_owned(), text.to_owned())
}

/// No policy, pause or mode lets it pass, so that an engine's answer to it tells whether the engine asks here.
const CANARY: &str = "docker.io/pullgate-canary/deny";

pub(super) fn canary(asked: &Repository) -> Option<Ruling> {
    let rule = || named(RuleKind::Canary, "canary", "reserved to prove that an engine is routed");
    (asked.to_string() == CANARY).then(|| Ruling::blocked(Reason::Canary, rule()))
}

pub(super) fn pause(situation: &DecisionContext, now: Timestamp) -> Option<Ruling> {
    let pause = situation.pause.as_ref().filter(|pause| now < pause.until)?;
    if current(situation).is_some_and(|policy| !policy.document().pause.allowed) {
        return None;
    }
    let text = format!("paused by {}: {}", pause.by, pause.reason);
    Some(Ruling::allowed(Reason::Paused { until: pause.until }, named(RuleKind::Pause, "pause", &text)))
}

pub(super) fn sign_in(situation: &DecisionContext, _: Timestamp) -> Option<Ruling> {
    match &situation.sign_in {
        SignIn::NotRequired | SignIn::SignedIn { .. } => None,
        SignIn::Needed { why } => {
            let rule = named(RuleKind::SignIn, "signIn", "a sign-in to the organization is required");
            Some(Ruling::blocked(Reason::SignInNeeded { why: why.clone() }, rule))
        }
    }
}

pub(super) fn presence(situation: &DecisionContext, _: Timestamp) -> Option<Ruling> {
    let rule = |text| named(RuleKind::Presence, "policy", text);
    match &situation.held {
        LoadedPolicy::Current(_) => None,
        LoadedPolicy::Unusable { why } => {
            let reason = Reason::PolicyUnusable { why: why.clone() };
            Some(Ruling::blocked(reason, rule("a damaged policy blocks")))
        }
        LoadedPolicy::Absent if situation.absent_blocks => {
            Some(Ruling::blocked(Reason::PolicyAbsent, rule("images wait for the first policy")))
        }
        LoadedPolicy::Absent => {
            Some(Ruling::allowed(Reason::NoPolicyYet, rule("images pass until the first policy")))
        }
    }
}

pub(super) fn staleness(case: &Case<'_>, _: &Evaluation) -> Step {
    let Some(since) = case.policy.stale_since(case.now) else { return Step::Pass };
    let rule = |text| named(RuleKind::Staleness, "onStale", text);
    match case.policy.document().on_stale.or(OnStale::Block) {
        OnStale::KeepAndWarn => Step::Pass,
        OnStale::Strict if case.class == Some(Class::Organization) || people::is_listed(case) => Step::Pass,
        OnStale::Strict => {
            let rule = rule("only the organization's and listed images pass while the policy is too old");
            Step::Block(Ruling::blocked(Reason::PolicyStaleStrict { since }, rule))
        }
        OnStale::Block => {
            let rule = rule("nothing passes while the policy is too old");
            Step::Block(Ruling::blocked(Reason::PolicyStale { since }, rule))
        }
    }
}
