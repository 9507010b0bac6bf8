use std::sync::Arc;

use jiff::SignedDuration;
use policy::{Contact, Distrust, DistrustReason, Organization, SignIn};

use super::*;

fn raised(on_stale: &str, distrust: Option<DistrustReason>, late: bool) -> Option<(Severity, String)> {
    let since: Timestamp = "2026-12-22T06:00:00Z".parse().unwrap();
    let document =
        policy::STARTER.replacen('{', &format!(r#"{{ "staleAfter": "{since}", "onStale": "{on_stale}","#), 1);
    let policy = Policy::parse(document.as_bytes(), None, "acme").unwrap();
    let policy = policy.with_distrust(distrust.map(|why| Distrust { since, why }));
    let situation = DecisionContext {
        organization: Organization {
            name: "acme".into(),
            display: "Acme".into(),
            contact: Contact::default(),
        },
        held: LoadedPolicy::Current(Arc::new(policy)),
        absent_blocks: true,
        sign_in: SignIn::NotRequired,
        grants: Vec::new(),
        pause: None,
    };
    let span = SignedDuration::from_hours(if late { 1 } else { -1 });
    let conditions = Conditions::default();
    tell(&situation, &conditions, since + span);
    let found = conditions.list().into_iter().find(|condition| condition.code == STALE)?;
    Some((found.severity, found.sentence))
}

#[test]
fn a_policy_is_not_called_old_before_its_time() {
    assert_eq!(raised("block", None, false), None);
}

#[test]
fn what_an_old_policy_does_is_said() {
    let sentence =
        |then: &str| format!("Acme's policy should have been renewed by 2026-12-22 06:00 UTC, and {then}");
    let cases = [
        ("keep-and-warn", Severity::Attention, "it still applies"),
        ("strict", Severity::Critical, "only Acme's own and listed images pass"),
        ("block", Severity::Critical, "images are blocked"),
    ];
    for (on_stale, severity, then) in cases {
        assert_eq!(raised(on_stale, None, true), Some((severity, sentence(then))));
    }
}

#[test]
fn a_policy_whose_keys_do_not_count_any_longer_says_so() {
    let (_, sentence) = raised("keep-and-warn", Some(DistrustReason::KeysRevoked), true).unwrap();
    assert!(sentence.ends_with(&DistrustReason::KeysRevoked.to_string()), "{sentence}");
}
