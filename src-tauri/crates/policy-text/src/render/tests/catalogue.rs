//! Every reason on every surface, as one snapshot to be read aloud.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::*;

pub(super) const COUNT: usize = 38;

/// Every reason, with free text where a reason has it.
pub(super) fn reasons(words: &str) -> Vec<Reason> {
    let text = || words.to_owned();
    let until = time("2026-11-22T17:40:00Z");
    let day = time("2026-11-20T00:00:00Z");
    let needed = |why| Reason::SignInNeeded { why };
    vec![
        Reason::Paused { until },
        Reason::Canary,
        Reason::NoPolicyYet,
        Reason::Exempt { basis: text() },
        Reason::LoopbackAllowed,
        Reason::RegistryAllowed,
        Reason::Granted { until },
        Reason::AllowListed { until: None },
        Reason::AllowListed { until: Some(until) },
        Reason::ClassAllowed,
        Reason::DigestAllowed,
        Reason::PushAllowed,
        needed(SignInReason::Never),
        needed(SignInReason::Ended),
        needed(SignInReason::OfflineTooLong),
        needed(SignInReason::WrongOrganization { account: text() }),
        needed(SignInReason::ClaimMissing { claim: text() }),
        Reason::PolicyAbsent,
        Reason::PolicyUnusable { why: text() },
        Reason::PolicyStale { since: day },
        Reason::PolicyStaleStrict { since: day },
        Reason::DenyListed { because: None },
        Reason::DenyListed { because: Some(text()) },
        Reason::RegistryBlocked,
        Reason::RegistryUnlisted,
        Reason::RegistryPathUnlisted { allowed: vec!["acme/**".to_owned(), text()] },
        Reason::LoopbackRecorded,
        Reason::ClassBlocked,
        Reason::AllowEnded { ended: day },
        Reason::AllowOtherGroup { groups: vec![text()] },
        Reason::AllowOthersHere { groups: vec![text()] },
        Reason::AllowOtherTag { tags: vec!["4.*".to_owned(), text()] },
        Reason::TagForbidden { forbidden: vec!["latest".to_owned(), text()] },
        Reason::TagRequired,
        Reason::DigestRequired,
        Reason::DigestNotPinned { digests: vec![DIGEST.to_owned()] },
        Reason::DigestUnproven,
        Reason::PushBlocked { allowed: vec!["registry.acme.example/**".to_owned(), text()] },
        Reason::RuleNotUnderstood { word: text() },
    ]
}

/// A number for each reason; a new one does not compile until it has its own.
fn ordinal(reason: &Reason) -> usize {
    match reason {
        Reason::Paused { .. } => 0,
        Reason::NoPolicyYet => 1,
        Reason::Exempt { .. } => 2,
        Reason::LoopbackAllowed => 3,
        Reason::RegistryAllowed => 4,
        Reason::Granted { .. } => 5,
        Reason::AllowListed { .. } => 6,
        Reason::ClassAllowed => 7,
        Reason::DigestAllowed => 8,
        Reason::PushAllowed => 9,
        Reason::SignInNeeded { why } => match why {
            SignInReason::Never => 10,
            SignInReason::Ended => 11,
            SignInReason::OfflineTooLong => 12,
            SignInReason::WrongOrganization { .. } => 13,
            SignInReason::ClaimMissing { .. } => 14,
        },
        Reason::PolicyAbsent => 16,
        Reason::PolicyUnusable { .. } => 17,
        Reason::PolicyStale { .. } => 18,
        Reason::PolicyStaleStrict { .. } => 19,
        Reason::DenyListed { .. } => 20,
        Reason::RegistryBlocked => 21,
        Reason::RegistryUnlisted => 22,
        Reason::RegistryPathUnlisted { .. } => 23,
        Reason::LoopbackRecorded => 24,
        Reason::ClassBlocked => 25,
        Reason::AllowEnded { .. } => 26,
        Reason::AllowOtherGroup { .. } => 27,
        Reason::AllowOthersHere { .. } => 15,
        Reason::AllowOtherTag { .. } => 28,
        Reason::TagForbidden { .. } => 29,
        Reason::TagRequired => 30,
        Reason::DigestRequired => 31,
        Reason::DigestNotPinned { .. } => 32,
        Reason::DigestUnproven => 33,
        Reason::PushBlocked { .. } => 34,
        Reason::RuleNotUnderstood { .. } => 35,
        Reason::Canary => 36,
    }
}

const LAST: usize = 36;

/// The row that gives a reason, and how such a verdict usually looks.
fn origin(reason: &Reason) -> (Outcome, RuleKind, &'static str, &'static str) {
    let (allowed, blocked, audited) = (Outcome::Allowed, Outcome::Blocked, Outcome::Audited);
    match reason {
        Reason::Paused { .. } => (allowed, RuleKind::Pause, "pause", "someuser/tool"),
        Reason::Canary => (blocked, RuleKind::Canary, "canary", "pullgate-canary/deny:check"),
        Reason::NoPolicyYet => (allowed, RuleKind::Presence, "policy", "someuser/tool"),
        Reason::Exempt { .. } => (allowed, RuleKind::Exemption, "admins", "someuser/tool"),
        Reason::LoopbackAllowed => {
            (allowed, RuleKind::Registry, "registries.loopback", "localhost:5000/tool")
        }
        Reason::LoopbackRecorded => {
            (audited, RuleKind::Registry, "registries.loopback", "localhost:5000/tool")
        }
        Reason::RegistryAllowed => (allowed, RuleKind::Registry, "ghcr", "ghcr.io/acme/tool"),
        Reason::Granted { .. } => (allowed, RuleKind::Grant, "grant", "someuser/tool"),
        Reason::AllowListed { .. } => (allowed, RuleKind::Allow, "a1", "someuser/tool"),
        Reason::ClassAllowed => (allowed, RuleKind::Class, "official", "nginx:1.27"),
        Reason::DigestAllowed => (allowed, RuleKind::Allow, "a1", "someuser/tool"),
        Reason::PushAllowed => (allowed, RuleKind::Push, "push.default", "acme/tool:2"),
        Reason::SignInNeeded { .. } => (blocked, RuleKind::SignIn, "signIn", "nginx:1.27"),
        Reason::PolicyAbsent => (blocked, RuleKind::Presence, "policy", "nginx:1.27"),
        Reason::PolicyUnusable { .. } => (blocked, RuleKind::Presence, "policy", "nginx:1.27"),
        Reason::PolicyStale { .. } => (blocked, RuleKind::Staleness, "onStale", "nginx:1.27"),
        Reason::PolicyStaleStrict { .. } => (blocked, RuleKind::Staleness, "onStale", "nginx:1.27"),
        Reason::DenyListed { .. } => (blocked, RuleKind::Deny, "d1", "someuser/tool:2"),
        Reason::RegistryBlocked => (blocked, RuleKind::Registry, "quay", "quay.io/coreos/etcd:v3.5"),
        Reason::RegistryUnlisted => {
            (blocked, RuleKind::Registry, "registries.default", "gcr.io/google/etcd:v3.5")
        }
        Reason::RegistryPathUnlisted { .. } => {
            (blocked, RuleKind::Registry, "registries.default", "ghcr.io/other/tool")
        }
        Reason::ClassBlocked => (blocked, RuleKind::Class, "community", "someuser/tool:latest"),
        Reason::AllowEnded { .. }
        | Reason::AllowOtherGroup { .. }
        | Reason::AllowOthersHere { .. }
        | Reason::AllowOtherTag { .. } => (blocked, RuleKind::Allow, "a1", "someuser/app:latest"),
        Reason::TagForbidden { .. } | Reason::TagRequired => (blocked, RuleKind::Pin, "p1", "nginx:latest"),
        Reason::DigestRequired => (blocked, RuleKind::Pin, "p1", "nginx:1.27"),
        Reason::DigestNotPinned { .. } => (blocked, RuleKind::Pin, "p1", "acme/app:1"),
        Reason::DigestUnproven => (blocked, RuleKind::Pin, "p1", "nginx@"),
        Reason::PushBlocked { .. } => (blocked, RuleKind::Push, "push.default", "nginx:1.27"),
        Reason::RuleNotUnderstood { .. } => (blocked, RuleKind::Pin, "p1", "nginx:1.27"),
    }
}

/// The finding that usually goes with a reason.
pub(super) fn finding(reason: Reason) -> Finding {
    let (outcome, kind, id, image) = origin(&reason);
    let image = if image.ends_with('@') { format!("{image}{DIGEST}") } else { image.to_owned() };
    let rule = Some(Rule { kind, id: id.to_owned(), text: String::new() });
    let is_push = matches!(reason, Reason::PushAllowed | Reason::PushBlocked { .. });
    let action = if is_push { Action::Push } else { Action::Pull };
    let pinned = if let Reason::DigestNotPinned { digests } = &reason { digests.first() } else { None };
    let pinned = pinned.map(|digest| format!("acme/app@{digest}"));
    let instead = pinned.or_else(|| (reason == Reason::ClassBlocked).then(|| "bitnami/tool".to_owned()));
    let stops = outcome != Outcome::Allowed;
    let support = stops.then(|| "Ask in #container-help".to_owned());
    Finding {
        outcome,
        reason,
        rule,
        action,
        instead,
        support,
        organization: organization(),
        ..pull(&situation(json!({})), &image)
    }
}

#[test]
fn every_reason_is_in_the_catalogue() {
    let reasons = reasons("words");
    assert_eq!(reasons.len(), COUNT + 1);
    let found: BTreeSet<usize> = reasons.iter().map(ordinal).collect();
    assert_eq!(found, (0..=LAST).collect());
}

#[test]
fn every_reason_on_every_surface() {
    let mut page = String::new();
    for reason in reasons("an example") {
        let verdict = verdict(finding(reason));
        let (title, body) = notification(&verdict);
        let oci = oci_error(&verdict);
        writeln!(page, "## {:?}", verdict.finding.reason).unwrap();
        writeln!(page, "terminal      {}", sentence(&verdict)).unwrap();
        writeln!(page, "phrase        {}", reason_phrase(&verdict)).unwrap();
        match verdict.finding.outcome {
            Outcome::Blocked => {
                writeln!(page, "oci           {}", oci.pointer("/errors/0/message").unwrap()).unwrap();
                writeln!(page, "notification  {title} | {}", body.replace('\n', " | ")).unwrap();
            }
            Outcome::Audited => writeln!(page, "warning       {}", warning_header(&verdict)).unwrap(),
            Outcome::Allowed => {}
        }
        writeln!(page, "json          {}\n", serde_json::to_value(&verdict.finding.reason).unwrap()).unwrap();
    }
    insta::assert_snapshot!(page);
}
