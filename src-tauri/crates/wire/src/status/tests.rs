use super::*;
use crate::sample;

#[test]
fn the_headline_says_how_things_stand() {
    let paused = sample::status();
    let enforcing = StatusReport { pause: None, ..paused.clone() };
    let engines = |found, routed| StatusReport {
        engines: EnginesSummary { found, routed, partly: 0 },
        ..enforcing.clone()
    };
    let cases = [
        (paused.clone(), "Acme's policy is paused until 2026-07-25T18:20:00Z"),
        (enforcing.clone(), "Acme's policy is enforced on 2 of 3 engines"),
        (engines(1, 1), "Acme's policy is enforced on 1 of 1 engine"),
        (engines(0, 0), "Acme's policy is enforced; no engine was found"),
        (StatusReport { enforcing: false, ..enforcing.clone() }, "Acme's policy is not enforced"),
        (
            StatusReport { organization: None, ..enforcing },
            "This machine is not enrolled with an organization",
        ),
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
