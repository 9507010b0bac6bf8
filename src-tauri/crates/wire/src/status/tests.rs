use super::*;
use crate::sample;

#[test]
fn the_headline_says_how_things_stand() {
    let engines =
        |found, routed| StatusReport { engines: EnginesSummary { found, routed, partly: 0 }, ..well() };
    let critical = Condition { severity: Severity::Critical, ..sample::status().conditions.remove(0) };
    let absent = StatusReport { policy: PolicyState::Absent, ..well() };
    let unusable = PolicyState::Unusable { why: "it is torn".to_owned(), source: String::new() };
    let enrollment = Condition { code: "enrollment-unusable".to_owned(), ..critical.clone() };
    let stranger = StatusReport { organization: None, ..well() };
    let cases = [
        (
            StatusReport { pause: sample::status().pause, ..absent.clone() },
            "Acme's policy is paused until 2026-07-25T18:20:00Z",
        ),
        (engines(3, 2), "Acme's policy is enforced on 2 of 3 engines"),
        (engines(1, 1), "Acme's policy is enforced on 1 of 1 engine"),
        (engines(0, 0), "Acme's policy has nothing to check; no engine was found"),
        (
            StatusReport { conditions: vec![critical.clone()], ..well() },
            "Acme's policy is enforced on 3 of 3 engines, with problems",
        ),
        (
            StatusReport { conditions: vec![critical], ..engines(0, 0) },
            "Acme's policy is enforced, with problems",
        ),
        (
            StatusReport { sign_in: sample::status().sign_in, ..absent.clone() },
            "Images are blocked until you sign in to Acme",
        ),
        (absent.clone(), "Acme's policy has not arrived yet; images are blocked until it does"),
        (
            StatusReport { enforcing: false, ..absent },
            "Acme's policy has not arrived yet; images pass until it does",
        ),
        (StatusReport { policy: unusable, ..well() }, "Acme's policy cannot be used; images are blocked"),
        (
            StatusReport { enforcing: false, ..well() },
            "Acme's policy is not enforced; what it would block is recorded",
        ),
        (
            StatusReport { conditions: vec![enrollment], ..stranger.clone() },
            "This machine's enrollment cannot be used",
        ),
        (stranger, "This machine is not enrolled with an organization"),
    ];
    for (report, headline) in cases {
        assert_eq!(report.headline(), headline);
    }
}

#[test]
fn the_worst_condition_counts() {
    let condition = |severity| Condition { severity, ..sample::status().conditions.remove(0) };
    let worst = |severities: &[Severity]| {
        let conditions = severities.iter().copied().map(condition).collect();
        StatusReport { conditions, ..sample::status() }.worst()
    };
    assert_eq!(worst(&[]), None);
    assert_eq!(worst(&[Severity::Notice, Severity::Critical, Severity::Attention]), Some(Severity::Critical));
}

/// All is well, in every regard that a status knows.
fn well() -> StatusReport {
    let policy = match sample::status().policy {
        PolicyState::Current { stamp, confirmed, source, signed_by, .. } => PolicyState::Current {
            stamp,
            confirmed,
            source,
            named: None,
            distrusted: None,
            signed_by,
            stale_since: None,
            change: None,
        },
        other @ (PolicyState::Absent | PolicyState::Unusable { .. } | PolicyState::Other) => other,
    };
    StatusReport {
        policy,
        sign_in: SignInState::NotRequired,
        pause: None,
        conditions: Vec::new(),
        engines: EnginesSummary { found: 3, routed: 3, partly: 0 },
        ..sample::status()
    }
}

fn sessions() -> Vec<(SignInState, bool)> {
    let account = || "ada@acme.example".to_owned();
    let (uid, groups) = (Some(1000), Default::default());
    vec![
        (SignInState::NotRequired, true),
        (SignInState::SignedIn { account: account(), uid, groups, shared_with: None }, true),
        (
            SignInState::OfflineGrace {
                account: account(),
                uid,
                groups: Default::default(),
                until: "2026-12-01T00:00:00Z".parse().unwrap(),
                sentence: "The sign-in cannot be reached".to_owned(),
            },
            false,
        ),
        (sample::status().sign_in, false),
        (SignInState::Other, false),
    ]
}

fn policies() -> Vec<(PolicyState, bool)> {
    let stale = sample::status().policy;
    let unusable = PolicyState::Unusable { why: "it is torn".to_owned(), source: "file:///x/".to_owned() };
    vec![
        (well().policy, true),
        (stale, false),
        (PolicyState::Absent, false),
        (unusable, false),
        (PolicyState::Other, false),
    ]
}

/// Every combination of enrollment, enforcement, pause, session, policy, engines and conditions.
#[test]
fn nothing_needs_your_attention_is_said_only_when_nothing_does() {
    let engines = [(0, 0, 0), (1, 1, 0), (3, 3, 0), (3, 2, 0), (3, 1, 1), (3, 2, 1), (1, 0, 0), (1, 0, 1)];
    let mut quiet = 0;
    for (sign_in, session_is_good) in sessions() {
        for (policy, policy_is_good) in policies() {
            for (found, routed, partly) in engines {
                for bits in 0..16_u8 {
                    let [enrolled, enforcing, paused, troubled] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
                    let report = StatusReport {
                        organization: sample::status().organization.filter(|_| enrolled),
                        enforcing,
                        pause: sample::status().pause.filter(|_| paused),
                        conditions: if troubled { sample::status().conditions } else { Vec::new() },
                        sign_in: sign_in.clone(),
                        policy: policy.clone(),
                        engines: EnginesSummary { found, routed, partly },
                        ..well()
                    };
                    let is_well = enrolled && enforcing && !paused && !troubled;
                    let is_well = is_well && session_is_good && policy_is_good && routed == found;
                    assert_eq!(report.remark() == Remark::Quiet, is_well, "{report:?}");
                    let standing =
                        [Standing::Enforced, Standing::NothingToCheck].contains(&report.standing());
                    assert!(standing || !is_well, "{report:?}");
                    quiet += u32::from(is_well);
                }
            }
        }
    }
    assert_eq!(quiet, 2 * 3, "two sessions and three sets of engines");
}

#[test]
fn what_is_not_as_it_should_be_is_said_where_no_condition_says_it() {
    let engines = |found, routed, partly| {
        StatusReport { engines: EnginesSummary { found, routed, partly }, ..well() }.remark()
    };
    let said =
        [engines(3, 2, 0), engines(3, 1, 0), engines(2, 1, 1), engines(3, 1, 1)].map(|remark| match remark {
            Remark::Say(sentence) => sentence,
            Remark::Quiet | Remark::Nothing => String::new(),
        });
    let then = "; `pullgate engines` says which and why";
    assert_eq!(
        said,
        [
            format!("1 engine is not routed{then}"),
            format!("2 engines are not routed{then}"),
            format!("1 engine is routed only in part{then}"),
            format!("1 engine is not routed and 1 engine is routed only in part{then}"),
        ]
    );
}

#[test]
fn a_policy_of_docker_hub_comes_with_a_word_on_whom_it_reaches() {
    assert_eq!(well().origin(), None);
    let mut hub = well();
    hub.settings[0].value = "docker-hub".into();
    assert_eq!(hub.origin(), Some(HUB_REACHES_OWNERS));
}
